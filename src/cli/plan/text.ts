/** What an edit would do, for people and for programs. */

import {
  type AllocationPlan,
  disruptsServices,
  type PlannedOutcome,
  type ServiceAssignment,
  type ServicePlan,
} from '../../allocation/dry-run/plan.ts';
import { plural, wrap } from '../../base/text.ts';
import { formatAddress } from '../../net/address.ts';
import type { Colorize, TextStyle } from '../framework/color.ts';
import { COLUMNS_MAX } from '../framework/command.ts';

/** In the order in which they are shown: what hurts comes first. */
const OUTCOME_TEXTS: Readonly<
  Record<PlannedOutcome, { readonly one: string; readonly many: string; readonly style: TextStyle }>
> = {
  loses: { one: 'loses its address', many: 'lose their address', style: 'red' },
  moves: { one: 'moves', many: 'move', style: 'red' },
  'starts-to-wait': { one: 'starts to wait', many: 'start to wait', style: 'yellow' },
  leaves: { one: 'leaves', many: 'leave', style: 'yellow' },
  gets: { one: 'gets an address', many: 'get an address', style: 'green' },
  'keeps-otherwise': {
    one: 'keeps its address, and something about it changes',
    many: 'keep their address, and something about it changes',
    style: 'dim',
  },
  'still-waits': { one: 'still waits', many: 'still wait', style: 'dim' },
  keeps: { one: 'keeps what it has', many: 'keep what they have', style: 'dim' },
};

const formatCount = (outcome: PlannedOutcome, count: number): string =>
  `${count} ${count === 1 ? OUTCOME_TEXTS[outcome].one : OUTCOME_TEXTS[outcome].many}`;

/** Of those whom nothing happens to, only the number is told. */
const COUNT_ONLY: ReadonlySet<PlannedOutcome> = new Set(['keeps', 'still-waits']);

/** Services shown of each fate; the rest is a number, and `-o json` names them all. */
const SERVICES_SHOWN_MAX = 200;

export function printPlan(plan: AllocationPlan, notes: readonly string[], paint: Colorize): string {
  const outcomes = Object.keys(OUTCOME_TEXTS) as PlannedOutcome[];
  const sections = outcomes
    .map((outcome) => outcomeSection(outcome, plan, paint))
    .filter((text) => text !== '');
  const grace = graceNote(plan);
  return [
    ...sections,
    ...(grace === null ? [] : [lines(grace, 0)]),
    ...(notes.length === 0 ? [] : [notes.map((note) => lines(`note: ${note}`, 0)).join('')]),
    `${verdictLine(plan, paint)}\n`,
  ].join('\n');
}

function outcomeSection(outcome: PlannedOutcome, { services }: AllocationPlan, paint: Colorize): string {
  const affected = services.filter((one) => one.fate === outcome);
  if (affected.length === 0 || COUNT_ONLY.has(outcome)) return '';
  const rows = affected.slice(0, SERVICES_SHOWN_MAX).map(serviceRow).join('');
  const rest =
    affected.length > SERVICES_SHOWN_MAX ? `  and ${affected.length - SERVICES_SHOWN_MAX} more\n` : '';
  return `${paint(OUTCOME_TEXTS[outcome].style, formatCount(outcome, affected.length))}\n${rows}${rest}`;
}

function serviceRow({ key, before, later, fate }: ServicePlan): string {
  const change =
    fate === 'leaves'
      ? `gives back ${describeAssignment(before)}`
      : fate === 'keeps-otherwise'
        ? describeAssignment(later)
        : before === null
          ? describeAssignment(later)
          : `${describeAssignment(before)} -> ${describeAssignment(later)}`;
  const showsReason = later !== null && (later.reason !== 'Assigned' || later.addresses.length === 0);
  return `${hangingLine(key, change)}${showsReason ? lines(`${later.reason}: ${later.message}`, 6) : ''}`;
}

function describeAssignment(assignment: ServiceAssignment | null): string {
  if (assignment === null || assignment.addresses.length === 0) return 'no address';
  const addresses = assignment.addresses.map(formatAddress).join(' and ');
  return assignment.pool === null ? addresses : `${addresses} (${assignment.pool})`;
}

/** Name and text in one line where they fit. */
function hangingLine(name: string, text: string): string {
  const one = `  ${name}  ${text}`;
  return one.length <= COLUMNS_MAX ? `${one}\n` : `  ${name}\n${lines(text, 6)}`;
}

const lines = (text: string, indent: number): string =>
  wrap(text, COLUMNS_MAX - indent)
    .map((line) => `${' '.repeat(indent)}${line}\n`)
    .join('');

function graceNote({ services, gracePeriod }: AllocationPlan): string | null {
  if (gracePeriod === null) return null;
  const inGrace = services.filter(({ after, later }) => addressList(after) !== addressList(later));
  if (inGrace.length === 0) return null;
  return `${plural(inGrace.length, 'Service')} of deleted pools would keep what they have for ${gracePeriod / 1000} s (the controller's --pool-delete-grace): put the pools back within that time, and nothing of this happens.`;
}

const addressList = (assignment: ServiceAssignment | null): string =>
  assignment?.addresses.map(formatAddress).join() ?? '';

function verdictLine(plan: AllocationPlan, paint: Colorize): string {
  const counts = countOutcomes(plan);
  const parts = (Object.keys(OUTCOME_TEXTS) as PlannedOutcome[])
    .filter((outcome) => counts[outcome] > 0)
    .map((outcome) => formatCount(outcome, counts[outcome]));
  const summary = parts.length === 0 ? 'there are no Services' : parts.join(', ');
  const isDisruptive = disruptsServices(plan);
  const head = isDisruptive
    ? paint('red', 'Addresses in use would move')
    : paint('green', 'No address in use would move');
  return wrap(
    `${isDisruptive ? 'Addresses in use would move' : 'No address in use would move'}: ${summary}.`,
    COLUMNS_MAX,
  )
    .join('\n')
    .replace(/^[^:]+/, head);
}

function countOutcomes({ services }: AllocationPlan): Readonly<Record<PlannedOutcome, number>> {
  const counts = Object.fromEntries(Object.keys(OUTCOME_TEXTS).map((outcome) => [outcome, 0])) as Record<
    PlannedOutcome,
    number
  >;
  for (const { fate: outcome } of services) counts[outcome]++;
  return counts;
}

/** For `-o json` and `-o yaml`: everybody, also those whom nothing happens to. */
export const planJson = (plan: AllocationPlan, notes: readonly string[]) => ({
  moves: disruptsServices(plan),
  counts: countOutcomes(plan),
  graceSeconds: plan.gracePeriod === null ? null : plan.gracePeriod / 1000,
  notes,
  services: plan.services.map(({ key, fate, before, after, later }) => ({
    service: key,
    fate,
    before: assignmentJson(before),
    after: assignmentJson(after),
    later: assignmentJson(later),
  })),
});

const assignmentJson = (assignment: ServiceAssignment | null) =>
  assignment === null ? null : { ...assignment, addresses: assignment.addresses.map(formatAddress) };
