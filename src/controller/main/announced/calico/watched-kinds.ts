/** Calico's kinds, Nodes and EndpointSlices, cut down to what decides about announcements. */

import { fieldsOf, listOf, type Raw, textOf } from '../../../../base/json.ts';
import type { Versioned } from '../../../../kube/informer/store.ts';
import type { Resource } from '../../../../kube/resource.ts';
import { metadataOf } from '../../../../objects/metadata.ts';

/** A raw object that was cut down, and its text, by which a change that changes nothing is known. */
export type WatchedCalicoObject = Versioned & {
  readonly name: string;
  readonly raw: Raw;
  readonly fingerprint: string;
};

export const CALICO_KINDS: readonly (readonly [plural: string, kind: string])[] = [
  ['bgpconfigurations', 'BGPConfiguration'],
  ['bgppeers', 'BGPPeer'],
  ['bgpfilters', 'BGPFilter'],
  ['ippools', 'IPPool'],
  ['blockaffinities', 'BlockAffinity'],
  ['ipreservations', 'IPReservation'],
  ['kubecontrollersconfigurations', 'KubeControllersConfiguration'],
  ['clusterinformations', 'ClusterInformation'],
  ['caliconodestatuses', 'CalicoNodeStatus'],
];

export const CALICO_GROUPS = [
  { group: 'projectcalico.org', version: 'v3' },
  { group: 'crd.projectcalico.org', version: 'v1' },
] as const;

export const watchedCalicoResource = (
  { group, version }: (typeof CALICO_GROUPS)[number],
  [plural, kind]: (typeof CALICO_KINDS)[number],
): Resource => ({ group, version, plural, kind, namespaced: false });

const toWatched = (source: Raw, raw: Raw): WatchedCalicoObject => {
  const { uid, resourceVersion, name } = metadataOf(source);
  return {
    uid: textOf(uid),
    resourceVersion: textOf(resourceVersion),
    name: textOf(name),
    raw,
    fingerprint: JSON.stringify(raw),
  };
};

/** An object of Calico: its spec, and of its status what says how things are. */
export const toWatchedCalicoObject =
  (kind: string) =>
  (source: Raw): WatchedCalicoObject | null => {
    const { name } = metadataOf(source);
    if (textOf(name) === '') return null;
    return toWatched(source, {
      kind,
      metadata: { name },
      spec: source['spec'],
      ...statusOf(kind, source['status']),
    });
  };

function statusOf(kind: string, status: unknown): Raw {
  if (kind === 'KubeControllersConfiguration') return { status };
  if (kind !== 'CalicoNodeStatus') return {};
  const bgp = fieldsOf(fieldsOf(status)['bgp']);
  const peers = (list: unknown) =>
    listOf(list)
      .map(fieldsOf)
      .map(({ peerIP, state }) => ({ peerIP, state }));
  return { status: { bgp: { peersV4: peers(bgp['peersV4']), peersV6: peers(bgp['peersV6']) } } };
}

const CALICO_ANNOTATION_PREFIX = 'projectcalico.org/';

/** Labels, Calico's annotations, addresses and readiness; a heartbeat changes none of them. */
export function toWatchedCalicoNode(source: Raw): WatchedCalicoObject | null {
  const { name, labels, annotations } = metadataOf(source);
  if (textOf(name) === '') return null;
  const status = fieldsOf(source['status']);
  const ready = listOf(status['conditions'])
    .map(fieldsOf)
    .filter(({ type }) => type === 'Ready')
    .map(({ type, status: readiness }) => ({ type, status: readiness }));
  const calicoAnnotations = Object.entries(fieldsOf(annotations)).filter(([key]) =>
    key.startsWith(CALICO_ANNOTATION_PREFIX),
  );
  const addresses = listOf(status['addresses']).filter((one) => fieldsOf(one)['type'] === 'InternalIP');
  return toWatched(source, {
    kind: 'Node',
    metadata: { name, labels: labels ?? {}, annotations: Object.fromEntries(calicoAnnotations) },
    status: { addresses, conditions: ready },
  });
}

const SERVICE_NAME = 'kubernetes.io/service-name';

/** Of a slice, which nodes have an endpoint that is ready; all that Calico looks at. */
export function toWatchedSlice(source: Raw): WatchedCalicoObject | null {
  const { name, namespace, labels } = metadataOf(source);
  if (textOf(name) === '') return null;
  const endpointsByNode = new Map<string, Raw>();
  for (const one of listOf(source['endpoints']).map(fieldsOf)) {
    const ready = fieldsOf(one['conditions'])['ready'] !== false;
    const nodeName = textOf(one['nodeName']);
    endpointsByNode.set(`${nodeName} ${ready}`, {
      conditions: { ready },
      ...(nodeName === '' ? {} : { nodeName }),
    });
  }
  const endpoints = [...endpointsByNode].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  return toWatched(source, {
    kind: 'EndpointSlice',
    metadata: { name, namespace, labels: { [SERVICE_NAME]: fieldsOf(labels)[SERVICE_NAME] } },
    addressType: source['addressType'],
    endpoints,
  });
}

export const SERVICE_SLICE_SELECTOR = `${SERVICE_NAME},!service.kubernetes.io/headless`;

export const sliceKey = ({ raw, name }: WatchedCalicoObject): string =>
  `${textOf(metadataOf(raw)['namespace'])}/${name}`;
