/**
 * Converts the old configuration into equivalent objects of metallb.io.
 *
 * Names and order are those of MetalLB's own converter: `peer1`, `bgpadvertisement1`, `l2advertisement1`, one Community
 * `communities`; peers, pools, BGP and layer 2 advertisements, BFD profiles, communities. Fields with their default value
 * are left out, except where the objects have another default: a peer's hold time.
 */
import { ok, type Result } from '../../base/result.ts';
import type { LabelSelector } from '../../objects/selector.ts';
import { formatDuration } from '../duration.ts';
import type { ConfigIssue } from '../issue.ts';
import type { PoolObject } from '../pool/pool-set.ts';
import type { LegacyBfdProfile } from './bfd-profiles.ts';
import { type LegacyConfig, parseLegacyConfig } from './legacy-config.ts';
import { assignObjectNames } from './object-names.ts';
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

export function convertLegacyConfig(
  config: LegacyConfig,
  namespace = DEFAULT_NAMESPACE,
): readonly MetallbObject[] {
  const makeObject = (
    kind: string,
    name: string,
    spec: Readonly<Record<string, unknown>>,
  ): MetallbObject => ({
    apiVersion: kind === 'BGPPeer' ? 'metallb.io/v1beta2' : 'metallb.io/v1beta1',
    kind,
    metadata: { name, namespace },
    spec,
  });
  const { peers, pools, bfdProfiles, communities } = config;
  const names = assignObjectNames(pools.map(({ name }) => name));
  const objectName = (pool: LegacyPool): string => names.get(pool.name) ?? pool.name;
  const profileNames = assignObjectNames(bfdProfiles.map(({ name }) => name));
  const profileName = (name: string): string => profileNames.get(name) ?? name;
  const bgp = pools.flatMap((pool) => pool.advertisements.map((advertisement) => ({ pool, advertisement })));
  const layer2 = pools.filter(({ protocol }) => protocol === 'layer2');
  return [
    ...peers.map((peer, index) => makeObject('BGPPeer', `peer${index + 1}`, peerSpec(peer, profileName))),
    ...pools.map((pool) => makeObject('IPAddressPool', objectName(pool), poolSpec(pool))),
    ...bgp.map(({ pool, advertisement }, index) =>
      makeObject(
        'BGPAdvertisement',
        `bgpadvertisement${index + 1}`,
        advertisementSpec(objectName(pool), advertisement),
      ),
    ),
    ...layer2.map((pool, index) =>
      makeObject('L2Advertisement', `l2advertisement${index + 1}`, { ipAddressPools: [objectName(pool)] }),
    ),
    ...bfdProfiles.map((profile) => makeObject('BFDProfile', profileName(profile.name), bfdSpec(profile))),
    ...(communities.length > 0 ? [makeObject('Community', 'communities', { communities })] : []),
  ];
}

/** Old pool names to object names, where they differ: Services may still request the old name. */
export function findRenamedPools(config: LegacyConfig): ReadonlyMap<string, string> {
  const names = assignObjectNames(config.pools.map(({ name }) => name));
  return new Map([...names].filter(([old, name]) => old !== name));
}

/** The pools of the text, exactly those of the converted objects. */
export async function parseLegacyPools(
  text: string,
): Promise<Result<readonly PoolObject[], readonly ConfigIssue[]>> {
  const config = await parseLegacyConfig(text);
  return config.ok ? ok(convertLegacyPools(config.value)) : config;
}

export const convertLegacyPools = (config: LegacyConfig): readonly PoolObject[] =>
  convertLegacyConfig(config)
    .filter(({ kind }) => kind === 'IPAddressPool')
    .map((raw) => ({
      name: raw.metadata.name,
      // The text has no uid: a pool is identified by its name.
      uid: `configmap/${raw.metadata.name}`,
      createdAt: Number.POSITIVE_INFINITY,
      generation: 0,
      raw,
    }));

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

/** A selector in the form of the API: a requirement of one value of one label becomes a `matchLabels` entry. */
function selectorObject({ requirements }: LabelSelector): Readonly<Record<string, unknown>> {
  const labels: Record<string, string> = {};
  const expressions: Record<string, unknown>[] = [];
  for (const { key, operator, values } of requirements) {
    const [value] = values;
    if (operator === 'In' && values.length === 1 && value !== undefined && !Object.hasOwn(labels, key)) {
      labels[key] = value;
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
