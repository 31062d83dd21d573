/** The explanation of one Service, for people and for programs. */

import type {
  PoolEvaluation,
  RuleResult,
  ServiceExplanation,
} from '../../../allocation/explain/explain-service.ts';
import { wrap } from '../../../base/text.ts';
import { formatAddress } from '../../../net/address.ts';
import type { Colorize } from '../../framework/color.ts';
import { COLUMNS_MAX } from '../../framework/command.ts';

/** What stands on the Service, whoever wrote it. */
export type CurrentAddresses = { readonly addresses: readonly string[]; readonly pool: string | null };

/** Pools that are told rule by rule; of the rest one line says which rule they fail. */
const DETAILED_POOLS_MAX = 20;

export function printServiceExplanation(
  explanation: ServiceExplanation,
  current: CurrentAddresses,
  paint: Colorize,
): string {
  const { key, condition, pools, unmanagedReason } = explanation;
  const header = [
    paint('bold', `Service ${key}`),
    formatField('has', describeCurrent(current)),
    ...(condition === null
      ? []
      : [
          formatField(
            'says',
            `${condition.reason}${condition.since === '' ? '' : ` since ${condition.since}`}: ${condition.message}`,
          ),
        ]),
    ...(unmanagedReason === null ? [] : [formatField('not ours', unmanagedReason)]),
    formatField('asks for', describeRequest(explanation)),
    ...explanation.holders.map(({ address, holders }) =>
      formatField(
        'in use',
        `${formatAddress(address)} ${holders.length === 0 ? 'is held by nobody else' : `is held by ${holders.join(', ')}`}`,
      ),
    ),
  ];
  const sections = [header.join('\n')];
  if (pools.length > 0) {
    const detailed = pools.slice(0, DETAILED_POOLS_MAX).map((pool) => describePool(pool, paint));
    const rest = pools.slice(DETAILED_POOLS_MAX).map(({ pool, rules }) => {
      const failing = rules.find(({ passes }) => !passes);
      return hangingLines(`${pool}: ${failing === undefined ? 'serves it' : failing.says}`, 2);
    });
    sections.push(
      [paint('bold', 'Pools, in the order in which they are tried'), ...detailed, ...rest].join('\n'),
    );
  } else if (explanation.request !== null && unmanagedReason === null) sections.push('There are no pools.');
  const remedies = current.addresses.length > 0 ? [] : remediesOf(explanation);
  if (remedies.length > 0) {
    const items = remedies.map((remedy) => hangingLines(`- ${remedy}`, 2));
    sections.push([paint('bold', 'What would make it work'), ...items].join('\n'));
  }
  return `${sections.join('\n\n')}\n`;
}

const FIELD_COLUMNS = 10;

/** `  has       192.168.5.0`, folded under itself. */
function formatField(name: string, text: string): string {
  const wrapped = wrap(text, COLUMNS_MAX - 2 - FIELD_COLUMNS);
  return `  ${name.padEnd(FIELD_COLUMNS)}${wrapped.join(`\n${' '.repeat(2 + FIELD_COLUMNS)}`)}`;
}

const hangingLines = (text: string, indent: number): string => {
  const pad = ' '.repeat(indent);
  return `${pad}${wrap(text, COLUMNS_MAX - indent - 2).join(`\n${pad}  `)}`;
};

const describeCurrent = ({ addresses, pool }: CurrentAddresses): string =>
  addresses.length === 0
    ? 'no address'
    : `${addresses.join(' and ')}${pool === null ? '' : ` from pool ${pool}`}`;

function describeRequest({ request, requestProblem }: ServiceExplanation): string {
  if (request === null) return requestProblem ?? 'nothing that can be read';
  const { families, addresses, pool, sharing, familyPolicy } = request;
  const parts = [
    addresses === null
      ? `${families.map((family) => `IPv${family}`).join(familyPolicy === 'prefer' ? ' and, if there is one, ' : ' and ')}`
      : addresses.map(formatAddress).join(' and '),
    ...(pool === null ? [] : [`from pool ${pool}`]),
    ...(sharing.key === '' ? [] : [`shared under the key ${JSON.stringify(sharing.key)}`]),
  ];
  return `${parts.join(', ')}${requestProblem === null ? '' : `; ${requestProblem}`}`;
}

function describePool({ pool, place, serves, rules, counts }: PoolEvaluation, paint: Colorize): string {
  const number = place === null ? '-' : `${place}.`;
  const verdict = serves ? paint('green', 'serves it') : paint('yellow', 'does not serve it');
  const free = counts === null ? '' : `, ${freeCounts(counts)}`;
  return [
    `  ${number} ${paint('bold', pool)} ${verdict}${free}`,
    ...rules.map((rule) => describeRule(rule, paint)),
  ].join('\n');
}

function freeCounts(counts: NonNullable<PoolEvaluation['counts']>): string {
  const { assigned4, assigned6, available4, available6 } = counts;
  const parts = [
    ...(assigned4 + available4 > 0 ? [`${available4} of ${assigned4 + available4} IPv4`] : []),
    ...(assigned6 + available6 > 0 ? [`${available6} of ${assigned6 + available6} IPv6`] : []),
  ];
  return parts.length === 0 ? 'nothing to give' : `free: ${parts.join(', ')}`;
}

function describeRule({ rule, passes, says }: RuleResult, paint: Colorize): string {
  const mark = passes ? paint('green', 'yes') : paint('red', 'no ');
  const wrapped = wrap(`${rule}: ${says}`, COLUMNS_MAX - 9);
  return `     ${mark} ${wrapped.join(`\n${' '.repeat(9)}`)}`;
}

/** One line for each way out: a pool that fails by one rule is nearer than one that fails by three. */
function remediesOf({ pools, requestProblem, unmanagedReason }: ServiceExplanation): readonly string[] {
  if (unmanagedReason !== null) return [];
  if (requestProblem !== null) return [requestProblem];
  if (pools.some(({ serves }) => serves)) return [];
  const failing = pools.map(({ pool, rules }) => ({ pool, failed: rules.filter(({ passes }) => !passes) }));
  failing.sort((a, b) => a.failed.length - b.failed.length);
  const fewestFailed = failing[0]?.failed.length ?? 0;
  const closest = failing.filter(({ failed }) => failed.length === fewestFailed).slice(0, DETAILED_POOLS_MAX);
  if (closest.length === 0) return ['make an IPAddressPool'];
  return closest.map(
    ({ pool, failed }) =>
      `pool ${pool}: ${failed
        .map(({ remedy }) => remedy ?? '')
        .filter(Boolean)
        .join('; and ')}`,
  );
}

/** For `-o json` and `-o yaml`. */
export const serviceJson = (explanation: ServiceExplanation, current: CurrentAddresses) => ({
  service: explanation.key,
  addresses: current.addresses,
  pool: current.pool,
  notOurs: explanation.unmanagedReason,
  condition: explanation.condition,
  asksFor:
    explanation.request === null
      ? null
      : {
          families: explanation.request.families.map((family) => `IPv${family}`),
          addresses: explanation.request.addresses?.map(formatAddress) ?? null,
          pool: explanation.request.pool,
          sharingKey: explanation.request.sharing.key || null,
        },
  unfit: explanation.requestProblem,
  pools: explanation.pools,
  holders: explanation.holders.map(({ address, holders }) => ({ address: formatAddress(address), holders })),
  remedies: current.addresses.length > 0 ? [] : remediesOf(explanation),
});
