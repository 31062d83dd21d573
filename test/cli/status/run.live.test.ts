/** `berth status` on a live cluster, of which nothing, a part or everything can be read. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { runStatus } from '../../../src/cli/status/run.ts';
import type { OverviewDocument } from '../../../src/overview/document.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { respondJson, startLoopback, statusBody } from '../../kube/support/loopback-server.ts';
import { liveCluster, NAMESPACE } from '../../overview/support/live-cluster.ts';
import { type CommandResult, runCommand } from '../support/run-command.ts';
import { createTempFolder } from '../support/temp-folder.ts';

type Refusals = Readonly<Record<string, number>>;

const statusOn = async (
  test: TestContext,
  objects: readonly Raw[],
  refused: Refusals,
  ...args: readonly string[]
): Promise<CommandResult> => runAgainst(test, await serve(test, objects, refused), args);

/** Serves `objects`, with a ServerVersion as its own version; of these plurals the answer is that status; `*` are all. */
async function serve(test: TestContext, objects: readonly Raw[], refused: Refusals): Promise<string> {
  const api = await startLoopback(test, ({ url }, response) => {
    const { pathname } = new URL(url, 'http://api');
    const parts = pathname.split('/');
    const status = refused['*'] ?? refused[pathname] ?? refused[parts.at(-1) ?? ''];
    if (status !== undefined) return respondJson(response, status, statusBody(status, 'Refused', 'no'));
    if (/projectcalico/.test(pathname)) return respondJson(response, 404, statusBody(404, 'NotFound', 'no'));
    if (pathname === '/version')
      return respondJson(response, 200, objects.find(({ kind }) => kind === 'ServerVersion') ?? {});
    const lease = objects.find(({ kind }) => kind === 'Lease');
    if (parts.includes('leases')) {
      return lease === undefined
        ? respondJson(response, 404, statusBody(404, 'NotFound', 'no'))
        : respondJson(response, 200, lease);
    }
    const plural = parts.at(-1) ?? '';
    const items = objects.filter(({ kind }) => pluralOf(String(kind)) === plural);
    return respondJson(response, 200, { metadata: { resourceVersion: '1' }, items });
  });
  return api.url;
}

const pluralOf = (kind: string): string => `${kind.toLowerCase()}${kind.endsWith('s') ? 'es' : 's'}`;

function kubeconfigOf(test: TestContext, server: string): string {
  const folder = createTempFolder(test, {
    kubeconfig: JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
      clusters: [{ name: 'c', cluster: { server } }],
      users: [{ name: 'u', user: { token: 't' } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace: 'shop' } }],
    }),
  });
  return join(folder, 'kubeconfig');
}

const runAgainst = (test: TestContext, server: string, args: readonly string[]): Promise<CommandResult> =>
  runCommand(runStatus, ['--kubeconfig', kubeconfigOf(test, server), ...args], { clock: systemClock });

const documentOf = ({ out }: CommandResult): OverviewDocument => JSON.parse(out);

describe('berth status on a cluster that cannot be read', () => {
  const rows: readonly [what: string, refused: Refusals][] = [
    ['an expired token', { '*': 401 }],
    ['no rights', { '*': 403 }],
    ['a failing API server', { '*': 500 }],
  ];
  for (const [what, refused] of rows) {
    it(`says so with ${what}, and nothing else`, async (test) => {
      const ended = await statusOn(test, liveCluster(Date.now()), refused);
      assert.equal(ended.code, 1, ended.out + ended.err);
      assert.match(ended.out, /: nothing could be read\n/);
      assert.doesNotMatch(ended.out, /no problem|have an address|leads,/);
      const document = documentOf(await statusOn(test, liveCluster(Date.now()), refused, '-o', 'json'));
      assert.deepEqual([document.pools, document.services, document.partial], [null, null, true]);
      assert.equal(document.controller.state, 'unknown');
      assert.notEqual(document.verdict, 'clean');
    });
  }

  it('says so where nothing answers', async (test) => {
    const api = await startLoopback(test, (_, response) => response.destroy());
    const ended = await runAgainst(test, api.url, []);
    assert.equal(ended.code, 1, ended.out);
    assert.match(ended.out, /: nothing could be read\n/);
  });
});

describe('berth status on a cluster that can be read in part', () => {
  const rows: readonly [refused: Refusals, says: RegExp, never: RegExp][] = [
    [{ pods: 403 }, /- pods in the namespace metallb-system cannot be read: refused with 403/, /Pods ready/],
    [{ leases: 403, 'berth-controller': 403 }, /which controller leads is not known/, /leads, since/],
    [{ ipaddresspools: 500 }, /pools {7}not known: pools could not be read/, /IPv4 used/],
    [{ speakerstatuses: 403 }, /what speakers announce is not known/, /sessions up/],
    [{ nodes: 403 }, /- nodes cannot be read/, /^$/],
    [{ endpointslices: 403 }, /- endpointslices cannot be read: refused with 403/, /^$/],
    [{ bgppeers: 500 }, /- bgppeers in the namespace metallb-system cannot be read/, /^$/],
  ];
  for (const [refused, says, never] of rows) {
    it(`without ${Object.keys(refused)[0]}: ends with 5 and says what is not known`, async (test) => {
      const { code, out } = await statusOn(test, liveCluster(Date.now()), refused);
      assert.equal(code, 5, out);
      assert.match(out, /: no problem in what could be read\n/);
      assert.match(out, says);
      assert.doesNotMatch(out, never);
    });
  }

  it('without the right to list all Services, those of the context are shown, and the others named', async (test) => {
    const refused = { '/api/v1/services': 403 };
    const { code, out } = await statusOn(test, liveCluster(Date.now()), refused);
    assert.equal(code, 5);
    assert.match(out, /- services cannot be read: refused with 403/);
    assert.match(out, /services {4}all 2 have an address in the namespace shop\n/);
  });

  it('a tenant needs no right but for the Services of one namespace', async (test) => {
    const { code, out } = await statusOn(test, liveCluster(Date.now()), ALL_BUT_SERVICES, '-n', 'shop');
    assert.equal(code, 5);
    assert.match(out, /services {4}all 2 have an address in the namespace shop\n/);
  });
});

const ALL_BUT_SERVICES: Refusals = Object.fromEntries(
  [
    'ipaddresspools',
    'pods',
    'nodes',
    'speakerstatuses',
    'servicel2statuses',
    'configurationstates',
    'berth-controller',
  ].map((name) => [name, 403]),
);

describe('berth status on a cluster that is too old', () => {
  it('says so in one sentence, and goes on with all else', async (test) => {
    const server = { kind: 'ServerVersion', major: '1', minor: '24+', gitVersion: 'v1.24.17' };
    const { code, out } = await statusOn(test, [...liveCluster(Date.now()), server], {});
    assert.equal(code, 4, out);
    assert.match(
      out,
      /ERROR ClusterTooOld\s+The API server is v1\.24\.17, and Berth supports Kubernetes 1\.25 and newer\./,
    );
    assert.match(out, /Upgrade the cluster to Kubernetes 1\.25 or newer\./);
    assert.match(out, /have an address/);
  });
});

describe('berth status on a cluster where all is well', () => {
  it('has a line for each part, and ends with 0', async (test) => {
    const { code, out } = await statusOn(test, liveCluster(Date.now()), {});
    assert.equal(code, 0, out);
    assert.match(out, /^the cluster at http:\S+: no problem\n/);
    assert.match(
      out,
      /controller {2}berth-controller-a leads, since [^,]+, version v1\.4\.0, 2 of 2 Pods ready\n/,
    );
    assert.match(out, /announcing {2}BGP: 2 of 2 sessions up; 2 of 2 speakers running\n/);
  });

  it('has what the doctor finds of the speakers', async (test) => {
    const objects = liveCluster(Date.now()).filter(({ kind }) => kind !== 'BGPAdvertisement');
    const { code, out } = await statusOn(test, objects, {});
    assert.equal(code, 4, out);
    assert.match(out, /ERROR S1 IPAddressPool .*public/);
    assert.match(out.replace(/\n {8}/g, ' '), /more: berth doctor --kubeconfig \S+\/kubeconfig\n/);
  });

  it('--wait ends as soon as there is no error', async (test) => {
    const { code } = await statusOn(test, liveCluster(Date.now()), {}, '--wait');
    assert.equal(code, 0);
  });

  it('--wait ends after its time, with the problems', async (test) => {
    const objects = liveCluster(Date.now()).filter(({ kind }) => kind !== 'Lease' && kind !== 'Pod');
    const { code, out } = await statusOn(test, objects, {}, '--wait', '--timeout', '10ms');
    assert.equal(code, 4);
    assert.match(out, /ERROR NoController/);
  });

  it('names commands with the flags that lead to this cluster, and without those of its environment', async (test) => {
    const objects = liveCluster(Date.now()).filter(({ kind }) => kind !== 'BGPAdvertisement');
    const commandIn = ({ out }: CommandResult) => /more: (.*)/.exec(out.replace(/\n {8}/g, ' '))?.[1];
    const given = await statusOn(test, objects, {}, '--context', 'c');
    assert.match(commandIn(given) ?? '', /^berth doctor --kubeconfig \S+ --context c$/);
    const environment = { KUBECONFIG: kubeconfigOf(test, await serve(test, objects, {})) };
    assert.equal(
      commandIn(await runCommand(runStatus, [], { environment, clock: systemClock })),
      'berth doctor',
    );
  });

  it('in another namespace there is no controller, and the fix names the flag', async (test) => {
    const { code, out } = await statusOn(test, [], {}, '--pool-namespace', 'elsewhere');
    assert.equal(code, 4);
    assert.match(out, /if it runs in another namespace, add\s+--pool-namespace/);
    assert.notEqual(NAMESPACE, 'elsewhere');
  });
});
