/** `berth l2 rebalance` with speakers of two nodes over one API server in memory. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { afterEach, beforeEach, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import type { JsonObject } from '../../../src/apiserver/object/value.ts';
import { runL2 } from '../../../src/cli/l2/run.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { Layer2Rig, NAMESPACE, wireInterface } from '../../speaker/layer2/support/layer2-rig.ts';
import { eventually } from '../../support/eventually.ts';
import { runCommand } from '../support/run-command.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const execFileAsync = promisify(execFile);

const SERVICES = ['s1', 's2', 's3', 's4'];

const metallb = (kind: string, name: string, spec: JsonObject = {}): JsonObject => ({
  ...{ apiVersion: 'metallb.io/v1beta1', kind, metadata: { name, namespace: NAMESPACE }, spec },
});

const service = (name: string): JsonObject => ({
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'web' } },
  spec: { type: 'LoadBalancer', ports: [{ port: 80, protocol: 'TCP' }] },
  status: { loadBalancer: { ingress: [{ ip: `10.0.0.${name.slice(1)}` }] } },
});

const slice = (name: string): JsonObject => ({
  ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4' },
  metadata: { name: `${name}-1`, namespace: 'web', labels: { 'kubernetes.io/service-name': name } },
  endpoints: [{ addresses: ['10.244.0.1'], nodeName: 'n1', conditions: { ready: true } }],
  ports: [],
});

let rig: Layer2Rig;

beforeEach(async () => {
  rig = await Layer2Rig.start([
    ...['n1', 'n2'].map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } })),
    metallb('IPAddressPool', 'main', { addresses: ['10.0.0.0/24'] }),
    metallb('L2Advertisement', 'all'),
    ...SERVICES.flatMap((name) => [service(name), slice(name)]),
  ]);
});
afterEach(() => rig.close());

/** How many records each node has. */
function owners(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { status } of rig.objects.list('servicel2statuses.metallb.io')) {
    const { node } = (status ?? { node: '' }) as { node: string };
    counts[node] = (counts[node] ?? 0) + 1;
  }
  return counts;
}

async function startBoth(): Promise<void> {
  rig.startSpeaker('n1', [wireInterface('eth0', 1)]);
  await eventually(() => assert.deepEqual(owners(), { n1: 4 }));
  rig.startSpeaker('n2', [wireInterface('eth0', 2)]);
  // Both have elected with both.
  for (const node of ['n1', 'n2'])
    await eventually(() => assert.equal(rig.wires.get(node)?.speakers.length, 2));
}

/** The path of a kubeconfig for the API server of the rig. */
function kubeconfigFile(test: TestContext): string {
  const kubeconfig = JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'test' },
    clusters: [{ name: 'test', cluster: { server: rig.url } }],
    users: [{ name: 'test', user: {} }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  });
  return `${createTempFolder(test, { config: kubeconfig })}/config`;
}

function rebalance(test: TestContext, ...args: string[]) {
  const line = ['rebalance', '--kubeconfig', kubeconfigFile(test), ...args];
  return runCommand(runL2, line, { clock: systemClock });
}

it('shows its plan, and moves half of the addresses when told to', async (test) => {
  await startBoth();
  const plan = await rebalance(test);
  assert.equal(plan.code, 3, plan.err);
  assert.match(plan.out, /n1 +4 +2\nn2 +0 +2/);
  assert.match(plan.out, /Next, run: berth l2 rebalance --yes/);
  assert.deepEqual(owners(), { n1: 4 }, 'without --yes nothing is written');
  const done = await rebalance(test, '--yes', '--per-minute', '6000', '-o', 'json');
  assert.equal(done.code, 0, done.err);
  const { nodes, moves, moved } = JSON.parse(done.out);
  assert.deepEqual([moves.length, moved], [2, 2]);
  assert.deepEqual(nodes[0], { node: 'n1', before: 4, after: 2 });
  await eventually(() => assert.deepEqual(owners(), { n1: 2, n2: 2 }));
  for (const { addresses, to } of moves)
    await eventually(() => assert.deepEqual(rig.answering(addresses[0]), [to]));
  const again = await rebalance(test);
  assert.equal(again.code, 0);
  assert.match(again.out, /Nothing to move/);
});

it('moves them in a process of its own, which has nothing to do but wait', async (test) => {
  await startBoth();
  const line = ['l2', 'rebalance', '--yes', '--per-minute', '6000', '--kubeconfig', kubeconfigFile(test)];
  const { stdout } = await execFileAsync(process.execPath, ['--import', 'tsx', 'src/main.ts', ...line]);
  assert.match(stdout, /2 of 2: /);
  await eventually(() => assert.deepEqual(owners(), { n1: 2, n2: 2 }));
});

it('an order that cannot be obeyed moves nothing, and goes', async () => {
  await startBoth();
  const [record = {}] = rig.objects.list('servicel2statuses.metallb.io');
  const { name } = record['metadata'] as { name: string };
  await rig.patch(`/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}/servicel2statuses/${name}`, {
    metadata: { annotations: { 'berth.dev/hand-over-to': 'n9' } },
  });
  await eventually(() => {
    const now = rig.objects.get('servicel2statuses.metallb.io', NAMESPACE, name)?.['metadata'];
    assert.deepEqual((now as { annotations?: object }).annotations ?? {}, {});
  });
  // The record is made again, and its status is written after it.
  await eventually(() => assert.deepEqual(owners(), { n1: 4 }));
});

it('--yes and -f exclude each other', async (test) => {
  const { code, err } = await rebalance(test, '--yes', '-f', '-');
  assert.equal(code, 2);
  assert.match(err, /--yes changes a cluster/);
});
