/** A real cluster with Berth in it, installed as its users install it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { root } from '../../../../dev/place.mjs';
import { Cluster, type ClusterOptions } from '../../../support/cluster/cluster.ts';
import { WEB_IMAGE } from '../../../support/cluster/images.ts';
import { ROUTER as ROUTER_ADDRESSES } from '../../../support/cluster/network.ts';
import { eventually } from '../../../support/eventually.ts';
import { Bird } from '../../../support/netns/bird.ts';
import type { NetworkNamespace } from '../../../support/netns/network.ts';
import { requireNetworkBinaries } from '../../../support/network-binaries.ts';

export const NAMESPACE = 'metallb-system';
/** Of the Pods that serve. */
export const PAGE_PORT = 8080;

/** `apply -k` of one of the bases, with the project's own files. */
export async function install(cluster: Cluster, base: string): Promise<void> {
  await cluster.kubectlOk(['apply', '--server-side', '-k', join(root, 'deploy', base)]);
}

export async function uninstall(cluster: Cluster, base: string): Promise<void> {
  await cluster.kubectlOk(['delete', '--wait=true', '-k', join(root, 'deploy', base)]);
}

/** Waits until a workload has rolled out; shows its Pods where it does not. */
export async function rolledOut(cluster: Cluster, workload: string, namespace = NAMESPACE): Promise<void> {
  const { code, stdout, stderr } = await cluster.kubectl([
    ...['rollout', 'status', workload, '-n', namespace, '--timeout=300s'],
  ]);
  if (code === 0) return;
  const pods = await cluster.kubectl(['describe', 'pods', '-n', namespace]);
  assert.fail(`${workload} did not roll out: ${stdout}${stderr}\n${pods.stdout}`);
}

export type WebOptions = {
  readonly replicas?: number;
  readonly spec?: Readonly<Record<string, unknown>>;
  /** The pool that its address is from; any without it. */
  readonly pool?: string;
  /** The node of all Pods; any without it. */
  readonly node?: string;
};

/** A Deployment of pages, and a Service of type LoadBalancer in front of it. */
export async function serveWeb(
  cluster: Cluster,
  name: string,
  { replicas = 2, spec = {}, pool, node }: WebOptions = {},
): Promise<void> {
  const labels = { app: name };
  const podName = { fieldRef: { fieldPath: 'metadata.name' } };
  const container = {
    name: 'page',
    image: WEB_IMAGE,
    imagePullPolicy: 'IfNotPresent',
    args: ['$(POD_NAME)', `${PAGE_PORT}`],
    env: [{ name: 'POD_NAME', valueFrom: podName }],
    ports: [{ containerPort: PAGE_PORT }],
    readinessProbe: { httpGet: { path: '/', port: PAGE_PORT }, periodSeconds: 1 },
    // Until kube-proxy everywhere has taken the Pod off, it goes on serving.
    lifecycle: { preStop: { sleep: { seconds: 5 } } },
  };
  const spread = {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: labels },
  };
  await cluster.apply(
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: 'default' },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            ...(node === undefined ? {} : { nodeSelector: { 'kubernetes.io/hostname': node } }),
            containers: [container],
            topologySpreadConstraints: [spread],
            terminationGracePeriodSeconds: 10,
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        ...{ name, namespace: 'default' },
        annotations: pool === undefined ? {} : { 'metallb.io/address-pool': pool },
      },
      spec: {
        type: 'LoadBalancer',
        selector: labels,
        ports: [{ port: 80, targetPort: PAGE_PORT }],
        ...spec,
      },
    },
  );
}

/** The addresses of a Service, as its status says. */
export async function addressesOf(cluster: Cluster, name: string): Promise<readonly string[]> {
  const path = '{.status.loadBalancer.ingress[*].ip}';
  const text = await cluster.kubectlOk(['get', 'service', name, '-o', `jsonpath=${path}`]);
  return text.split(' ').filter((address) => address !== '');
}

/** Waits until a Service has an address, and returns the first. */
export const addressOf = (cluster: Cluster, name: string): Promise<string> =>
  eventually(async () => {
    const [address] = await addressesOf(cluster, name);
    assert.ok(address, `${name} has no address: ${await cluster.kubectlOk(['get', 'events', '-A'])}`);
    return address;
  });

const PEER_ASN = 65_116;
const MY_ASN = 65_001;

export type RouterOptions = {
  readonly host?: NetworkNamespace;
  readonly address?: string;
} & RouterSettings;

export type RouterSettings = {
  readonly hasBfd?: boolean;
  /** Keeps the routes of a speaker that restarts; not unless told, since it keeps those of a dead node, too. */
  readonly gracefulRestart?: boolean;
  readonly password?: string;
};

/** A router that speaks BGP with all nodes and spreads connections over them. */
export function startRouter(
  cluster: Cluster,
  { host = cluster.network.router, address = ROUTER_ADDRESSES.ipv4, ...settings }: RouterOptions = {},
): Bird {
  const { bird: daemon, birdc: control } = requireNetworkBinaries();
  const router = new Bird(host, `tor-${host.name}`, { daemon, control });
  router.write(routerText(address, settings));
  router.start();
  return router;
}

/** The configuration of such a router. */
export const routerText = (
  address: string,
  { hasBfd = false, gracefulRestart = false, password }: RouterSettings = {},
): string => `router id ${address};
protocol device { }
protocol bfd { interface "*" { interval 300 ms; multiplier 3; }; }
protocol kernel { merge paths on; ipv4 { import none; export where source = RTS_BGP; }; }
protocol bgp nodes {
  local ${address} as ${PEER_ASN};
  neighbor range 10.90.0.0/24 as ${MY_ASN};
  graceful restart ${gracefulRestart ? 'on' : 'aware'};
  ${hasBfd ? 'bfd on;' : ''}
  ${password === undefined ? '' : `password "${password}";`}
  ipv4 {
    import filter { if (65535, 0) ~ bgp_community then bgp_local_pref = 0; accept; };
    export none;
  };
}
`;

/** A pool. */
export const pool = (addresses: string, name = 'main'): object => ({
  apiVersion: 'metallb.io/v1beta1',
  kind: 'IPAddressPool',
  metadata: { name, namespace: NAMESPACE },
  spec: { addresses: [addresses] },
});

/** A BGPPeer. */
export const peer = (
  name: string,
  address: string,
  spec: Readonly<Record<string, unknown>> = {},
): object => ({
  apiVersion: 'metallb.io/v1beta2',
  kind: 'BGPPeer',
  metadata: { name, namespace: NAMESPACE },
  spec: { myASN: MY_ASN, peerASN: PEER_ASN, peerAddress: address, holdTime: '9s', ...spec },
});

/** A BGPAdvertisement or an L2Advertisement. */
export const advertisement = (
  kind: 'BGPAdvertisement' | 'L2Advertisement',
  spec: Readonly<Record<string, unknown>> = {},
): object => ({
  apiVersion: 'metallb.io/v1beta1',
  kind,
  metadata: { name: 'main', namespace: NAMESPACE },
  spec,
});

/** A pool whose addresses speakers announce to the router by BGP; `peerSpec` has more fields of the BGPPeer. */
export const configuration = (
  prefix: string,
  peerSpec: Readonly<Record<string, unknown>> = {},
): readonly object[] => [
  pool(prefix),
  peer('tor', ROUTER_ADDRESSES.ipv4, peerSpec),
  advertisement('BGPAdvertisement'),
];

/** Starts a cluster with a set of Berth's objects, which is ready to serve. */
export async function startBerth(base: string, options: ClusterOptions): Promise<Cluster> {
  const cluster = await Cluster.start(options);
  try {
    await install(cluster, base);
    await rolledOut(cluster, 'deployment/berth-controller');
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}
