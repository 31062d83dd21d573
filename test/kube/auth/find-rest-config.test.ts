import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { findRestConfig, type RestConfigSources } from '../../../src/kube/auth/find-rest-config.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { makeCertificate } from '../support/loopback-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'berth-target-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const certificate = makeCertificate({ after });

const KUBECONFIG = JSON.stringify({
  'current-context': 'dev',
  contexts: [{ name: 'dev', context: { cluster: 'here' } }],
  clusters: [{ name: 'here', cluster: { server: 'https://127.0.0.1:6443' } }],
});

let fileCount = 0;

function writeConfig(text: string): string {
  const path = join(folder, `file-${++fileCount}`);
  writeFileSync(path, text);
  return path;
}

/** The files of a Pod's service account; null omits one. */
function podEnvironment(files: Readonly<Record<string, string | null>>) {
  const dir = join(folder, `pod-${++fileCount}`);
  mkdirSync(dir);
  const defaults = { 'ca.crt': certificate.cert, token: 'tok', namespace: 'metallb-system' };
  for (const [name, text] of Object.entries({ ...defaults, ...files })) {
    if (text !== null) writeFileSync(join(dir, name), text);
  }
  return {
    KUBERNETES_SERVICE_HOST: 'fd00::1',
    KUBERNETES_SERVICE_PORT: '443',
    BERTH_SERVICE_ACCOUNT_DIR: dir,
  };
}

const findConfig = (sources: Partial<RestConfigSources>) =>
  findRestConfig({
    kubeconfig: '',
    context: '',
    environment: {},
    home: '',
    clock: new FakeClock(),
    ...sources,
  });

describe('the configuration of a cluster', () => {
  it('comes from KUBECONFIG, even in a Pod', async () => {
    const kubeconfig = writeConfig(KUBECONFIG);
    const target = await findConfig({ kubeconfig, environment: { KUBERNETES_SERVICE_HOST: '10.96.0.1' } });
    assert.equal(target.ok && target.value.server.port, '6443');
  });

  it('may be split over several files', async () => {
    const kubeconfig = `${join(folder, 'none')}:${writeConfig(KUBECONFIG)}`;
    const target = await findConfig({ kubeconfig });
    assert.equal(target.ok && target.value.server.port, '6443');
  });

  it('comes from the service account where no kubeconfig is named', async () => {
    const target = await findConfig({ environment: podEnvironment({}), home: folder });
    assert.ok(target.ok, target.ok ? '' : target.error);
    assert.equal(target.value.server.href, 'https://[fd00::1]/');
    assert.equal(await target.value.authorization(), 'Bearer tok');
    assert.equal(target.value.namespace, 'metallb-system');
    assert.deepEqual(target.value.tls, { ca: certificate.cert });
  });

  it('comes from ~/.kube/config otherwise', async () => {
    mkdirSync(join(folder, '.kube'));
    writeFileSync(join(folder, '.kube/config'), KUBECONFIG);
    const target = await findConfig({ home: folder });
    assert.equal(target.ok && target.value.server.port, '6443');
  });

  it('is missing where there is none of these', async () => {
    const target = await findConfig({ home: '/nowhere' });
    assert.match(target.ok ? '' : target.error, /^no cluster is configured: give --kubeconfig/);
  });
});

describe('a service account', () => {
  it('without a token is an error', async () => {
    const target = await findConfig({ environment: podEnvironment({ token: null }) });
    assert.match(
      target.ok ? '' : target.error,
      /^the service account cannot be used: .*token: there is no such file/,
    );
  });

  it('uses a rotated token, and the last one while the file is missing', async () => {
    const clock = new FakeClock();
    const environment = podEnvironment({});
    const target = await findConfig({ environment, clock });
    assert.ok(target.ok);
    const token = join(environment.BERTH_SERVICE_ACCOUNT_DIR, 'token');
    writeFileSync(token, 'second');
    assert.equal(await target.value.authorization(), 'Bearer tok');
    target.value.invalidateCredentials();
    assert.equal(await target.value.authorization(), 'Bearer second');
    writeFileSync(token, 'third');
    clock.advance(60_000);
    assert.equal(await target.value.authorization(), 'Bearer third');
    rmSync(token);
    clock.advance(60_000);
    assert.equal(await target.value.authorization(), 'Bearer third');
  });

  it('uses a replaced CA, and the last valid one while the file is invalid', async () => {
    const clock = new FakeClock();
    const environment = podEnvironment({});
    const target = await findConfig({ environment, clock });
    assert.ok(target.ok);
    const ca = join(environment.BERTH_SERVICE_ACCOUNT_DIR, 'ca.crt');
    const fresh = makeCertificate({ after });
    writeFileSync(ca, fresh.cert);
    clock.advance(60_000);
    assert.equal(target.value.tls.ca, fresh.cert);
    writeFileSync(ca, 'half a f');
    clock.advance(60_000);
    assert.equal(target.value.tls.ca, fresh.cert);
  });

  it('with an invalid server address is reported in a sentence', async () => {
    const target = await findConfig({
      environment: { ...podEnvironment({}), KUBERNETES_SERVICE_PORT: 'none' },
    });
    assert.match(target.ok ? '' : target.error, /KUBERNETES_SERVICE_PORT "none" are no valid address/);
  });
});
