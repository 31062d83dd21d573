/**
 * Problems of Services: without an address, not announced, not reconciled, two on one address. A problem for each reason and pool;
 * names that no pool has are one problem together.
 */
import type { AllocationContext } from '../allocation/context.ts';
import { findDecidingRule } from '../allocation/explain/deciding-rule.ts';
import { explainService } from '../allocation/explain/explain-service.ts';
import { quote } from '../allocation/quote.ts';
import type { Millis } from '../base/clock.ts';
import { listSome, plural } from '../base/text.ts';
import { formatAddress } from '../net/address.ts';
import { ALLOCATED_FROM_ANNOTATION } from '../objects/annotations.ts';
import { type Service, type ServiceKey, splitServiceKey } from '../objects/service.ts';
import { explainAddressCommand, explainCommand } from './commands.ts';
import type { ServiceOverview } from './document.ts';
import { type JoinedGroup, joinGroups } from './joined-groups.ts';
import type { Occupancy } from './occupancy.ts';
import type { Problem, ProblemObject } from './problem.ts';
import type { ServiceGroup } from './service-groups.ts';

/** Groups of Services, with what is known of each Service in them. */
export type ServiceProblemSource = {
  readonly groups: Iterable<ServiceGroup>;
  readonly serviceOf: (key: ServiceKey) => Service | undefined;
  readonly overviewOf: (key: ServiceKey) => ServiceOverview | undefined;
};

export type ServiceProblemInput = ServiceProblemSource & {
  readonly occupancy: Occupancy;
  /** Whether a pool of that name exists. */
  readonly isPool: (name: string) => boolean;
  /** Null where pools could not be read, so that no rule can be evaluated. */
  readonly allocation: AllocationContext | null;
  /** Of the pools and the controller. */
  readonly namespace: string;
  /** Addresses that findings of the doctor explain: nothing is said twice. */
  readonly explained: ReadonlySet<string>;
};

/** A Service that is older than this should have been reconciled. */
export const RECONCILE_GRACE: Millis = 30_000;

/** Of these, the Service is served as well as it can be at the moment. */
const HINT_REASONS: ReadonlySet<string> = new Set(['CalicoAllocates', 'ForeignAddress']);

export const serviceProblems = (input: ServiceProblemInput, wall: Millis): readonly Problem[] => [
  ...joinGroups(input.groups, input.isPool).flatMap((group) => groupProblem(group, input, wall) ?? []),
  ...conflictProblems(input),
];

function groupProblem(group: JoinedGroup, input: ServiceProblemInput, wall: Millis): Problem | null {
  const service = input.serviceOf(group.first);
  const overview = input.overviewOf(group.first);
  if (service === undefined || overview === undefined) return null;
  const { count } = group;
  const common = {
    object: serviceObject(service.key),
    count,
    command: explainCommand(service.key, input.namespace),
  };
  const who = count === 1 ? `Service ${service.key}` : plural(count, 'Service');
  const example = count === 1 ? '' : ` Such as ${service.key}: `;
  const has = count === 1 ? 'has' : 'have';
  switch (group.trouble) {
    case 'withoutAddress': {
      const severity = HINT_REASONS.has(group.reason) ? 'hint' : 'error';
      const { because, change } = decide(service, input) ?? { because: overview.says ?? '', change: null };
      const head = `${who} ${has} no address (${group.reason}).${manyPools(group, 'They request')}${example}`;
      const says = sentences(head, because);
      return { code: 'NoAddress', severity, ...common, says, fix: toSentence(change) };
    }
    case 'keptAddress': {
      const severity = HINT_REASONS.has(group.reason) ? 'hint' : 'warning';
      const keeps = `${who} ${has} an address, with a restriction (${group.reason}).${manyPools(group, 'The addresses are of')}${example}`;
      return {
        code: 'KeptAddress',
        severity,
        ...common,
        says: sentences(keeps, overview.says ?? ''),
        fix: null,
      };
    }
    case 'notAnnounced': {
      if (overview.addresses.some((address) => input.explained.has(address))) return null;
      const verb = group.isCertain ? 'is not announced' : 'may not be announced';
      const verbs = group.isCertain ? 'are not announced' : 'may not be announced';
      const [cause = '', fix] = (overview.announced?.says ?? '').split(' To fix it: ');
      const head = `${who}${count === 1 ? ` (${overview.addresses.join(', ')}) ${verb}` : ` ${verbs}`} (${group.reason}).`;
      return {
        ...{ code: 'NotAnnounced', severity: group.isCertain ? 'error' : 'warning', ...common },
        says: sentences(`${head}${example}`, cause),
        fix: toSentence(fix ?? null),
      };
    }
    case 'unreconciled': {
      const isLate = wall - service.createdAt > RECONCILE_GRACE;
      return {
        ...{ code: 'NotReconciled', severity: isLate ? 'error' : 'hint', ...common },
        says: `No controller has reconciled ${count === 1 ? who : `${who}, such as ${service.key},`} yet.`,
        fix: isLate ? 'Check that the controller runs, and that it serves this loadBalancerClass.' : null,
      };
    }
  }
}

/** Some of several names that no pool has; '' for one, which the example names. */
const manyPools = ({ pools }: JoinedGroup, verb: string): string =>
  pools.length < 2 ? '' : ` ${verb} the pools ${listSome(pools.map(quote))}.`;

function decide(service: Service, { allocation }: ServiceProblemInput) {
  if (allocation === null) return null;
  const explanation = explainService(allocation, service);
  const decided = findDecidingRule(explanation, service, {
    addresses: [],
    pool: service.annotations[ALLOCATED_FROM_ANNOTATION] ?? null,
  });
  // What a pool could do at this moment is not yet what the controller has decided.
  return explanation.pools.some(({ serves }) => serves) || decided.because === '' ? null : decided;
}

function conflictProblems({ occupancy, namespace }: ServiceProblemInput): readonly Problem[] {
  return occupancy.conflicts().map(({ address, services }): Problem => {
    const text = formatAddress(address);
    const [first = '', second = ''] = services;
    const others = services.length > 2 ? ` and ${plural(services.length - 2, 'other Service')}` : '';
    return {
      ...{ code: 'AddressConflict', severity: 'error', count: services.length },
      object: serviceObject(second),
      says: `Services ${first} and ${second}${others} show ${text}, and may not share it.`,
      fix: 'The controller gives all but one of them another address. If it does not, see what else writes their status.',
      command: explainAddressCommand(text, namespace),
    };
  });
}

const serviceObject = (key: ServiceKey): ProblemObject => ({ kind: 'Service', ...splitServiceKey(key) });

const sentences = (head: string, rest: string): string =>
  `${head} ${toSentence(rest) ?? ''}`.replaceAll('  ', ' ').trimEnd();

/** With a capital and a full stop; a command is left as it is to be typed. Null for nothing. */
function toSentence(text: string | null): string | null {
  if (text === null || text === '') return null;
  if (/^(kubectl|berth) /.test(text)) return text;
  return `${text[0]?.toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
