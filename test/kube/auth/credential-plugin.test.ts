import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { KubeClient } from '../../../src/kube/http/client.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import {
  certificate,
  type Fields,
  folder,
  kubeconfig,
  loadConfig,
  loadError,
  writeConfig,
  writePlugin,
} from '../support/kubeconfig-fixture.ts';
import { respondJson, startLoopback, statusBody } from '../support/loopback-server.ts';
import { REQUEST_TIMEOUT } from '../support/test-client.ts';

describe('a credential plugin', () => {
  const credential = (status: object): string =>
    JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status });
  const exec = (command: string, more: Fields = {}): Fields => ({
    exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never', ...more },
  });

  it('is run for a token, with its arguments, its environment and KUBERNETES_EXEC_INFO', async () => {
    const command = writePlugin(
      `printf '{"status":{"token":"%s-%s-%s"}}' "$1" "$COLOUR" "\${#KUBERNETES_EXEC_INFO}"`,
    );
    const target = await loadConfig(
      kubeconfig({}, exec(command, { args: ['a'], env: [{ name: 'COLOUR', value: 'blue' }] })),
    );
    assert.match((await target.authorization()) ?? '', /^Bearer a-blue-[1-9]\d+$/);
  });

  it('may return a client certificate', async () => {
    const status = { clientCertificateData: certificate.cert, clientKeyData: certificate.key };
    writeConfig(credential(status), 'credential.json');
    const target = await loadConfig(
      kubeconfig({}, exec(writePlugin(`cat ${join(folder, 'credential.json')}`))),
    );
    assert.deepEqual(target.tls, { cert: certificate.cert, key: certificate.key });
  });

  it('is run again after its token was refused', async (t) => {
    const counter = join(folder, 'counter');
    const server = await startLoopback(t, (seen, response) =>
      seen.headers.authorization === 'Bearer xx'
        ? respondJson(response, 200, {})
        : respondJson(response, 401, statusBody(401, '', '')),
    );
    const command = writePlugin(
      `printf x >> ${counter}; printf '{"status":{"token":"%s","expirationTimestamp":"2999-01-01T00:00:00Z"}}' "$(cat ${counter})"`,
    );
    const target = await loadConfig(kubeconfig({ server: server.url }, exec(command)));
    const client = new KubeClient({ config: target, clock: systemClock, userAgent: 'berth/test' });
    t.after(() => client.close());
    assert.equal(
      (await client.send({ method: 'GET', path: '/version', timeout: REQUEST_TIMEOUT })).kind,
      'ok',
    );
  });

  const failures: readonly [title: string, command: () => string, more: Fields, want: RegExp][] = [
    [
      'is not installed',
      () => 'no-such-plugin',
      { installHint: 'get it from us' },
      /^the credential plugin "no-such-plugin" of user "me" is not installed: get it from us$/,
    ],
    ['fails', () => writePlugin('echo "log in first" >&2; exit 3'), {}, /of user "me" failed: log in first$/],
    ['prints no JSON', () => writePlugin('echo hello'), {}, /of user "me" failed: Unexpected token/],
    ['returns no credential', () => writePlugin('echo "{}"'), {}, /of user "me" failed: /],
  ];
  for (const [title, command, more, want] of failures) {
    it(`that ${title} is reported by name`, async () => {
      assert.match(await loadError(kubeconfig({}, exec(command(), more))), want);
    });
  }
});
