/** The proxy to a Pod's port of a real API server: it passes paths and queries on, and has errors of its own. */
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { describe, it, type TestContext } from 'node:test';
import { runBgp } from '../../../../src/cli/bgp/run.ts';
import { createLog } from '../../../../src/observe/log.ts';
import { serveStatusApi } from '../../../../src/speaker/main/status-server.ts';
import { systemClock } from '../../../../src/workqueue/system-clock.ts';
import { oneService, settledHarness } from '../../../speaker/support/speaker-harness.ts';
import { skipWithoutKubernetesBinaries } from '../../../support/kubernetes-binaries.ts';
import { createNamespace } from '../../../support/namespace.ts';
import { sharedApi } from '../../../support/real-api.ts';
import { type CommandResult, runCommand } from '../../support/run-command.ts';
import { viewOf } from '../../support/status-servers.ts';

/** The API server refuses to connect to loopback addresses. */
const NODE_ADDRESS = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address;

const skip =
  skipWithoutKubernetesBinaries() ||
  (NODE_ADDRESS === undefined && 'this machine has no address but loopback');

async function startViewPort(test: TestContext): Promise<number> {
  const log = createLog({ level: 'none', sink: () => {}, format: 'json', clock: systemClock });
  const view = viewOf(await settledHarness(...oneService()), 'n1');
  const port = await serveStatusApi(view, { port: 0, host: NODE_ADDRESS ?? '127.0.0.1', log });
  assert.ok(port.ok);
  test.after(() => port.value.close());
  return port.value.port;
}

describe('a speaker behind a real API server', { skip }, () => {
  it('is queried by all three commands, and one that does not answer is listed', async (test) => {
    const api = await sharedApi();
    const namespace = await createNamespace(api);
    const port = await startViewPort(test);
    const pods = `/api/v1/namespaces/${namespace}/pods`;
    for (const [name, args] of [
      ['up', [`--view-port=${port}`]],
      ['down', ['--view-port=1']],
    ] as const) {
      const labels = { 'app.kubernetes.io/component': 'speaker' };
      const containers = [{ name: 'speaker', image: 'berth', args }];
      await api.requestOk('POST', pods, {
        metadata: { name, labels },
        spec: { nodeName: name, hostNetwork: true, containers },
      });
      await api.requestOk('PATCH', `${pods}/${name}/status`, {
        status: { phase: 'Running', podIP: NODE_ADDRESS, podIPs: [{ ip: NODE_ADDRESS }] },
      });
    }
    const ask = (...words: readonly string[]): Promise<CommandResult> =>
      runCommand(runBgp, [...words, '--speaker-namespace', namespace, '--kubeconfig', api.kubeconfig], {
        clock: systemClock,
      });
    const peers = await ask('peers');
    assert.equal(peers.code, 5, peers.err);
    assert.match(peers.out, /^n1 +r1 +10\.213\.0\.1:179 +64512 +Established/m);
    assert.match(peers.out, /1 of 2 speakers did not answer\n {2}down: its port 1 refuses the connection:/);
    const routes = await ask('routes', '--peer', 'r1', '--node', 'up');
    assert.equal(routes.code, 0, routes.err);
    assert.match(routes.out, /10\.20\.1\.1\/32/);
    const why = await ask('why', 'a', '-n', 'web');
    assert.equal(why.code, 5, why.err);
    assert.match(why.out, /n1 advertises 10\.20\.1\.1\/32 to r1/);
  });
});
