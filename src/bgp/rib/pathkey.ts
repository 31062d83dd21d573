/** Paths by their value: two are one where every field says the same, their lists in the same order. */
import type { Address } from '../../net/address.ts';
import type { NextHop, Path, PathAttributes } from '../../routes/path.ts';

/** Each field's own; a field that is missing here does not compile. Only `others` and `asPath` nest. */
type FieldKeys<T> = { readonly [F in keyof T]-?: (value: T[F]) => string };

const whole = (value: number | null): string => (value === null ? '' : value.toString(36));

const addressKey = ({ family, bits }: Address): string => `${family}.${bits.toString(36)}`;

const NEXT_HOP: FieldKeys<NextHop> = {
  address: addressKey,
  linkLocal: (address) => (address === null ? '' : addressKey(address)),
};

const ATTRIBUTES: FieldKeys<PathAttributes> = {
  origin: (origin) => origin,
  asPath: (path) => path.map(({ kind, asns }) => `${kind} ${asns.map(whole).join(' ')}`).join(),
  med: whole,
  localPref: whole,
  atomicAggregate: String,
  aggregator: (one) => (one === null ? '' : `${whole(one.asn)} ${whole(one.routerId)}`),
  communities: (all) => all.map(whole).join(),
  extendedCommunities: (all) => all.map(({ high, low }) => `${whole(high)} ${whole(low)}`).join(),
  largeCommunities: (all) =>
    all.map(({ global, first, second }) => [global, first, second].map(whole).join(' ')).join(),
  others: (all) =>
    all
      .map(({ type, optional, transitive, partial, value }) =>
        [type, optional, transitive, partial, ...value].join(' '),
      )
      .join(),
};

/** Paths are values and many prefixes come with the same object: it is spelled out once. */
const known = new WeakMap<Path, string>();

export function pathKey(path: Path): string {
  const before = known.get(path);
  if (before !== undefined) return before;
  const key = `${spell(NEXT_HOP, path.nextHop)}|${spell(ATTRIBUTES, path.attributes)}`;
  known.set(path, key);
  return key;
}

function spell<T>(keys: FieldKeys<T>, value: T): string {
  let text = '';
  for (const field in keys) text += `${keys[field](value[field])};`;
  return text;
}
