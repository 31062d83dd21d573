/** Nodes and routers that are configured with `berth calico init` and `berth calico router` establish their sessions. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { runCalico } from '../../../src/cli/calico/run.ts';
import { runCommand } from '../../cli/support/run-command.ts';
import { eventually } from '../../support/eventually.ts';
import { Frr } from '../../support/netns/frr.ts';
import { kernelRoutes } from '../../support/netns/kernel-routes.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import type { Loose } from './support/bird1/objects.ts';
import { nodeAddress, Testbed } from './support/testbed.ts';

const PASSWORD = 's3cret-of-two';

const FACTS = ['--range', '192.168.5.0/24', '--node-as', '64700', '--router', '10.10.0.1=65116'];
const TAGS = ['--community', '64700:120'];
const SECRET = ['--password-secret', 'tor-peer/tor-pw'];

async function written(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await runCommand(runCalico, args);
  assert.equal(code, 0, err);
  return out;
}

const node = (name: string): Loose => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    labels: name === 'cp1' ? { 'node-role.kubernetes.io/control-plane': '' } : {},
    annotations: { 'projectcalico.org/IPv4Address': `${nodeAddress(name, 4)}/24` },
  },
});

/** A Local Service with a pod on w2. */
const LOCAL: readonly Loose[] = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'edge', namespace: 'default' },
    spec: {
      type: 'LoadBalancer',
      clusterIP: '10.43.0.9',
      clusterIPs: ['10.43.0.9'],
      ipFamilies: ['IPv4'],
      externalTrafficPolicy: 'Local',
    },
    status: { loadBalancer: { ingress: [{ ip: '192.168.5.10' }] } },
  },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'edge-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'edge' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.244.2.5'], conditions: { ready: true }, nodeName: 'w2' }],
  },
];

/** The objects that `init` prints, with a password in place of the placeholder, and the rest of the cluster. */
async function cluster(...args: readonly string[]): Promise<readonly Loose[]> {
  const printed = await written('init', ...FACTS, ...TAGS, ...args);
  const objects: Loose[] = parseAllDocuments(printed).flatMap((one) => one.toJS() ?? []);
  for (const object of objects) if (object.kind === 'Secret') object.stringData = { 'tor-pw': PASSWORD };
  return [...['cp1', 'w1', 'w2'].map(node), ...objects, ...LOCAL];
}

const WANTED = new Map([
  ['192.168.5.0/24', ['10.10.0.11', '10.10.0.12']],
  ['192.168.5.10/32', ['10.10.0.12']],
]);

describe('the router configuration that berth prints', { skip: skipWithoutNetworkBinaries() }, () => {
  let stage: Testbed | undefined;
  afterEach(() => {
    stage?.destroy();
    stage = undefined;
  });

  const learns = (from: Testbed, protocol: string): Promise<void> =>
    eventually(async () => {
      const routes = await kernelRoutes(from.router, 4, protocol);
      const mine = new Map(
        routes.filter(({ prefix }) => WANTED.has(prefix)).map(({ prefix, via }) => [prefix, [...via].sort()]),
      );
      assert.deepEqual(mine, WANTED, from.logTails());
    });

  for (const mesh of ['on', 'off']) {
    it(`establishes sessions in BIRD 2 with any neighbour of the subnet, the mesh ${mesh}`, async () => {
      stage = new Testbed(['cp1', 'w1', 'w2']);
      const side = await written(
        'router',
        '--for',
        'bird',
        ...FACTS,
        ...SECRET,
        '--password',
        PASSWORD,
        '--neighbours',
        '10.10.0.0/24',
      );
      stage.routerBird.write(side);
      assert.equal(await stage.routerBird.configError(), null);
      stage.routerBird.start();
      await stage.applyObjects(await cluster(...SECRET, '--mesh', mesh));
      await learns(stage, 'bird');
    });
  }

  it('establishes sessions in FRR with every neighbour listed, without a password', async () => {
    stage = new Testbed(['cp1', 'w1', 'w2']);
    const neighbours = ['w1', 'w2'].flatMap((name) => ['--neighbour', nodeAddress(name, 4)]);
    new Frr(stage.router).start(await written('router', '--for', 'frr', ...FACTS, ...neighbours));
    await stage.applyObjects(await cluster('--mesh', 'off'));
    await learns(stage, 'bgp');
  });
});
