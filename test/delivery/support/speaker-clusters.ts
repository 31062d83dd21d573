/** Small clusters with speakers, healthy ones and broken ones. */
import type { Raw } from '../../../src/base/json.ts';
import {
  type DiagnoseSpeakersOptions,
  diagnoseSpeakers,
  type SpeakerDiagnosis,
} from '../../../src/delivery/findings/diagnose.ts';
import { advertisement, node, peer, pool, serviceWithEndpoint } from '../../announce/support/cluster.ts';
import { layer2Advertisement } from '../../layer2/support/layer2-cluster.ts';

export const NAMESPACE = 'metallb-system';

const internalIp = (address: string): Raw => ({ addresses: [{ type: 'InternalIP', address }] });

export const NODES: readonly Raw[] = [
  node('n1', { zone: 'a' }, internalIp('10.213.0.11')),
  node('n2', { zone: 'b' }, internalIp('10.213.0.12')),
];

const POOL = pool('main', ['10.20.1.0/24']);
const SERVICE = serviceWithEndpoint('a', '10.20.1.5');

/** Healthy. A BGPPeer for all nodes, and one Service. */
export const BGP_CLUSTER: readonly Raw[] = [...NODES, POOL, peer('tor'), advertisement('all'), ...SERVICE];

/** Healthy. Any node answers. */
export const LAYER2_CLUSTER: readonly Raw[] = [...NODES, POOL, layer2Advertisement('all'), ...SERVICE];

export const speakerStatus = (name: string, status: Raw = {}): Raw => ({
  apiVersion: 'berth.dev/v1alpha1',
  kind: 'SpeakerStatus',
  metadata: { name, namespace: NAMESPACE },
  status: { phase: 'speaking', sessions: [], ...status },
});

export const session = (state: 'Established' | 'Down', lastError: string | null = null): Raw => ({
  ...{ peer: 'tor', address: '10.213.0.1', state, lastError },
});

export const answering = (
  subnets: readonly string[] | null,
  more: Raw = {},
  addresses: readonly string[] | null = null,
): Raw => ({
  layer2: {
    interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:01', arp: true, ndp: true, subnets, addresses }],
    ...more,
  },
});

const workload = (kind: string, name: string, image: string, more: Raw = {}): Raw => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, namespace: 'kube-system' },
  spec: { template: { spec: { containers: [{ name: 'main', image, ...more }] } } },
});

export const daemonSet = (name: string, image: string, more: Raw = {}): Raw =>
  workload('DaemonSet', name, image, more);

export const deployment = (name: string, image: string): Raw => workload('Deployment', name, image);

/** The speakers of both nodes, on the network of the pool and on that of the nodes. */
export const ANSWERING: readonly Raw[] = ['n1', 'n2'].map((name) =>
  speakerStatus(name, answering(['10.20.1.0/24', '10.213.0.0/24'])),
);

export const kubeProxy = (config: string): Raw => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kube-proxy', namespace: 'kube-system' },
  data: { 'config.conf': config },
});

/** The kind of an object, and its name. */
const idOf = (raw: Raw): string => `${raw['kind']} ${(raw['metadata'] as Raw)['name']}`;

/** The cluster with objects replaced or added, and without those that are named. */
export const edited = (
  cluster: readonly Raw[],
  added: readonly Raw[],
  removed: readonly string[] = [],
): readonly Raw[] => {
  const gone = new Set([...removed, ...added.map(idOf)]);
  return [...cluster.filter((raw) => !gone.has(idOf(raw))), ...added];
};

export const diagnoseCluster = (
  objects: readonly Raw[],
  options: Partial<DiagnoseSpeakersOptions> = {},
): SpeakerDiagnosis =>
  diagnoseSpeakers(objects, {
    namespace: NAMESPACE,
    lbClass: null,
    complete: true,
    triesEdits: true,
    ...options,
  });
