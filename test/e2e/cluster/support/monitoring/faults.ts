/** For each alert of `deploy/monitoring` a fault of a real cluster. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../../../../dev/place.mjs';
import { NEIGHBOUR, ROUTER } from '../../../../support/cluster/network.ts';
import { NAMESPACE, peer, pool, rolledOut, routerText } from '../berth-cluster.ts';
import type { MonitoredStage } from './monitored-stage.ts';
import { makeSilentWebhook, namespaced, service } from './objects.ts';
import { slowRouter } from './slow-router.ts';

export type Fault = {
  readonly says: string;
  readonly alerts: readonly string[];
  /** It fires on after `undo`: for a while, since it counts what was, or because the fault goes on. */
  readonly remains?: true;
  readonly make: (monitored: MonitoredStage) => Promise<unknown>;
  readonly undo: (monitored: MonitoredStage) => Promise<unknown>;
};

/** BerthIsSlow allows five seconds. */
const SLOW_MS = 10_000;

const CONTROLLER = 'deployment/berth-controller';
const inNamespace = (...args: readonly string[]): string[] => ['-n', NAMESPACE, ...args];
const remove = ({ cluster }: MonitoredStage, ...args: readonly string[]): Promise<string> =>
  cluster.kubectlOk(['delete', ...args]);

async function scaleController({ cluster }: MonitoredStage, replicas: number): Promise<void> {
  await cluster.kubectlOk(inNamespace('scale', CONTROLLER, `--replicas=${replicas}`));
  if (replicas > 0) return rolledOut(cluster, CONTROLLER);
  const pods = 'pods --selector=app.kubernetes.io/component=controller --for=delete --timeout=120s';
  await cluster.kubectlOk(inNamespace('wait', ...pods.split(' ')));
}

/** Sends a signal to the speaker of the second node. */
async function signalSpeaker({ cluster }: MonitoredStage, signal: 'STOP' | 'CONT'): Promise<void> {
  const node = cluster.node(2);
  const pid = (await node.run('pgrep', '--oldest', '--full', 'berth.mjs speaker')).trim();
  await node.run('kill', `-${signal}`, pid);
}

/** More often than the alert allows; it stays away then. */
async function restartRouter({ stage: { routers }, prometheus }: MonitoredStage): Promise<void> {
  const isUp = 'min(metallb_bgp_session_up)';
  for (let round = 0; round < 5; round++) {
    await routers.byHoldTime.end();
    await prometheus.until(isUp, '0');
    routers.byHoldTime.start();
    await prometheus.until(isUp, '1');
  }
  await routers.byHoldTime.end();
}

/** The `rules` of the controller's Role without its right to read pools. Watches that run end with the API server. */
async function forbidPools({ cluster }: MonitoredStage): Promise<void> {
  const first = '/rules/0';
  const patch = [
    { op: 'test', path: `${first}/resources/0`, value: 'ipaddresspools' },
    { op: 'remove', path: first },
  ];
  const asJson = ['--type=json', '-p', JSON.stringify(patch)];
  await cluster.kubectlOk(inNamespace('patch', 'role', 'berth-controller', ...asJson));
  await cluster.controlPlane.stopApiServer();
  await cluster.controlPlane.startApiServer();
}

/** While no controller runs, a Service gets the address of another one. */
async function makeTwin(monitored: MonitoredStage): Promise<void> {
  const { cluster, stage } = monitored;
  await cluster.apply(service('twin', { pool: 'far' }));
  await scaleController(monitored, 0);
  const status = { loadBalancer: { ingress: [{ ip: stage.far }] } };
  const patch = ['--subresource=status', '--type=merge', '-p', JSON.stringify({ status })];
  await cluster.kubectlOk(['patch', 'service', 'twin', ...patch]);
  await scaleController(monitored, 2);
}

/** Services that are created meanwhile have their addresses later than the alert allows. */
async function refuseWrites(monitored: MonitoredStage): Promise<void> {
  const { cluster } = monitored;
  await makeSilentWebhook(cluster);
  await cluster.apply(
    ...[1, 2, 3].map((number) => service(`slow-${number}`, { pool: 'far' })),
    service('slow-dual', { pool: 'dual', spec: { ipFamilyPolicy: 'RequireDualStack' } }),
  );
  await monitored.fires('BerthWritesFail');
  await sleep(SLOW_MS);
  await remove(monitored, 'validatingwebhookconfiguration', 'silent');
}

/** A machine on the segment takes the address by layer 2. */
async function claimAddress({ cluster, stage: { near } }: MonitoredStage): Promise<void> {
  const { neighbour } = cluster.network;
  neighbour.ip(`address add ${near}/32 dev eth0`);
  await neighbour.run('arping', '-U', '-c', '2', '-I', 'eth0', '-s', near, near);
}

export const FAULTS: readonly Fault[] = [
  {
    says: 'a pool whose range is the wrong way round',
    alerts: ['MetalLBStaleConfig'],
    make: ({ cluster }) => cluster.apply(pool('192.0.2.9-192.0.2.1', 'reversed')),
    undo: (monitored) => remove(monitored, ...inNamespace('ipaddresspool', 'reversed')),
  },
  {
    says: 'a pool of which every address is assigned',
    alerts: [
      ...[75, 85, 95].map((percent) => `MetalLBAddressPoolUsage${percent}Percent`),
      'MetalLBAddressPoolExhausted',
    ],
    make: ({ cluster }) => cluster.apply(pool('192.0.2.1/32', 'small'), service('only', { pool: 'small' })),
    undo: ({ cluster }) => cluster.apply(pool('192.0.2.0/24', 'small')),
  },
  {
    says: 'a Service that requests a pool that there is not',
    alerts: ['BerthServicesWait'],
    make: ({ cluster }) => cluster.apply(service('waits', { pool: 'missing' })),
    undo: (monitored) => remove(monitored, 'service', 'waits'),
  },
  {
    says: 'a router that restarts again and again, and does not come back',
    alerts: ['MetalLBBGPSessionDown', 'BerthBGPSessionFlaps'],
    remains: true,
    make: restartRouter,
    undo: async ({ stage }) => {
      stage.routers.byHoldTime.start();
      await stage.isWhole();
    },
  },
  {
    says: 'a router that does not offer IPv6 to a peer of both families',
    alerts: ['BerthPrefixesNotAdvertised'],
    make: ({ cluster }) =>
      cluster.apply(
        peer('hold-time', ROUTER.ipv4, { dualStackAddressFamily: true }),
        namespaced('IPAddressPool', 'dual', { addresses: ['192.168.9.0/28', 'fd99::/124'] }),
        namespaced('BGPAdvertisement', 'dual', { ipAddressPools: ['dual'] }),
        service('dual', { pool: 'dual', spec: { ipFamilyPolicy: 'RequireDualStack' } }),
      ),
    undo: ({ cluster }) => cluster.apply(peer('hold-time', ROUTER.ipv4)),
  },
  {
    says: 'a router whose BFD is switched off',
    alerts: ['BerthBFDSessionDown'],
    make: ({ stage: { routers } }) => {
      routers.byBfd.write(routerText(NEIGHBOUR.ipv4));
      return routers.byBfd.configure();
    },
    undo: async ({ stage }) => {
      stage.routers.byBfd.write(routerText(NEIGHBOUR.ipv4, { hasBfd: true }));
      await stage.routers.byBfd.configure();
      await stage.isWhole();
    },
  },
  {
    says: 'a router that does not read from its connections',
    alerts: ['BerthPrefixesWait'],
    make: ({ stage }) => slowRouter.make(stage),
    undo: ({ stage }) => slowRouter.undo(stage),
  },
  {
    says: 'another machine that claims an address',
    alerts: ['BerthAddressConflict'],
    remains: true,
    make: claimAddress,
    undo: async ({ cluster, stage: { near } }) =>
      cluster.network.neighbour.ip(`address del ${near}/32 dev eth0`),
  },
  {
    says: 'a speaker that stands still',
    alerts: ['BerthIsNotScraped'],
    make: (monitored) => signalSpeaker(monitored, 'STOP'),
    undo: async (monitored) => {
      await signalSpeaker(monitored, 'CONT');
      await monitored.stage.isWhole();
    },
  },
  {
    says: 'an API server that refuses writes for a while',
    alerts: ['BerthWritesFail', 'BerthIsSlow'],
    remains: true,
    make: refuseWrites,
    undo: async () => {},
  },
  {
    says: 'no controller',
    alerts: ['BerthHasNoLeader'],
    make: (monitored) => scaleController(monitored, 0),
    undo: (monitored) => scaleController(monitored, 2),
  },
  {
    says: 'two Services that have one address when the controller starts',
    alerts: ['BerthAdoptionConflict'],
    remains: true,
    make: makeTwin,
    undo: async () => {},
  },
  {
    says: 'a controller that loses its right to read pools',
    alerts: ['BerthWatchIsSilent'],
    remains: true,
    make: forbidPools,
    undo: async () => {},
  },
  {
    says: 'a controller that starts without this right',
    alerts: ['MetalLBConfigNotLoaded'],
    make: (monitored) =>
      remove(monitored, ...inNamespace('pods', '-l', 'app.kubernetes.io/component=controller')),
    undo: (monitored) => monitored.restore(),
  },
  {
    says: 'a pool that no BGPConfiguration of Calico has, where Calico announces',
    alerts: ['BerthCalicoFindings'],
    remains: true,
    make: async ({ cluster }) => {
      const example = (path: string): string => join(root, 'examples', path);
      const apply = (path: string) => cluster.kubectlOk(['apply', '-f', example(path)]);
      await apply('playground-kinds/calico.yaml');
      await cluster.apply(...calicoObjects);
      await cluster.kubectlOk([
        'apply',
        '--server-side',
        '--force-conflicts',
        '-k',
        join(root, 'deploy/calico'),
      ]);
    },
    undo: async () => {},
  },
];

const labels = { app: 'calico' };
/** The DaemonSet that shows Calico's BGP; it is for no node. */
const calicoObjects: readonly object[] = [
  {
    ...{
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'calico-node', namespace: 'kube-system' },
    },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          nodeSelector: { 'berth.dev/calico': 'none' },
          containers: [
            {
              ...{ name: 'calico-node', image: 'calico/node' },
              env: [{ name: 'CALICO_NETWORKING_BACKEND', value: 'bird' }],
            },
          ],
        },
      },
    },
  },
];
