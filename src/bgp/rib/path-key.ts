/** Interning key of a path: equal for paths whose fields, including the order of lists, are equal. */
import type { Address } from '../../net/address.ts';
import type { BgpPath, NextHop, PathAttributes } from '../attributes/path.ts';

/** One key function per field; a missing field does not compile. Only `others` and `asPath` are nested. */
type FieldKeys<T> = { readonly [F in keyof T]-?: (value: T[F]) => string };

const integerKey = (value: number | null): string => (value === null ? '' : value.toString(36));

const addressKey = ({ family, bits }: Address): string => `${family}.${bits.toString(36)}`;

const NEXT_HOP: FieldKeys<NextHop> = {
  address: addressKey,
  linkLocal: (address) => (address === null ? '' : addressKey(address)),
};

const ATTRIBUTES: FieldKeys<PathAttributes> = {
  origin: (origin) => origin,
  asPath: (path) => path.map(({ kind, asns }) => `${kind} ${asns.map(integerKey).join(' ')}`).join(),
  med: integerKey,
  localPref: integerKey,
  atomicAggregate: String,
  aggregator: (one) => (one === null ? '' : `${integerKey(one.asn)} ${integerKey(one.routerId)}`),
  communities: (all) => all.map(integerKey).join(),
  extendedCommunities: (all) => all.map(({ high, low }) => `${integerKey(high)} ${integerKey(low)}`).join(),
  largeCommunities: (all) =>
    all.map(({ global, first, second }) => [global, first, second].map(integerKey).join(' ')).join(),
  others: (all) =>
    all
      .map(({ type, optional, transitive, partial, value }) =>
        [type, optional, transitive, partial, ...value].join(' '),
      )
      .join(),
};

/** Paths are immutable and many prefixes share one object, so its key is computed once. */
const cachedKeys = new WeakMap<BgpPath, string>();

export function pathKey(path: BgpPath): string {
  const cached = cachedKeys.get(path);
  if (cached !== undefined) return cached;
  const key = `${joinFields(NEXT_HOP, path.nextHop)}|${joinFields(ATTRIBUTES, path.attributes)}`;
  cachedKeys.set(path, key);
  return key;
}

function joinFields<T>(keys: FieldKeys<T>, value: T): string {
  let text = '';
  for (const field in keys) text += `${keys[field](value[field])};`;
  return text;
}
