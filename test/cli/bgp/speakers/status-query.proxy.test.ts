/** `berth bgp peers`, `routes` and `why` through the API server's proxy to Pods. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { Raw } from '../../../../src/base/json.ts';
import { runBgp } from '../../../../src/cli/bgp/run.ts';
import { respondJson, startLoopback, statusBody } from '../../../kube/support/loopback-server.ts';
import { oneService, settledHarness } from '../../../speaker/support/speaker-harness.ts';
import { type CommandResult, runCommand } from '../../support/run-command.ts';
import { documentFor, viewOf } from '../../support/status-servers.ts';
import { createTempFolder } from '../../support/temp-folder.ts';

const LIMIT = { timeout: 240_000 };

describe('through the API server', LIMIT, () => {
  const pod = (name: string, nodeName: string, more: Raw = {}, args: readonly string[] = []): Raw => ({
    metadata: { name, namespace: 'metallb-system' },
    spec: { nodeName, containers: [{ name: 'speaker', args }] },
    status: { phase: 'Running' },
    ...more,
  });

  async function cluster(test: TestContext, pods: Readonly<Record<string, readonly Raw[]>>) {
    const view = viewOf(await settledHarness(...oneService()), 'n1');
    const api = await startLoopback(test, ({ url }, response) => {
      const { pathname, searchParams } = new URL(url, 'http://api');
      if (pathname === '/api/v1/namespaces/metallb-system/pods')
        return respondJson(response, 200, {
          metadata: {},
          items: pods[searchParams.get('labelSelector') ?? ''] ?? [],
        });
      const [, name, rest = ''] = /\/pods\/http:(.*?)\/proxy(.*)$/.exec(url) ?? [];
      if (name === 'one:17473' || name === 'two:9')
        return respondJson(response, 200, documentFor(view, rest));
      if (name === 'mute:17473')
        return respondJson(
          ...([
            response,
            503,
            statusBody(
              503,
              'ServiceUnavailable',
              'error trying to reach service: dial tcp 10.0.0.9:17473: connect: connection refused',
            ),
          ] as const),
        );
      return respondJson(response, 403, statusBody(403, 'Forbidden', 'pods/proxy is forbidden'));
    });
    const folder = createTempFolder(test, {
      kubeconfig: JSON.stringify({
        ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
        clusters: [{ name: 'c', cluster: { server: api.url } }],
        users: [{ name: 'u', user: { token: 't' } }],
        contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace: 'web' } }],
      }),
    });
    const ask = (...words: readonly string[]): Promise<CommandResult> =>
      runCommand(runBgp, [...words, '--kubeconfig', join(folder, 'kubeconfig')]);
    return { api, ask };
  }

  const BERTH = 'app.kubernetes.io/component=speaker';
  const METALLB = 'component=speaker';

  it('queries each Pod at its own port, and prints why a Pod cannot be queried', async (test) => {
    const { ask, api } = await cluster(test, {
      [BERTH]: [
        pod('one', 'n1'),
        pod('two', 'n2', {}, ['speaker', '--view-port=9']),
        pod('off', 'n3', {}, ['--view-port', '0']),
        pod('new', 'n4', { status: { phase: 'Pending' } }),
      ],
      [METALLB]: [pod('one', 'n1'), pod('mute', 'n5'), pod('secret', 'n6')],
    });
    const { code, out } = await ask('peers');
    assert.equal(code, 5);
    assert.match(out, /4 of 6 speakers did not answer/);
    for (const says of [
      /n3: its status port is off/,
      /n4: its Pod new is Pending/,
      /n5: its port 17473 refuses the connection/,
      /n6: you may not get pods\/proxy/,
      /2 of 2 sessions established/,
    ])
      assert.match(out, says);
    const asked = api.requests.map(({ url }) => url).filter((url) => url.includes('/proxy'));
    assert.equal(new Set(asked).size, asked.length, 'each is queried once');
    assert.ok(asked.includes('/api/v1/namespaces/metallb-system/pods/http:one:17473/proxy/bgp/peers'));
  });

  it('queries the speaker of one node, and names nodes without a speaker', async (test) => {
    const { ask, api } = await cluster(test, { [BERTH]: [pod('one', 'n1'), pod('two', 'n2')] });
    assert.equal((await ask('peers', '--node', 'n1')).code, 0);
    assert.equal(api.requests.filter(({ url }) => url.includes('/proxy')).length, 1);
    const { code, err } = await ask('peers', '--node', 'n1,n7');
    assert.equal(code, 1);
    assert.match(err, /no speaker runs on n7: did you mean n1\?/);
    assert.match(
      (await ask('peers', '--node', 'other')).err,
      /no speaker runs on other: speakers run on n1 n2/,
    );
  });

  it('queries a Service in the namespace of the context', async (test) => {
    const { ask } = await cluster(test, { [BERTH]: [pod('one', 'n1')] });
    const { code, out } = await ask('why', 'a');
    assert.equal(code, 0);
    assert.match(out, /^Service web\/a/);
  });

  it('names the namespace that has no speaker', async (test) => {
    const { code, err } = await (await cluster(test, {})).ask('peers');
    assert.equal(code, 1);
    assert.match(err, /there is no speaker in the namespace metallb-system: .*--speaker-namespace/);
  });

  it('prints the error of an invalid kubeconfig', async (test) => {
    const folder = createTempFolder(test, { broken: 'no: config' });
    const { code, err } = await runCommand(runBgp, ['peers', '--kubeconfig', join(folder, 'broken')]);
    assert.equal(code, 1);
    assert.notEqual(err, '');
  });
});
