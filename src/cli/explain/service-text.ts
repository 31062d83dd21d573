/** The explanation of a Service for people: what it has, what it requests, and the result of each pool and rule. */
import type { PoolEvaluation, ServiceExplanation } from '../../allocation/explain/explain-service.ts';
import type { RuleResult } from '../../allocation/explain/rule-result.ts';
import { isKeptAgainstRequest } from '../../allocation/unmet-request.ts';
import { addressCount } from '../../base/text.ts';
import { formatAddress } from '../../net/address.ts';
import { describeUnreadKey } from '../../objects/misspelled-annotations.ts';
import type { TextFormat } from '../../observe/terminal.ts';
import { bulletList, headedLines, joinSections, proseLines, titleLines } from '../framework/lines.ts';
import type { Announcer } from './announcer.ts';
import { remediesOf } from './remedies.ts';
import type { ServiceReport } from './service-report.ts';

/** Pools that are shown rule by rule; of each other one line says which rule it fails. */
const DETAILED_POOLS_MAX = 20;

/** `announcer` decides whether the address is reached; null where there is none, or no address. */
export function serviceLines(
  report: ServiceReport,
  announcer: Announcer | null,
  format: TextFormat,
): readonly string[] {
  const { explanation, current, isJudged } = report;
  const { condition } = explanation;
  const isServed = condition === null || !isKeptAgainstRequest(condition.reason);
  const hasAddress = current.addresses.length > 0;
  const remedies = !isJudged || (hasAddress && isServed) ? [] : remediesOf(explanation);
  return joinSections([
    headerLines(report, announcer, format),
    isJudged ? poolLines(explanation, format) : [],
    // The first one is the edit in the heading.
    remedies.length <= 1
      ? []
      : bulletList(hasAddress ? 'To meet its request' : 'To give it an address', remedies, format),
  ]);
}

/** The deciding rule and the edit come first, then what they were derived from. */
function headerLines(
  { explanation: { key, condition, unmanagedReason, claim, ...explanation }, ...report }: ServiceReport,
  announcer: Announcer | null,
  format: TextFormat,
): readonly string[] {
  const { current, deciding, announced, stored } = report;
  const since = condition === null || condition.since === '' ? '' : ` since ${condition.since}`;
  const isInCondition = claim !== null && claim.message === condition?.message;
  const ignoredText = claim === null ? (unmanagedReason ?? '') : `${claim.reason}: ${claim.message}`;
  const fields: readonly (readonly [name: string, text: string])[] = [
    ...(stored === null ? [] : ([['stored', describeStored(stored)]] as const)),
    ['address', describeCurrent(current)],
    ...(unmanagedReason === null ? ([['because', deciding.because]] as const) : []),
    ...(unmanagedReason === null || isInCondition ? [] : ([['ignored', ignoredText]] as const)),
    ...(deciding.change === null ? [] : ([['change', deciding.change]] as const)),
    ...(announcer === null ? [] : reachedFields(announcer)),
    ...(condition === null
      ? []
      : ([['condition', `${condition.reason}${since}: ${condition.message}`]] as const)),
    ...(announced === null
      ? []
      : ([['announced', `${announced.status}, ${announced.reason}: ${announced.message}`]] as const)),
    ['requests', describeRequest(explanation)],
    ...report.unreadKeys.map((one): readonly [string, string] => {
      const { says, fix } = describeUnreadKey(one);
      return ['unread', `${says} ${fix}`];
    }),
    ...explanation.holders.map(({ address, holders }): readonly [string, string] => [
      'in use',
      `${formatAddress(address)} ${holders.length === 0 ? 'is held by no other Service' : `is held by ${holders.join(', ')}`}`,
    ]),
  ];
  return [
    ...titleLines(`Service ${key}`, format),
    ...fields.flatMap(([name, text]) => fieldLines(name, text, format)),
  ];
}

/** Whether the address is announced, by the rule that decides, and what to change. */
function reachedFields({ announced, conclusion, change }: Announcer): readonly (readonly [string, string])[] {
  const verdict = announced === null ? 'not known' : announced ? 'yes' : 'no';
  return [
    ['reached', `${verdict}: ${conclusion}`],
    ...(change === null ? [] : ([['change', change]] as const)),
  ];
}

const FIELD_COLUMNS = 11;

const fieldLines = (name: string, text: string, format: TextFormat): readonly string[] =>
  proseLines(text, format, { first: 2, lead: name.padEnd(FIELD_COLUMNS), rest: 2 + FIELD_COLUMNS });

/** What follows is no lie about the cluster that the files were saved from. */
function describeStored({ addresses, condition }: NonNullable<ServiceReport['stored']>): string {
  const shown = addresses.length === 0 ? 'no address' : addresses.join(' and ');
  const because =
    condition === null ? '' : `; ${condition.reason} since ${condition.since}: ${condition.message}`;
  const end = /[.!?]$/.test(because) ? '' : '.';
  return `${shown}${because}${end} Below is what the controller would decide about these files.`;
}

const describeCurrent = ({ addresses, pool }: ServiceReport['current']): string =>
  addresses.length === 0 ? 'none' : `${addresses.join(' and ')}${pool === null ? '' : ` from pool ${pool}`}`;

function describeRequest({
  request,
  requestProblem,
}: Pick<ServiceExplanation, 'request' | 'requestProblem'>): string {
  if (request === null) return requestProblem ?? 'nothing that is valid';
  const { families, addresses, pool, sharing, familyPolicy } = request;
  const parts = [
    addresses === null
      ? families
          .map((family) => `IPv${family}`)
          .join(familyPolicy === 'prefer' ? ' and if possible ' : ' and ')
      : addresses.map(formatAddress).join(' and '),
    ...(pool === null ? [] : [`from pool ${pool}`]),
    ...(sharing.key === '' ? [] : [`shared with the key ${JSON.stringify(sharing.key)}`]),
  ];
  return `${parts.join(', ')}${requestProblem === null ? '' : `; ${requestProblem}`}`;
}

function poolLines(
  { pools, poolNamespace, request, unmanagedReason }: ServiceExplanation,
  format: TextFormat,
): readonly string[] {
  if (pools.length === 0)
    return request !== null && unmanagedReason === null
      ? proseLines(`There is no IPAddressPool in the namespace ${poolNamespace}.`, format)
      : [];
  return [
    ...titleLines(
      unmanagedReason === null
        ? 'Pools, in the order in which they are tried'
        : 'Pools, if this controller managed the Service',
      format,
    ),
    ...pools.slice(0, DETAILED_POOLS_MAX).flatMap((pool) => detailedPoolLines(pool, format)),
    ...pools.slice(DETAILED_POOLS_MAX).flatMap(({ pool, rules }) => {
      const failing = rules.find(({ passes }) => !passes);
      return proseLines(`${pool}: ${failing === undefined ? 'serves it' : failing.says}`, format, {
        first: 2,
        rest: 4,
      });
    }),
  ];
}

function detailedPoolLines(
  { pool, place, serves, rules, counts }: PoolEvaluation,
  format: TextFormat,
): readonly string[] {
  const { paint } = format;
  const number = place === null ? '-' : `${place}.`;
  const verdict = serves ? 'serves it' : 'does not serve it';
  const free = counts === null ? '' : `, ${freeCounts(counts)}`;
  return [
    ...headedLines(`${number} ${pool} ${verdict}`, free, format, {
      ...{ first: 2, rest: 5 },
      style: () =>
        `${number} ${paint('bold', pool)} ${serves ? paint('green', verdict) : paint('yellow', verdict)}`,
    }),
    ...rules.flatMap((rule) => ruleLines(rule, format)),
  ];
}

function freeCounts(counts: NonNullable<PoolEvaluation['counts']>): string {
  const { assigned4, assigned6, available4, available6 } = counts;
  const parts = [...freeOf(available4, assigned4, 'IPv4'), ...freeOf(available6, assigned6, 'IPv6')];
  return parts.length === 0 ? 'no usable address' : `free: ${parts.join(', ')}`;
}

const freeOf = (available: number, assigned: number, family: string): readonly string[] => {
  const all = assigned + available;
  return all > 0 ? [`${addressCount(available)} of ${addressCount(all)} ${family}`] : [];
};

function ruleLines({ rule, passes, says }: RuleResult, format: TextFormat): readonly string[] {
  const mark = passes ? format.paint('green', 'yes') : format.paint('red', 'no ');
  const [first = '', ...rest] = proseLines(`${rule}: ${says}`, format, { first: 9 });
  return [`     ${mark} ${first.slice(9)}`, ...rest];
}
