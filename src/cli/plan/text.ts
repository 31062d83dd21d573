/** A plan for people: the Services by outcome, the worst first, then the verdict. */
import {
  type AllocationPlan,
  disruptsServices,
  type PlannedOutcome,
  type ServiceAssignment,
  type ServicePlan,
} from '../../allocation/dry-run/plan.ts';
import { escapeControls } from '../../base/printable.ts';
import type { TextStyle } from '../../base/styled-text.ts';
import { plural } from '../../base/text.ts';
import { formatAddress } from '../../net/address.ts';
import type { TextFormat } from '../../observe/terminal.ts';
import { bulletList, joinSections, proseLines } from '../framework/lines.ts';
import { countOutcomes, PLANNED_OUTCOMES } from './outcomes.ts';

const OUTCOME_TEXTS: Readonly<
  Record<PlannedOutcome, { readonly one: string; readonly many: string; readonly style: TextStyle }>
> = {
  loses: { one: 'Service loses its address', many: 'Services lose their address', style: 'red' },
  moves: { one: 'Service gets another address', many: 'Services get another address', style: 'red' },
  'starts-to-wait': {
    one: 'new Service gets no address',
    many: 'new Services get no address',
    style: 'yellow',
  },
  leaves: { one: 'Service is removed', many: 'Services are removed', style: 'yellow' },
  gets: { one: 'Service gets an address', many: 'Services get an address', style: 'green' },
  'keeps-otherwise': {
    one: 'Service keeps its address, with another pool or condition',
    many: 'Services keep their address, with another pool or condition',
    style: 'dim',
  },
  'still-waits': {
    one: 'Service still has no address',
    many: 'Services still have no address',
    style: 'dim',
  },
  keeps: { one: 'Service keeps its address', many: 'Services keep their address', style: 'dim' },
};

const formatCount = (outcome: PlannedOutcome, count: number): string =>
  `${count} ${count === 1 ? OUTCOME_TEXTS[outcome].one : OUTCOME_TEXTS[outcome].many}`;

/** Only counted: nothing happens to these Services. */
const COUNT_ONLY: ReadonlySet<PlannedOutcome> = new Set(['keeps', 'still-waits']);

/** Services that are listed of each outcome; `-o json` lists all. */
const SERVICES_SHOWN_MAX = 200;

export type PlanRemarks = {
  readonly notes: readonly string[];
  /** Sentences about objects of the edit that nobody reads. */
  readonly withoutEffect: readonly string[];
  /** Sentences about effects of the edit that are not predicted. */
  readonly notJudged: readonly string[];
  /** What the speakers announce was compared, though not everything could be. */
  readonly areRoutesJudged: boolean;
};

export function planLines(
  plan: AllocationPlan,
  { notes, withoutEffect, notJudged, areRoutesJudged }: PlanRemarks,
  format: TextFormat,
): readonly string[] {
  const grace = graceNote(plan);
  return joinSections([
    ...PLANNED_OUTCOMES.map((outcome) => outcomeLines(outcome, plan, format)),
    grace === null ? [] : proseLines(grace, format),
    withoutEffect.length === 0 ? [] : bulletList('Would have no effect', withoutEffect, format),
    notes.flatMap((note) => proseLines(`note: ${note}`, format)),
    notJudged.length === 0 ? [] : bulletList('Not checked', notJudged, format),
    verdictLines(plan, notJudged.length > 0 && !areRoutesJudged, format),
  ]);
}

function outcomeLines(
  outcome: PlannedOutcome,
  { services }: AllocationPlan,
  format: TextFormat,
): readonly string[] {
  const affected = services.filter((one) => one.outcome === outcome);
  if (affected.length === 0 || COUNT_ONLY.has(outcome)) return [];
  const more = affected.length - SERVICES_SHOWN_MAX;
  return [
    format.paint(OUTCOME_TEXTS[outcome].style, formatCount(outcome, affected.length)),
    ...affected.slice(0, SERVICES_SHOWN_MAX).flatMap((one) => serviceLines(one, format)),
    ...(more > 0 ? [`  and ${more} more: -o json lists them`] : []),
  ];
}

function serviceLines({ key, before, later, outcome }: ServicePlan, format: TextFormat): readonly string[] {
  const change =
    outcome === 'leaves'
      ? `frees ${describeAssignment(before)}`
      : outcome === 'keeps-otherwise' || before === null
        ? describeAssignment(later)
        : `${describeAssignment(before)} -> ${describeAssignment(later)}`;
  const showsReason = later !== null && (later.reason !== 'Assigned' || later.addresses.length === 0);
  const head = `  ${escapeControls(key)}  ${change}`;
  return [
    ...(head.length <= format.columns ? [head] : [`  ${key}`, ...proseLines(change, format, { first: 6 })]),
    ...(showsReason ? proseLines(`${later.reason}: ${later.message}`, format, { first: 6 }) : []),
  ];
}

function describeAssignment(assignment: ServiceAssignment | null): string {
  if (assignment === null || assignment.addresses.length === 0) return 'no address';
  const addresses = assignment.addresses.map(formatAddress).join(' and ');
  return assignment.pool === null ? addresses : `${addresses} (${assignment.pool})`;
}

function graceNote({ services, gracePeriod }: AllocationPlan): string | null {
  if (gracePeriod === null) return null;
  const inGrace = services.filter(({ after, later }) => addressList(after) !== addressList(later));
  if (inGrace.length === 0) return null;
  return `${plural(inGrace.length, 'Service')} of deleted pools would keep their address for ${gracePeriod / 1000} s (the controller's --pool-delete-grace). If the pools are back within that time, nothing of this happens.`;
}

const addressList = (assignment: ServiceAssignment | null): string =>
  assignment?.addresses.map(formatAddress).join() ?? '';

function verdictLines(plan: AllocationPlan, isPartial: boolean, format: TextFormat): readonly string[] {
  const counts = countOutcomes(plan);
  const parts = PLANNED_OUTCOMES.filter((outcome) => counts[outcome] > 0).map((outcome) =>
    formatCount(outcome, counts[outcome]),
  );
  const summary = parts.length === 0 ? 'there is no Service' : parts.join(', ');
  const isDisruptive = disruptsServices(plan);
  const verdict = isDisruptive
    ? 'Addresses in use would change'
    : isPartial
      ? 'No address in use would be reassigned, routes were not checked'
      : 'No address in use would change';
  const [first = '', ...rest] = proseLines(`${verdict}: ${summary}.`, format);
  const style = isDisruptive ? 'red' : isPartial ? 'yellow' : 'green';
  // At a narrow terminal the verdict is wrapped, and stays without colour.
  const head = first.startsWith(verdict)
    ? `${format.paint(style, verdict)}${first.slice(verdict.length)}`
    : first;
  return [head, ...rest];
}
