/** A kubeconfig that is written anew while a process uses it. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { describe, it } from 'node:test';
import { restConfigFromKubeconfig } from '../../../src/kube/auth/kubeconfig.ts';
import type { RestConfig } from '../../../src/kube/auth/rest-config.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { base64, certificate, type Fields, kubeconfig, writeConfig } from '../support/kubeconfig-fixture.ts';

const NAME = 'renewed';

async function opened(content: Fields): Promise<RestConfig> {
  const config = await restConfigFromKubeconfig({
    paths: [writeConfig(content, NAME)],
    clock: new FakeClock(),
  });
  return config.ok ? config.value : assert.fail(config.error);
}

/** After a 401. */
function authorizationAfterRefusal(config: RestConfig): Promise<string | null> {
  config.invalidateCredentials();
  return config.authorization();
}

const token = (text: string): Fields => kubeconfig({}, { token: text });

describe('a kubeconfig that is written anew', () => {
  it('has its new token used once the server refuses the old one, and not before', async () => {
    const config = await opened(token('old'));
    writeConfig(token('new'), NAME);
    assert.equal(await config.authorization(), 'Bearer old');
    assert.equal(await authorizationAfterRefusal(config), 'Bearer new');
    assert.equal(await config.authorization(), 'Bearer new');
    writeConfig(token('newer'), NAME);
    assert.equal(await authorizationAfterRefusal(config), 'Bearer newer');
  });

  it('gives another kind of credentials, with their certificate and impersonation', async () => {
    const config = await opened(token('old'));
    const user = {
      'client-certificate-data': base64(certificate.cert),
      'client-key-data': base64(certificate.key),
      as: 'jane',
    };
    writeConfig(kubeconfig({}, user), NAME);
    assert.equal(await authorizationAfterRefusal(config), null);
    assert.deepEqual(config.tls, { cert: certificate.cert, key: certificate.key });
    assert.deepEqual(config.headers, ['Impersonate-User', 'jane']);
  });

  it('gives those of the context that was begun with, whichever is current', async () => {
    const config = await opened(token('old'));
    const other = kubeconfig({}, { token: 'new' });
    writeConfig({ ...other, 'current-context': 'another' }, NAME);
    assert.equal(await authorizationAfterRefusal(config), 'Bearer new');
  });

  it('is read once for requests that are refused together', async () => {
    const config = await opened(token('old'));
    writeConfig(token('new'), NAME);
    config.invalidateCredentials();
    const both = Promise.all([config.authorization(), config.authorization()]);
    config.invalidateCredentials();
    assert.deepEqual(await both, ['Bearer new', 'Bearer new']);
  });

  const kept: readonly (readonly [says: string, write: () => unknown])[] = [
    [
      'with another server, which gets nothing',
      () => kubeconfig({ server: 'https://evil.example' }, { token: 'new' }),
    ],
    ['without the context', () => ({ ...token('new'), contexts: [] })],
    ['without YAML', () => 'contexts: ['],
    [
      'with a certificate that is none',
      () => kubeconfig({ 'certificate-authority-data': 'eA==' }, { token: 'new' }),
    ],
  ];
  for (const [says, write] of kept)
    it(`changes nothing ${says}, and is read again when it is mended`, async () => {
      const config = await opened(token('old'));
      const { href } = config.server;
      writeConfig(write() as Fields | string, NAME);
      assert.equal(await authorizationAfterRefusal(config), 'Bearer old');
      assert.equal(config.server.href, href);
      writeConfig(token('mended'), NAME);
      assert.equal(await authorizationAfterRefusal(config), 'Bearer mended');
    });

  it('changes nothing while it is away', async () => {
    const config = await opened(token('old'));
    rmSync(writeConfig(token('new'), NAME));
    assert.equal(await authorizationAfterRefusal(config), 'Bearer old');
  });
});
