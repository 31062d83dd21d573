/** Pools that advertisements cover, to find pools that are announced by layer 2 alone. */
import { isObject } from '../../base/json.ts';
import type { LabelSelector, Labels } from '../../objects/selector.ts';
import { selectorMatches } from '../../objects/selector.ts';
import type { ConfigIssue } from '../issue.ts';
import { ObjectReader } from '../object-reader.ts';
import { readLabelSelectors } from '../selector.ts';

/** The pools that an L2Advertisement or BGPAdvertisement covers. */
export type PoolCoverage = {
  readonly name: string;
  readonly pools: readonly string[];
  readonly poolSelectors: readonly LabelSelector[];
};

/** Null for an invalid object, which covers nothing. */
export function readPoolCoverage(raw: unknown): PoolCoverage | null {
  const issues: ConfigIssue[] = [];
  const metadata = isObject(raw) && isObject(raw['metadata']) ? raw['metadata'] : {};
  const name = typeof metadata['name'] === 'string' ? metadata['name'] : '';
  const spec = ObjectReader.of(isObject(raw) ? (raw['spec'] ?? {}) : undefined, 'spec', issues);
  if (spec === null) return null;
  const pools = spec.strings('ipAddressPools').map(({ value }) => value);
  const poolSelectors = readLabelSelectors(spec, 'ipAddressPoolSelectors', issues);
  return issues.length > 0 ? null : { name, pools, poolSelectors };
}

export type LabeledPool = { readonly name: string; readonly labels: Labels };

/** A pool is covered if it is named or selected; without names and selectors every pool is. */
export const coversPool = (
  { pools, poolSelectors }: Pick<PoolCoverage, 'pools' | 'poolSelectors'>,
  pool: LabeledPool,
): boolean =>
  (pools.length === 0 && poolSelectors.length === 0) ||
  pools.includes(pool.name) ||
  poolSelectors.some((selector) => selectorMatches(selector, pool.labels));

/** The pools that some L2Advertisement covers and no BGPAdvertisement does. */
export function layer2OnlyPools(
  pools: readonly LabeledPool[],
  layer2: readonly PoolCoverage[],
  bgp: readonly PoolCoverage[],
): ReadonlySet<string> {
  const layer2Only = pools.filter(
    (pool) => layer2.some((one) => coversPool(one, pool)) && !bgp.some((one) => coversPool(one, pool)),
  );
  return new Set(layer2Only.map(({ name }) => name));
}
