/** Reads BGPConfigurations: ranges of Services, mesh, communities. Calico reads only `default` and `node.<name>`. */

import { fieldsOf, listOf, numberOf, type Raw, textOf, textsOf } from '../../base/json.ts';
import { nameOf, specOf } from '../../objects/metadata.ts';
import { readAS } from './as-number.ts';
import { readSeconds } from './as-seconds.ts';
import { type RangeEntry, readRangeEntry } from './prefixes.ts';

export type SecretRef = { readonly name: string; readonly key: string };

export type PrefixAdvertisement = { readonly range: RangeEntry; readonly communities: readonly string[] };

export type BGPConfiguration = {
  readonly name: string;
  readonly asNumber: number | null;
  readonly mesh: boolean;
  readonly meshPassword: SecretRef | null;
  /** `nodeMeshMaxRestartTime`, rounded; null where it is not set. */
  readonly meshRestartSeconds: number | null;
  readonly loadBalancerIPs: readonly RangeEntry[];
  readonly externalIPs: readonly RangeEntry[];
  readonly clusterIPs: readonly RangeEntry[];
  readonly aggregation: boolean;
  /** By name; the first of two equal names counts. */
  readonly communities: ReadonlyMap<string, string>;
  /** Null for unset, which differs from an empty list. */
  readonly prefixAdvertisements: readonly PrefixAdvertisement[] | null;
  readonly listenPort: number | null;
};

/** The values in force without an object `default`. */
export const DEFAULT_BGP_CONFIGURATION: BGPConfiguration = {
  name: 'default',
  asNumber: null,
  mesh: true,
  meshPassword: null,
  meshRestartSeconds: null,
  loadBalancerIPs: [],
  externalIPs: [],
  clusterIPs: [],
  aggregation: true,
  communities: new Map(),
  prefixAdvertisements: null,
  listenPort: null,
};

/** The lists of ranges of Services, by the name of their field. */
export const RANGE_LISTS = ['serviceLoadBalancerIPs', 'serviceExternalIPs', 'serviceClusterIPs'] as const;
export type RangeList = (typeof RANGE_LISTS)[number];

export const rangesInList = (
  { loadBalancerIPs, externalIPs, clusterIPs }: BGPConfiguration,
  list: RangeList,
): readonly RangeEntry[] =>
  ({
    serviceLoadBalancerIPs: loadBalancerIPs,
    serviceExternalIPs: externalIPs,
    serviceClusterIPs: clusterIPs,
  })[list];

/** Without entries that have no prefix at all, which confd leaves out. */
const readRanges = (value: unknown): readonly RangeEntry[] =>
  listOf(value)
    .map((one) => textOf(fieldsOf(one)['cidr']))
    .filter((text) => text !== '')
    .map(readRangeEntry);

export function readConfiguration(raw: Raw): BGPConfiguration {
  const spec = specOf(raw);
  const advertisements = spec['prefixAdvertisements'];
  return {
    name: nameOf(raw),
    asNumber: readAS(spec['asNumber']),
    mesh: spec['nodeToNodeMeshEnabled'] !== false,
    meshPassword: readSecretRef(spec['nodeMeshPassword']),
    meshRestartSeconds: readSeconds(spec['nodeMeshMaxRestartTime']),
    loadBalancerIPs: readRanges(spec['serviceLoadBalancerIPs']),
    externalIPs: readRanges(spec['serviceExternalIPs']),
    clusterIPs: readRanges(spec['serviceClusterIPs']),
    aggregation: spec['serviceLoadBalancerAggregation'] !== 'Disabled',
    communities: readCommunities(spec['communities']),
    prefixAdvertisements: Array.isArray(advertisements)
      ? advertisements.map((one) => ({
          range: readRangeEntry(textOf(fieldsOf(one)['cidr'])),
          communities: textsOf(fieldsOf(one)['communities']),
        }))
      : null,
    listenPort: numberOf(spec['listenPort']),
  };
}

export function readSecretRef(value: unknown): SecretRef | null {
  const ref = fieldsOf(fieldsOf(value)['secretKeyRef']);
  const [name, key] = [textOf(ref['name']), textOf(ref['key'])];
  return name === '' && key === '' ? null : { name, key };
}

function readCommunities(value: unknown): ReadonlyMap<string, string> {
  const communities = new Map<string, string>();
  for (const one of listOf(value)) {
    const { name, value: text } = fieldsOf(one) as { name?: unknown; value?: unknown };
    if (!communities.has(textOf(name))) communities.set(textOf(name), textOf(text));
  }
  return communities;
}
