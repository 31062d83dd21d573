/** Who announces the address of a Service: speakers that a loopback API server passes on to, or nobody. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import type { Announcer } from '../../../src/cli/explain/announcer.ts';
import { announcerSections } from '../../../src/cli/explain/announcers.ts';
import { runExplain } from '../../../src/cli/explain/run.ts';
import { respondJson, startLoopback, statusBody } from '../../kube/support/loopback-server.ts';
import { oneService, settledHarness } from '../../speaker/support/speaker-harness.ts';
import { type CommandResult, runCommand } from '../support/run-command.ts';
import { documentFor, viewOf } from '../support/status-servers.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const SERVICE: Raw = {
  metadata: { name: 'a', namespace: 'web', annotations: { 'metallb.io/ip-allocated-from-pool': 'one' } },
  spec: { type: 'LoadBalancer', clusterIPs: ['10.96.0.1'], ports: [{ port: 80 }] },
  status: { loadBalancer: { ingress: [{ ip: '10.20.1.1' }] } },
};
const POOL: Raw = {
  metadata: { name: 'one', namespace: 'metallb-system' },
  spec: { addresses: ['10.20.1.0/30'] },
};

const pod = (name: string, nodeName: string): Raw => ({
  metadata: { name, namespace: 'metallb-system', labels: { 'app.kubernetes.io/component': 'speaker' } },
  spec: { nodeName, containers: [{ name: 'speaker' }] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
});

/** `pods` is null for a user who may not list them. `more` has lists of other kinds, by plural. */
async function explainWith(
  test: TestContext,
  pods: readonly Raw[] | null,
  more: Readonly<Record<string, readonly Raw[]>> = {},
  args: readonly string[] = [],
): Promise<CommandResult> {
  const view = viewOf(await settledHarness(...oneService()), 'n1');
  const { url } = await startLoopback(test, ({ url: path }, response) => {
    const { pathname } = new URL(path, 'http://api');
    const [, name, rest = ''] = /\/pods\/http:(.*?)\/proxy(.*)$/.exec(path) ?? [];
    if (name === 'one:17473') return respondJson(response, 200, documentFor(view, rest));
    if (name !== undefined) return respondJson(response, 503, statusBody(503, 'ServiceUnavailable', 'no'));
    if (pathname.includes('/namespaces/') && !pathname.includes('/namespaces/metallb-system/'))
      return respondJson(response, 200, { metadata: {}, items: [] });
    if (pathname.endsWith('/pods'))
      return pods === null
        ? respondJson(response, 403, statusBody(403, 'Forbidden', 'pods is forbidden'))
        : respondJson(response, 200, { metadata: {}, items: pods });
    if (pathname === '/api/v1/services')
      return respondJson(response, 200, { metadata: {}, items: [SERVICE] });
    if (pathname.endsWith('/ipaddresspools'))
      return respondJson(response, 200, { metadata: {}, items: [POOL] });
    if (pathname.includes('projectcalico'))
      return respondJson(response, 404, statusBody(404, 'NotFound', 'none'));
    const items = more[pathname.split('/').at(-1) ?? ''] ?? [];
    return respondJson(response, 200, { metadata: {}, items });
  });
  const folder = createTempFolder(test, {
    kubeconfig: JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
      clusters: [{ name: 'c', cluster: { server: url } }],
      users: [{ name: 'u', user: { token: 't' } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace: 'web' } }],
    }),
  });
  return runCommand(runExplain, ['service', 'a', '--kubeconfig', join(folder, 'kubeconfig'), ...args]);
}

describe('who announces', { timeout: 240_000 }, () => {
  it('the speakers, with what each of them says', async (test) => {
    const { code, out, err } = await explainWith(test, [pod('one', 'n1')]);
    assert.deepEqual([code, err], [0, '']);
    assert.match(
      out,
      /\n\nBerth's speakers\n {2}n1 advertises 10\.20\.1\.1\/32 to r1\n\nweb\/a is advertised by 1 of 1 node \(n1\), to r1\.\n$/,
    );
  });

  it('in part: a speaker that does not answer is named, and the exit code is 5', async (test) => {
    const { code, out, err } = await explainWith(test, [pod('one', 'n1'), pod('mute', 'n2')]);
    assert.equal(code, 5);
    assert.match(err, /^berth explain: 1 of 2 speakers did not answer\n$/);
    assert.match(out, /\n {2}n2 did not answer: /);
  });

  it('no speaker found, with the namespace that was looked in, if there is neither Calico nor a speaker', async (test) => {
    const { code, out } = await explainWith(test, []);
    assert.equal(code, 0);
    assert.match(
      out,
      /\nNo speaker found\n {2}This cluster has no BGP of Calico, and the namespace metallb-system has no\s+speaker; no\s+other\s+namespace\s+was\s+looked\s+in\./,
    );
    assert.match(out, /\n {2}Fix: deploy Berth's speakers/);
  });

  it('not called nobody, if the speakers run in another namespace than the one that was looked in', async (test) => {
    const { out } = await explainWith(test, [pod('one', 'n1')], {}, ['--pool-namespace', 'metalb-system']);
    assert.doesNotMatch(out, /nobody/);
    assert.match(
      out.replaceAll(/\s+/g, ' '),
      /the namespace metalb-system has no speaker; no other namespace/,
    );
    assert.match(out, /set the namespace of the speakers with\s+--pool-namespace/);
  });

  it('unknown, if the user may not list pods', async (test) => {
    const { code, out, err } = await explainWith(test, null);
    assert.equal(code, 5);
    assert.match(
      err,
      /which speakers announce it was not checked: the Pods of metallb-system cannot be listed/,
    );
    assert.doesNotMatch(out, /No speaker found/);
  });

  const inNamespace = (name: string, rest: Raw, namespace = 'metallb-system'): Raw => ({
    ...{ metadata: { name, namespace } },
    ...rest,
  });
  const LAYER2 = {
    l2advertisements: [inNamespace('all', { spec: {} })],
    nodes: [{ metadata: { name: 'n1' } }],
    endpointslices: [
      {
        metadata: { name: 'a-1', namespace: 'web', labels: { 'kubernetes.io/service-name': 'a' } },
        endpoints: [{ addresses: ['10.244.0.1'], nodeName: 'n1' }],
      },
    ],
    speakerstatuses: [
      inNamespace('n1', {
        status: {
          ...{ node: 'n1', phase: 'speaking' },
          layer2: { interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:01', arp: true, ndp: true }] },
        },
      }),
    ],
  };

  it('a speaker by layer 2, beside BGP', async (test) => {
    const { code, out, err } = await explainWith(test, [pod('one', 'n1')], LAYER2);
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /\n\nBerth's speakers\n {2}n1 advertises 10\.20\.1\.1\/32 to r1\n/);
    assert.match(
      out,
      /\n\nBerth's speakers, by layer 2\n {2}n1 answers on eth0\n\nnode n1 answers by layer 2, since no other node can\.\n$/,
    );
  });

  it('nobody by layer 2, if no speaker answers by it', async (test) => {
    const { out } = await explainWith(test, [], { ...LAYER2, speakerstatuses: [] });
    assert.match(out, /\nNo speaker found\n/);
  });
});

describe('what would let an announcer announce it', () => {
  const rows: readonly (readonly [
    says: string,
    announced: readonly (boolean | null)[],
    shown: readonly string[],
  ])[] = [
    ['is shown where nobody announces', [false, false], ['0 fix', '1 fix']],
    ['is hidden where another one announces', [false, true], ['0', '1 fix']],
    ['is shown where it is not known whether another one does', [false, null], ['0 fix', '1 fix']],
    ['is hidden of all that do not', [true, null, false], ['0 fix', '1', '2']],
  ];
  const announcer = (announced: boolean | null, index: number): Announcer => ({
    ...{ by: 'bgp-speakers', announced, conclusion: '', change: null, ways: [] },
    sections: (_, { hidesFix }) => [[hidesFix ? `${index}` : `${index} fix`]],
  });
  for (const [says, announced, shown] of rows)
    it(says, () => {
      const found = { announcers: announced.map(announcer), calico: null, unread: [] };
      const format = { columns: 80, paint: (_: unknown, text: string) => text };
      assert.deepEqual(announcerSections(found, null, format).flat(), shown);
    });
});
