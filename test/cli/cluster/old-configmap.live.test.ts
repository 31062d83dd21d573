/** Commands about a live cluster whose speakers run from the old ConfigMap, by the flags of their Pods. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { runDoctor } from '../../../src/cli/doctor/run.ts';
import { runExplain } from '../../../src/cli/explain/run.ts';
import { runL2 } from '../../../src/cli/l2/run.ts';
import { runPlan } from '../../../src/cli/plan/run.ts';
import { runStatus } from '../../../src/cli/status/run.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { BGP_CLUSTER } from '../../delivery/support/speaker-clusters.ts';
import { withTypes } from '../../delivery/support/with-types.ts';
import { startLiveCluster } from '../support/live-cluster.ts';
import { type CommandRunner, runCommand } from '../support/run-command.ts';

const NAMESPACE = 'metallb-system';
const OBJECTS: ReadonlySet<unknown> = new Set(['IPAddressPool', 'BGPPeer', 'BGPAdvertisement']);

const pod = (program: string, node: string, args: readonly string[]): Raw => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    ...{ name: `berth-${program}-${node}`, namespace: NAMESPACE },
    labels: { 'app.kubernetes.io/name': 'berth', 'app.kubernetes.io/component': program },
  },
  spec: { nodeName: node, containers: [{ name: program, image: 'berth', args: [program, ...args] }] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
});

const FLAG = ['--config=config'];
const speaker = (node: string): Raw => pod('speaker', node, FLAG);

const CONFIG_MAP: Raw = {
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config', namespace: NAMESPACE } },
  data: {
    config: `
peers: [{my-asn: 64500, peer-asn: 64512, peer-address: 10.213.0.1}]
address-pools:
- {name: main, protocol: bgp, addresses: [10.20.1.0/24]}
`,
  },
};

it('they judge by what the ConfigMap says', async (test) => {
  const rest = BGP_CLUSTER.filter(({ kind }) => !OBJECTS.has(kind)).map(withTypes);
  const objects = [...rest, speaker('n1'), speaker('n2'), CONFIG_MAP];
  const kubeconfig = await startLiveCluster(test, { objects });
  const berth = async (main: CommandRunner, ...args: readonly string[]) => {
    const { out, err } = await runCommand(main, [...args, '-o', 'json', '--kubeconfig', kubeconfig], {
      clock: systemClock,
    });
    assert.notEqual(out, '', err);
    return JSON.parse(out);
  };
  const peer = 'peer-10.213.0.1';
  const { announcements } = await berth(runDoctor);
  assert.deepEqual(
    announcements[0].routes.map((one: Raw) => `${one['node']} ${one['peer']}`),
    [`n1 ${peer}`, `n2 ${peer}`],
  );
  const plan = await berth(runPlan, '--delete', 'service/web/a');
  assert.deepEqual(
    plan.announcements.routes.map((one: Raw) => [one['peer'], one['before'], one['after']]),
    [[peer, ['n1', 'n2'], []]],
  );
  const { pools } = await berth(runStatus);
  assert.deepEqual(
    pools.map(({ name }: Raw) => name),
    ['main'],
  );
});

const REST = BGP_CLUSTER.filter(({ kind }) => !OBJECTS.has(kind)).map(withTypes);
const SPEAKERS = [speaker('n1'), speaker('n2')];

async function ask(
  test: TestContext,
  objects: readonly Raw[],
  [main, ...args]: readonly [CommandRunner, ...(readonly string[])],
  refuses: (pathname: string) => number | null = () => null,
) {
  const kubeconfig = await startLiveCluster(test, { objects: [...REST, ...objects], refuses });
  const result = await runCommand(main, [...args, '--kubeconfig', kubeconfig], { clock: systemClock });
  return { ...result, all: `${result.out}\n${result.err}`.replace(/\s+/g, ' ') };
}

const COMMANDS: readonly (readonly [CommandRunner, ...(readonly string[])])[] = [
  [runDoctor],
  [runStatus],
  [runPlan, '--delete', 'service/web/a'],
  [runExplain, 'service', 'web/a'],
  [runExplain, 'address', '10.20.1.5'],
  [runL2, 'owners'],
  [runL2, 'why', 'web/a'],
];

const INVALID: Raw = { ...CONFIG_MAP, data: { config: 'address-pools: [{name: main, addresses: [x]}]' } };
const isConfigMap = (path: string): boolean => path.endsWith('/configmaps/config');

type Unread = readonly [
  string,
  objects: readonly Raw[],
  refuses: (path: string) => number | null,
  says: RegExp,
];

const UNREAD: readonly Unread[] = [
  ['is missing', [], (path) => (isConfigMap(path) ? 404 : null), /ConfigMap config .*does not exist/],
  ['may not be read', [CONFIG_MAP], (path) => (isConfigMap(path) ? 403 : null), /ConfigMap config .*403/],
  ['is not valid', [INVALID], () => null, /ConfigMap config: .*address-pools\[0\]\.protocol: is required/],
];

for (const [what, objects, refuses, says] of UNREAD) {
  describe(`a ConfigMap that ${what} is said, and nothing is called fine`, () => {
    for (const command of COMMANDS) {
      it(`${command[0].name} ${command.slice(1).join(' ')}`, async (test) => {
        const { code, all } = await ask(test, [...SPEAKERS, ...objects], command, refuses);
        assert.match(all, says);
        assert.ok([1, 5].includes(code), `${code}: ${all}`);
      });
    }
  });
}

it('explain and status end with 5 where the ConfigMap cannot be read, and doctor does', async (test) => {
  for (const command of [COMMANDS[0], COMMANDS[1], COMMANDS[3]]) {
    assert.ok(command !== undefined);
    const { code, all } = await ask(test, SPEAKERS, command, (path) => (isConfigMap(path) ? 403 : null));
    assert.equal(code, 5, all);
  }
});

it('a speaker that gives no answer is not one that advertises nothing', async (test) => {
  const { code, all } = await ask(test, [...SPEAKERS, CONFIG_MAP], [runExplain, 'service', 'web/a']);
  assert.doesNotMatch(all, /: ?\.|no node advertises|reached no:/);
  assert.match(all, /2 of 2 speakers did not answer/);
  assert.equal(code, 5);
});

it('a controller alone with the flag has the pools of the ConfigMap', async (test) => {
  const { out } = await ask(test, [pod('controller', 'n1', FLAG), CONFIG_MAP], [runStatus, '-o', 'json']);
  assert.deepEqual(
    JSON.parse(out).pools.map(({ name }: Raw) => name),
    ['main'],
  );
});

it('where only the controller has the flag, the speakers are not judged by the ConfigMap', async (test) => {
  const objects = [pod('controller', 'n1', FLAG), pod('speaker', 'n1', []), CONFIG_MAP];
  const { code, all } = await ask(test, objects, [runDoctor]);
  assert.equal(code, 5);
  assert.match(all, /the controller runs with --config=config, and the speaker without: give both the flag/);
});

it('where only the speakers have the flag, the pools are not those of the ConfigMap', async (test) => {
  const { code, all } = await ask(test, [...SPEAKERS, pod('controller', 'n1', []), CONFIG_MAP], [runStatus]);
  assert.equal(code, 5);
  assert.match(all, /the speaker runs with --config=config, and the controller without/);
});
