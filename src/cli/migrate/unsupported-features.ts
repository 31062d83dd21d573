/**
 * What MetalLB's speakers do and Berth's do not: one table. A feature that gets built is one row less, and nothing else
 * changes: the command reads the kinds that the table names.
 */
import { fieldsOf, isObject, listOf, type Raw, textOf } from '../../base/json.ts';
import { BFD_INTERVAL_MIN } from '../../config/bfd-profile.ts';
import { BFD_PROFILES, BGP_PEERS, CONFIG_MAPS, type Resource } from '../../kube/resource.ts';
import { metadataOf } from '../../objects/metadata.ts';

/** The kind by which MetalLB configures FRR, and to which users add what MetalLB has no field for. */
export const FRR_CONFIGURATIONS: Resource = {
  ...{ group: 'frrk8s.metallb.io', version: 'v1beta1', plural: 'frrconfigurations' },
  ...{ kind: 'FRRConfiguration', namespaced: true },
};

/** Of MetalLB 0.13 and 0.14. */
const ADDRESS_POOLS: Resource = {
  ...{ group: 'metallb.io', version: 'v1beta1', plural: 'addresspools', kind: 'AddressPool' },
  namespaced: true,
};

/** What MetalLB's operator makes MetalLB from. */
const METALLBS: Resource = {
  ...{ group: 'metallb.io', version: 'v1beta1', plural: 'metallbs', kind: 'MetalLB' },
  namespaced: true,
};

export type UnsupportedFeature = {
  readonly feature: string;
  readonly resource: Resource;
  /** The fields of the object that use it; '' for the object as a whole. */
  readonly find: (raw: Raw) => readonly string[];
  /** What Berth's speakers do with it, and what to do instead; sentences. */
  readonly says: string;
  readonly instead: string;
};

/** Whether the field has a value that asks for something: not empty, not false. */
const isUsed = (value: unknown): boolean =>
  typeof value === 'string'
    ? value !== ''
    : value === true || (isObject(value) && Object.keys(value).length > 0);

const specField =
  (field: string): UnsupportedFeature['find'] =>
  (raw) =>
    isUsed(fieldsOf(raw['spec'])[field]) ? [`spec.${field}`] : [];

/** MetalLB writes one for each node, `metallb-NODE`; the others are of users. */
const ofUsers =
  (find: UnsupportedFeature['find']): UnsupportedFeature['find'] =>
  (raw) =>
    textOf(metadataOf(raw)['name']).startsWith('metallb-') ? [] : find(raw);

const shortBfdIntervals: UnsupportedFeature['find'] = (raw) =>
  ['receiveInterval', 'transmitInterval'].flatMap((field) => {
    const value = fieldsOf(raw['spec'])[field];
    return typeof value === 'number' && value < BFD_INTERVAL_MIN ? [`spec.${field}`] : [];
  });

const whole: UnsupportedFeature['find'] = () => [''];

/** Only its own namespace is one whose Secrets a program may read. */
const foreignSecret: UnsupportedFeature['find'] = (raw) => {
  const own = textOf(metadataOf(raw)['namespace']);
  const namespace = textOf(fieldsOf(fieldsOf(raw['spec'])['passwordSecret'])['namespace']);
  return namespace === '' || namespace === own ? [] : ['spec.passwordSecret.namespace'];
};

const memberListSettings: UnsupportedFeature['find'] = (raw) =>
  metadataOf(raw)['name'] === 'metallb-memberlist-config' ? [''] : [];

const KEEP = "Keep MetalLB's speakers on the nodes that need it.";

export const UNSUPPORTED_FEATURES: readonly UnsupportedFeature[] = [
  {
    feature: 'pools of the kind AddressPool',
    resource: ADDRESS_POOLS,
    find: whole,
    says: 'Berth does not read it, so no Service gets an address from it.',
    instead: 'Convert it: kubectl get addresspools.metallb.io -n NAMESPACE -o yaml | berth convert -f -',
  },
  {
    feature: "MetalLB's operator",
    resource: METALLBS,
    find: whole,
    says: "It starts MetalLB's controller and speakers again after you scale or delete them.",
    instead: 'End the operator first: scale its Deployment to 0. Berth has a chart instead of an operator.',
  },
  {
    feature: 'passwords in another namespace',
    resource: BGP_PEERS,
    find: foreignSecret,
    says: "The peer is invalid for Berth's speakers: they read Secrets of their own namespace.",
    instead: 'Copy the Secret there, and remove spec.passwordSecret.namespace.',
  },
  {
    feature: 'settings of the member list',
    resource: CONFIG_MAPS,
    find: memberListSettings,
    says: "They have no effect: Berth's speakers watch each other by BFD.",
    instead: 'Delete the ConfigMap together with MetalLB.',
  },
  {
    feature: 'VRF',
    resource: BGP_PEERS,
    find: specField('vrf'),
    says: "The peer is invalid for Berth's speakers: they open sessions from the default VRF.",
    instead: `Reach the router from the default VRF. ${KEEP}`,
  },
  {
    feature: 'unnumbered BGP',
    resource: BGP_PEERS,
    find: specField('interface'),
    says: "The peer is invalid for Berth's speakers: they need its address.",
    instead: 'Set spec.peerAddress in place of spec.interface.',
  },
  {
    feature: 'BFD echo mode',
    resource: BFD_PROFILES,
    find: specField('echoMode'),
    says: 'Echo mode has no effect: control packets alone detect failures.',
    instead: 'Set spec.transmitInterval and spec.receiveInterval.',
  },
  {
    feature: 'BFD intervals below 50 ms',
    resource: BFD_PROFILES,
    find: shortBfdIntervals,
    says: 'A shorter interval counts as 50 ms, so a failure is detected later.',
    instead: `Set 50 or more. ${KEEP}`,
  },
  {
    feature: 'raw FRR configuration',
    resource: CONFIG_MAPS,
    find: frrExtras,
    says: "Berth's speakers have no FRR to pass it to.",
    instead: `Look for the same in a field or an annotation of BGPPeer and BGPAdvertisement. ${KEEP}`,
  },
  {
    feature: 'raw FRR configuration',
    resource: FRR_CONFIGURATIONS,
    find: ofUsers(rawFrrConfiguration),
    says: "Berth's speakers have no FRR to pass it to.",
    instead: `Look for the same in a field or an annotation of BGPPeer and BGPAdvertisement. ${KEEP}`,
  },
  {
    feature: 'FRR sessions of your own',
    resource: FRR_CONFIGURATIONS,
    find: ofUsers(frrSessions),
    says: "Berth's speakers do not read FRRConfigurations, and they accept no routes of a router.",
    instead:
      'Run frr-k8s for them on its own, and let it peer with other routers than the speakers: a router keeps one session with a node.',
  },
  {
    feature: 'FRR configuration of some nodes',
    resource: FRR_CONFIGURATIONS,
    find: ofUsers(specField('nodeSelector')),
    says: "Berth's speakers do not read FRRConfigurations.",
    instead: 'Use spec.nodeSelectors of BGPPeers and BGPAdvertisements.',
  },
];

/** The ConfigMap whose key `extras` MetalLB appends to the configuration of FRR. */
function frrExtras(raw: Raw): readonly string[] {
  const isExtras = metadataOf(raw)['name'] === 'bgpextras';
  return isExtras && textOf(fieldsOf(raw['data'])['extras']).trim() !== '' ? ['data.extras'] : [];
}

function rawFrrConfiguration(raw: Raw): readonly string[] {
  const { rawConfig } = fieldsOf(fieldsOf(raw['spec'])['raw']);
  return isUsed(rawConfig) ? ['spec.raw.rawConfig'] : [];
}

function frrSessions(raw: Raw): readonly string[] {
  const routers = listOf(fieldsOf(fieldsOf(raw['spec'])['bgp'])['routers']).map(fieldsOf);
  return routers.flatMap((router, index) =>
    listOf(router['neighbors']).length === 0 ? [] : [`spec.bgp.routers[${index}].neighbors`],
  );
}

/** The kinds that have to be read. */
export const FEATURE_RESOURCES: readonly Resource[] = [
  ...new Set(UNSUPPORTED_FEATURES.map(({ resource }) => resource)),
];

/** A use of such a feature in the cluster. */
export type UnsupportedUse = {
  readonly feature: string;
  /** `BGPPeer metallb-system/tor`. */
  readonly object: string;
  /** '' for the object as a whole. */
  readonly field: string;
  readonly says: string;
  readonly instead: string;
};

/** In the order of the table, then of `objects`. */
export function findUnsupportedUses(
  objects: ReadonlyMap<Resource, readonly Raw[]>,
): readonly UnsupportedUse[] {
  return UNSUPPORTED_FEATURES.flatMap(({ feature, resource, find, says, instead }) =>
    (objects.get(resource) ?? []).flatMap((raw) => {
      const { namespace, name } = metadataOf(raw);
      const object = `${resource.kind} ${textOf(namespace)}/${textOf(name)}`;
      return find(raw).map((field) => ({ feature, object, field, says, instead }));
    }),
  );
}
