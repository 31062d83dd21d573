/** The explanation of one Service, for people and for programs. */
import { wrap } from '../../base/text.ts';
import { formatAddress } from '../../net/address.ts';
import type { PoolVerdict, RuleVerdict, ServiceExplanation } from '../../plan/explain.ts';
import { COLUMNS_MAX } from '../command.ts';
import type { Paint } from '../paint.ts';

/** What stands on the Service, whoever wrote it. */
export type Shown = { readonly addresses: readonly string[]; readonly pool: string | null };

/** Pools that are told rule by rule; of the rest one line says which rule they fail. */
const TOLD_MAX = 20;

export function printService(explained: ServiceExplanation, shown: Shown, paint: Paint): string {
  const { key, said, pools, notOurs } = explained;
  const head = [
    paint('bold', `Service ${key}`),
    field('has', describeShown(shown)),
    ...(said === null
      ? []
      : [field('says', `${said.reason}${said.since === '' ? '' : ` since ${said.since}`}: ${said.message}`)]),
    ...(notOurs === null ? [] : [field('not ours', notOurs)]),
    field('asks for', describeWish(explained)),
    ...explained.holders.map(({ address, holders }) =>
      field(
        'in use',
        `${formatAddress(address)} ${holders.length === 0 ? 'is held by nobody else' : `is held by ${holders.join(', ')}`}`,
      ),
    ),
  ];
  const sections = [head.join('\n')];
  if (pools.length > 0) {
    const told = pools.slice(0, TOLD_MAX).map((pool) => describePool(pool, paint));
    const rest = pools.slice(TOLD_MAX).map(({ pool, rules }) => {
      const failing = rules.find(({ passes }) => !passes);
      return lines(`${pool}: ${failing === undefined ? 'serves it' : failing.says}`, 2);
    });
    sections.push(
      [paint('bold', 'Pools, in the order in which they are tried'), ...told, ...rest].join('\n'),
    );
  } else if (explained.wish !== null && notOurs === null) sections.push('There are no pools.');
  const remedies = shown.addresses.length > 0 ? [] : remediesOf(explained);
  if (remedies.length > 0) {
    const items = remedies.map((remedy) => lines(`- ${remedy}`, 2));
    sections.push([paint('bold', 'What would make it work'), ...items].join('\n'));
  }
  return `${sections.join('\n\n')}\n`;
}

const FIELD_COLUMNS = 10;

/** `  has       192.168.5.0`, folded under itself. */
function field(name: string, text: string): string {
  const folded = wrap(text, COLUMNS_MAX - 2 - FIELD_COLUMNS);
  return `  ${name.padEnd(FIELD_COLUMNS)}${folded.join(`\n${' '.repeat(2 + FIELD_COLUMNS)}`)}`;
}

const lines = (text: string, indent: number): string => {
  const pad = ' '.repeat(indent);
  return `${pad}${wrap(text, COLUMNS_MAX - indent - 2).join(`\n${pad}  `)}`;
};

const describeShown = ({ addresses, pool }: Shown): string =>
  addresses.length === 0
    ? 'no address'
    : `${addresses.join(' and ')}${pool === null ? '' : ` from pool ${pool}`}`;

function describeWish({ wish, unfit }: ServiceExplanation): string {
  if (wish === null) return unfit ?? 'nothing that can be read';
  const { families, addresses, pool, sharing, policy } = wish;
  const parts = [
    addresses === null
      ? `${families.map((family) => `IPv${family}`).join(policy === 'prefer' ? ' and, if there is one, ' : ' and ')}`
      : addresses.map(formatAddress).join(' and '),
    ...(pool === null ? [] : [`from pool ${pool}`]),
    ...(sharing.key === '' ? [] : [`shared under the key ${JSON.stringify(sharing.key)}`]),
  ];
  return `${parts.join(', ')}${unfit === null ? '' : `; ${unfit}`}`;
}

function describePool({ pool, place, serves, rules, counts }: PoolVerdict, paint: Paint): string {
  const number = place === null ? '-' : `${place}.`;
  const verdict = serves ? paint('green', 'serves it') : paint('yellow', 'does not serve it');
  const free = counts === null ? '' : `, ${freeOf(counts)}`;
  return [
    `  ${number} ${paint('bold', pool)} ${verdict}${free}`,
    ...rules.map((rule) => describeRule(rule, paint)),
  ].join('\n');
}

function freeOf(counts: NonNullable<PoolVerdict['counts']>): string {
  const { assigned4, assigned6, available4, available6 } = counts;
  const parts = [
    ...(assigned4 + available4 > 0 ? [`${available4} of ${assigned4 + available4} IPv4`] : []),
    ...(assigned6 + available6 > 0 ? [`${available6} of ${assigned6 + available6} IPv6`] : []),
  ];
  return parts.length === 0 ? 'nothing to give' : `free: ${parts.join(', ')}`;
}

function describeRule({ rule, passes, says }: RuleVerdict, paint: Paint): string {
  const mark = passes ? paint('green', 'yes') : paint('red', 'no ');
  const folded = wrap(`${rule}: ${says}`, COLUMNS_MAX - 9);
  return `     ${mark} ${folded.join(`\n${' '.repeat(9)}`)}`;
}

/** One line for each way out: a pool that fails by one rule is nearer than one that fails by three. */
function remediesOf({ pools, unfit, notOurs }: ServiceExplanation): readonly string[] {
  if (notOurs !== null) return [];
  if (unfit !== null) return [unfit];
  if (pools.some(({ serves }) => serves)) return [];
  const failing = pools.map(({ pool, rules }) => ({ pool, failed: rules.filter(({ passes }) => !passes) }));
  failing.sort((a, b) => a.failed.length - b.failed.length);
  const least = failing[0]?.failed.length ?? 0;
  const near = failing.filter(({ failed }) => failed.length === least).slice(0, TOLD_MAX);
  if (near.length === 0) return ['make an IPAddressPool'];
  return near.map(
    ({ pool, failed }) =>
      `pool ${pool}: ${failed
        .map(({ remedy }) => remedy ?? '')
        .filter(Boolean)
        .join('; and ')}`,
  );
}

/** For `-o json` and `-o yaml`. */
export const serviceValue = (explained: ServiceExplanation, shown: Shown) => ({
  service: explained.key,
  addresses: shown.addresses,
  pool: shown.pool,
  notOurs: explained.notOurs,
  condition: explained.said,
  asksFor:
    explained.wish === null
      ? null
      : {
          families: explained.wish.families.map((family) => `IPv${family}`),
          addresses: explained.wish.addresses?.map(formatAddress) ?? null,
          pool: explained.wish.pool,
          sharingKey: explained.wish.sharing.key || null,
        },
  unfit: explained.unfit,
  pools: explained.pools,
  holders: explained.holders.map(({ address, holders }) => ({ address: formatAddress(address), holders })),
  remedies: shown.addresses.length > 0 ? [] : remediesOf(explained),
});
