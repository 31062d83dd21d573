/**
 * Converts the old configuration into equivalent objects of metallb.io.
 *
 * The order, and where nothing else is asked for the names, are those of MetalLB's own converter: `peer1`,
 * `bgpadvertisement1`, `l2advertisement1`, one Community `communities`; peers, pools, BGP and layer 2 advertisements, BFD profiles, communities. Fields with their default value
 * are left out, except where the objects have another default: a peer's hold time.
 */
import { setOwnValue } from '../../base/own-value.ts';
import { compareText } from '../../base/text.ts';
import type { LabelSelector } from '../../objects/selector.ts';
import { formatDuration } from '../duration.ts';
import { fieldPath, itemPath } from '../issue.ts';
import type { LegacyBfdProfile } from './bfd-profiles.ts';
import type { LegacyConfig } from './legacy-config.ts';
import { assignObjectNames, converterNames, type LegacyNames } from './object-names.ts';
import type { LegacyPeer } from './peers.ts';
import type { LegacyAdvertisement, LegacyPool } from './pools.ts';

export type MetallbObject = {
  readonly apiVersion: 'metallb.io/v1beta1' | 'metallb.io/v1beta2';
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: Readonly<Record<string, unknown>>;
};

const DEFAULT_NAMESPACE = 'metallb-system';
const AGGREGATION_LENGTH_DEFAULT = 32;
const AGGREGATION_LENGTH_V6_DEFAULT = 128;

/** An object, and its part of the text, such as `address-pools[0]`. */
export type PlacedObject = { readonly object: MetallbObject; readonly place: string };

/** As MetalLB's converter names them. */
export const convertLegacyConfig = (
  config: LegacyConfig,
  namespace = DEFAULT_NAMESPACE,
): readonly MetallbObject[] =>
  placeLegacyObjects(config, { namespace, names: converterNames(config) }).map(({ object }) => object);

export function placeLegacyObjects(
  { peers, pools, bfdProfiles, communities }: LegacyConfig,
  { namespace, names }: { readonly namespace: string; readonly names: LegacyNames },
): readonly PlacedObject[] {
  const makeObject = (
    place: string,
    { kind, name }: { readonly kind: string; readonly name: string },
    spec: Readonly<Record<string, unknown>>,
  ): PlacedObject => ({
    object: {
      apiVersion: kind === 'BGPPeer' ? 'metallb.io/v1beta2' : 'metallb.io/v1beta1',
      kind,
      metadata: { name, namespace },
      spec,
    },
    place,
  });
  const placedPools = pools.map((pool, index) => ({ pool, place: itemPath('address-pools', index) }));
  const bgp = placedPools.flatMap(({ pool, place }) =>
    pool.advertisements.map((advertisement, index) => ({
      pool,
      advertisement,
      place: itemPath(fieldPath(place, 'bgp-advertisements'), index),
    })),
  );
  const layer2 = placedPools.filter(({ pool }) => pool.protocol === 'layer2');
  return [
    ...peers.map((peer, index) =>
      makeObject(
        itemPath('peers', index),
        { kind: 'BGPPeer', name: names.peers[index] ?? '' },
        peerSpec(peer, names.profile),
      ),
    ),
    ...placedPools.map(({ pool, place }) =>
      makeObject(place, { kind: 'IPAddressPool', name: names.pool(pool.name) }, poolSpec(pool)),
    ),
    ...bgp.map(({ pool, advertisement, place }, index) =>
      makeObject(
        place,
        { kind: 'BGPAdvertisement', name: `bgpadvertisement${index + 1}` },
        advertisementSpec(names.pool(pool.name), advertisement),
      ),
    ),
    ...layer2.map(({ pool, place }, index) =>
      makeObject(
        place,
        { kind: 'L2Advertisement', name: `l2advertisement${index + 1}` },
        { ipAddressPools: [names.pool(pool.name)] },
      ),
    ),
    ...bfdProfiles.map((profile, index) =>
      makeObject(
        itemPath('bfd-profiles', index),
        { kind: 'BFDProfile', name: names.profile(profile.name) },
        bfdSpec(profile),
      ),
    ),
    ...(communities.length > 0
      ? [makeObject('bgp-communities', { kind: 'Community', name: 'communities' }, { communities })]
      : []),
  ];
}

/** Old pool names to object names, where they differ: Services may still request the old name. */
export function findRenamedPools(config: LegacyConfig): ReadonlyMap<string, string> {
  const names = assignObjectNames(config.pools.map(({ name }) => name));
  return new Map([...names].filter(([old, name]) => old !== name));
}

function peerSpec(
  peer: LegacyPeer,
  profileName: (name: string) => string,
): Readonly<Record<string, unknown>> {
  return withoutNulls({
    myASN: peer.myASN,
    peerASN: peer.peerASN,
    peerAddress: peer.peerAddress,
    sourceAddress: peer.sourceAddress,
    peerPort: peer.peerPort,
    holdTime: formatDuration(peer.holdTime),
    keepaliveTime: peer.keepaliveTime === null ? null : formatDuration(peer.keepaliveTime),
    routerID: peer.routerID,
    nodeSelectors: peer.nodeSelectors.length === 0 ? null : peer.nodeSelectors.map(selectorObject),
    password: peer.password,
    bfdProfile: peer.bfdProfile === null ? null : profileName(peer.bfdProfile),
    ebgpMultiHop: peer.ebgpMultiHop || null,
  });
}

const poolSpec = (pool: LegacyPool): Readonly<Record<string, unknown>> =>
  withoutNulls({
    addresses: pool.addresses,
    autoAssign: pool.autoAssign ? null : false,
    avoidBuggyIPs: pool.avoidBuggyIPs || null,
  });

const advertisementSpec = (
  pool: string,
  advertisement: LegacyAdvertisement,
): Readonly<Record<string, unknown>> =>
  withoutNulls({
    ipAddressPools: [pool],
    aggregationLength: nullIfDefault(AGGREGATION_LENGTH_DEFAULT, advertisement.aggregationLength),
    aggregationLengthV6: nullIfDefault(AGGREGATION_LENGTH_V6_DEFAULT, advertisement.aggregationLengthV6),
    localPref: advertisement.localPref,
    communities: advertisement.communities.length === 0 ? null : advertisement.communities,
  });

function bfdSpec({ name: _, ...fields }: LegacyBfdProfile): Readonly<Record<string, unknown>> {
  return withoutNulls(fields);
}

/**
 * A selector in the form of the API: a requirement of one value of one label becomes a `matchLabels` entry. What is written
 * twice, which the old ConfigMap allows, is written once.
 */
function selectorObject({ requirements }: LabelSelector): Readonly<Record<string, unknown>> {
  const labels: Record<string, string> = {};
  const expressions: Record<string, unknown>[] = [];
  const seen = new Set<string>();
  for (const { key, operator, values: written } of requirements) {
    const values = [...new Set(written)];
    const text = JSON.stringify([key, operator, values.toSorted(compareText)]);
    if (seen.has(text)) continue;
    seen.add(text);
    const [value] = values;
    if (operator === 'In' && values.length === 1 && value !== undefined && !Object.hasOwn(labels, key)) {
      setOwnValue(labels, key, value);
    } else {
      expressions.push(values.length === 0 ? { key, operator } : { key, operator, values });
    }
  }
  return withoutNulls({
    matchLabels: Object.keys(labels).length === 0 ? null : labels,
    matchExpressions: expressions.length === 0 ? null : expressions,
  });
}

const nullIfDefault = (defaultValue: number, value: number): number | null =>
  value === defaultValue ? null : value;

/** Without the fields that are null. */
const withoutNulls = (fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
