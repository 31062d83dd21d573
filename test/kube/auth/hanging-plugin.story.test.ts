/** A credential plugin that hangs: requests end in time all the same, and no process is left behind. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { PLUGIN_TIMEOUT } from '../../../src/kube/auth/credential-plugin.ts';
import { KubeClient } from '../../../src/kube/http/client.ts';
import { eventually } from '../../support/eventually.ts';
import { FakeClock, flushPromises } from '../../support/fake-clock.ts';
import { folder, kubeconfig, loadConfig, writePlugin } from '../support/kubeconfig-fixture.ts';
import { respondJson, startLoopback, statusBody } from '../support/loopback-server.ts';

const PATH = '/version';

it('a plugin that hangs: requests end at their own limit, and one plugin runs at a time', async (t) => {
  const [runs, hangs] = [join(folder, 'runs'), join(folder, 'hangs')];
  const server = await startLoopback(t, (seen, response) =>
    seen.headers.authorization === 'Bearer late'
      ? respondJson(response, 200, {})
      : respondJson(response, 401, statusBody(401, 'Unauthorized', '')),
  );
  // It gives a token that is refused, then hangs, then gives a good one.
  const command = writePlugin(
    `printf x >> ${runs}
     case "$(cat ${runs})" in
       x) echo '{"status":{"token":"early"}}' ;;
       xx) echo $$ > ${hangs}; exec sleep 100000 ;;
       *) echo '{"status":{"token":"late"}}' ;;
     esac`,
  );
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' };
  const clock = new FakeClock();
  const config = await loadConfig(kubeconfig({ server: server.url }, { exec }), clock);
  const client = new KubeClient({ config, clock, userAgent: 'berth/test' });
  t.after(() => client.close());

  const refused = client.send({ method: 'GET', path: PATH, timeout: 5_000 });
  const startsToHang = () => existsSync(hangs) && readFileSync(hangs, 'utf8').trim() !== '';
  await eventually(() => assert.ok(startsToHang(), 'the plugin does not hang yet'));
  const second = client.send({ method: 'GET', path: PATH, timeout: 3_000 });
  const stop = new AbortController();
  const stopped = client.send({ method: 'GET', path: PATH, timeout: 50_000, signal: stop.signal });
  await flushPromises();
  stop.abort();
  assert.deepEqual(await stopped, { kind: 'unsent', because: 'stopped' });
  clock.advance(5_000);
  assert.deepEqual(await second, { kind: 'unsent', because: 'no credentials within 3000 ms' });
  assert.deepEqual(await refused, { kind: 'unsent', because: 'no credentials within 5000 ms' });
  assert.equal(readFileSync(runs, 'utf8'), 'xx', 'requests wait for the plugin that runs');

  const hanging = Number(readFileSync(hangs, 'utf8'));
  assert.ok(isRunning(hanging));
  await clock.advanceAsync(PLUGIN_TIMEOUT);
  await eventually(() => assert.ok(!isRunning(hanging), 'it is killed at its own limit'));
  const served = await client.send({ method: 'GET', path: PATH, timeout: 5_000 });
  assert.equal(served.kind, 'ok', 'it is run again after its limit');
  assert.equal(readFileSync(runs, 'utf8'), 'xxx');
});

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false; // ESRCH
  }
}
