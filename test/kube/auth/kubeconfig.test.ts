import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { restConfigFromKubeconfig } from '../../../src/kube/auth/kubeconfig.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import {
  base64,
  certificate,
  type Fields,
  folder,
  kubeconfig,
  loadConfig,
  loadError,
  writeConfig,
} from '../support/kubeconfig-fixture.ts';
import { makeCertificate } from '../support/loopback-server.ts';

describe('a kubeconfig', () => {
  it('gives server, token, namespace and TLS options', async () => {
    const target = await loadConfig(kubeconfig({ 'tls-server-name': 'api.test' }, { token: 'abc' }));
    assert.equal(target.server.href, 'https://127.0.0.1:6443/');
    assert.equal(await target.authorization(), 'Bearer abc');
    assert.equal(target.namespace, 'shop');
    assert.deepEqual(target.tls, { servername: 'api.test' });
    assert.doesNotMatch(target.description, /abc/);
  });

  it('takes certificates inline, or from files relative to it', async () => {
    mkdirSync(join(folder, 'pki'), { recursive: true });
    writeConfig(certificate.cert, 'pki/tls.crt');
    writeConfig(certificate.key, 'pki/tls.key');
    const inline = {
      'client-certificate-data': base64(certificate.cert),
      'client-key-data': base64(certificate.key),
    };
    const beside = { 'client-certificate': 'pki/tls.crt', 'client-key': 'pki/tls.key' };
    const ca = { 'certificate-authority-data': base64(certificate.cert) };
    for (const user of [inline, beside]) {
      const target = await loadConfig(kubeconfig(ca, user));
      assert.deepEqual(target.tls, { ca: certificate.cert, cert: certificate.cert, key: certificate.key });
      assert.equal(await target.authorization(), null);
    }
  });

  it('reads a token file again after a minute, and at once after a refusal', async () => {
    const clock = new FakeClock();
    writeConfig('first\n', 'token');
    const target = await loadConfig(kubeconfig({}, { tokenFile: 'token', token: 'stale' }), clock);
    assert.equal(await target.authorization(), 'Bearer first');
    writeConfig('second\n', 'token');
    assert.equal(await target.authorization(), 'Bearer first');
    clock.advance(60_000);
    assert.equal(await target.authorization(), 'Bearer second');
    writeConfig('third\n', 'token');
    target.invalidateCredentials();
    assert.equal(await target.authorization(), 'Bearer third');
    rmSync(join(folder, 'token'));
    clock.advance(60_000);
    assert.equal(await target.authorization(), 'Bearer third', 'the last one is used');
  });

  it('supports passwords, impersonation and insecure-skip-tls-verify', async () => {
    const target = await loadConfig(
      kubeconfig(
        { 'insecure-skip-tls-verify': true },
        { username: 'u', password: 'p', as: 'jane', 'as-groups': ['a', 'b'] },
      ),
    );
    assert.equal(await target.authorization(), `Basic ${base64('u:p')}`);
    assert.equal(target.tls.rejectUnauthorized, false);
    assert.deepEqual(target.headers, [
      'Impersonate-User',
      'jane',
      'Impersonate-Group',
      'a',
      'Impersonate-Group',
      'b',
    ]);
  });

  it('may be split over several files: the first entry wins, and missing files are skipped', async () => {
    const first = writeConfig(kubeconfig({ server: 'https://first.test' }, { token: 'one' }, { users: [] }));
    const second = writeConfig(
      kubeconfig({ server: 'https://second.test' }, { token: 'two' }, { 'current-context': 'other' }),
    );
    const paths = [join(folder, 'nowhere'), first, second];
    const target = await restConfigFromKubeconfig({ paths, clock: systemClock });
    assert.ok(target.ok, target.ok ? '' : target.error);
    assert.equal(target.value.server.hostname, 'first.test');
    assert.equal(await target.value.authorization(), 'Bearer two');
  });

  it('gives another context on request', async () => {
    const contexts = [
      { name: 'dev', context: { cluster: 'here' } },
      { name: 'prod', context: { cluster: 'here', namespace: 'live' } },
    ];
    const paths = [writeConfig(kubeconfig({}, {}, { contexts }))];
    const target = await restConfigFromKubeconfig({ paths, context: 'prod', clock: systemClock });
    assert.equal(target.ok && target.value.namespace, 'live');
  });
});

describe('a proxy', () => {
  it('of the cluster wins over the environment, and its password is not shown', async () => {
    const environment = { HTTPS_PROXY: 'http://other:3128', NO_PROXY: '*' };
    const paths = [writeConfig(kubeconfig({ 'proxy-url': 'http://me:secret@proxy:3128' }, {}))];
    const target = await restConfigFromKubeconfig({ paths, environment, clock: systemClock });
    assert.ok(target.ok);
    assert.equal(target.value.proxy?.host, 'proxy:3128');
    assert.match(target.value.description, / through the proxy http:\/\/proxy:3128$/);
  });

  it('of the environment is used for a server that is not on this machine', async () => {
    const environment = { HTTPS_PROXY: 'http://other:3128' };
    const paths = [writeConfig(kubeconfig({ server: 'https://10.0.0.1:6443' }, {}))];
    const target = await restConfigFromKubeconfig({ paths, environment, clock: systemClock });
    assert.equal(target.ok && target.value.proxy?.host, 'other:3128');
  });
});

describe('an invalid kubeconfig', () => {
  const rows: readonly [title: string, content: Fields | string, want: RegExp | string][] = [
    ['not YAML', 'clusters: [', /^the kubeconfig config-\d+ is not YAML: .*line 1/],
    ['YAML without a mapping', '- a\n- b\n', /^config-\d+ is not a kubeconfig: it is not a YAML mapping$/],
    ['empty', '', /is not a kubeconfig/],
    [
      'without a current context',
      kubeconfig({}, {}, { 'current-context': '' }),
      /^config-\d+ has no current-context; it has "dev": choose one with --context$/,
    ],
    [
      'with a current context that does not exist',
      kubeconfig({}, {}, { 'current-context': 'dve' }),
      /^context "dve" is not in config-\d+: did you mean "dev"\?$/,
    ],
    ['with a misspelled context', kubeconfig({}, {}, { 'current-context': 'devv' }), /did you mean "dev"\?$/],
    [
      'with a cluster that does not exist',
      kubeconfig({}, {}, { clusters: [] }),
      /^the cluster of context "dev", "here" is not in config-\d+: there is none$/,
    ],
    [
      'with a user that does not exist',
      kubeconfig({}, {}, { users: [] }),
      /^the user of context "dev", "me" is not in/,
    ],
    [
      'with a server that is not a URL',
      kubeconfig({ server: 'api:6443' }, {}),
      'the server of cluster "here" is not an http or https URL: "api:6443"',
    ],
    [
      'without a server',
      kubeconfig({ server: '' }, {}),
      'the server of cluster "here" is not an http or https URL: ""',
    ],
    [
      'with a SOCKS proxy',
      kubeconfig({ 'proxy-url': 'socks5://x' }, {}),
      /^the proxy-url of cluster "here" names a SOCKS proxy, which is not supported: use an HTTP proxy/,
    ],
    [
      'with a CA file that does not exist',
      kubeconfig({ 'certificate-authority': 'none.crt' }, {}),
      /^the CA of cluster "here" cannot be read: .*: there is no such file/,
    ],
    [
      'with CA data that is not PEM',
      kubeconfig({ 'certificate-authority-data': '!!!' }, {}),
      'the CA of cluster "here" cannot be read: certificate-authority-data contains no PEM',
    ],
    [
      'with a certificate and no key',
      kubeconfig({}, { 'client-certificate-data': base64(certificate.cert) }),
      'user "me" has only one of client certificate and client key, and needs both',
    ],
    [
      'with PEM that cannot be parsed',
      kubeconfig(
        {},
        { 'client-certificate-data': base64('-----BEGIN x'), 'client-key-data': base64('-----BEGIN y') },
      ),
      /^the certificates of context "dev" cannot be used: /,
    ],
    [
      'with a token file that does not exist',
      kubeconfig({}, { tokenFile: 'none' }),
      /^the token of user "me" cannot be read: .*: there is no such file/,
    ],
  ];
  for (const [title, content, want] of rows) {
    it(`(${title}) is reported in a sentence`, async () => {
      const error = await loadError(content);
      if (typeof want === 'string') assert.equal(error, want);
      else assert.match(error, want);
    });
  }

  it('(a key of another certificate) is reported in a sentence', async () => {
    const other = makeCertificate({ after });
    const user = {
      'client-certificate-data': base64(certificate.cert),
      'client-key-data': base64(other.key),
    };
    assert.match(await loadError(kubeconfig({}, user)), /cannot be used: .*mismatch/);
  });

  it('(missing) is reported in a sentence', async () => {
    const target = await restConfigFromKubeconfig({ paths: ['/no/such/file'], clock: systemClock });
    assert.deepEqual(target, { ok: false, error: 'the kubeconfig /no/such/file does not exist' });
  });

  it('(a folder) is reported in a sentence', async () => {
    const target = await restConfigFromKubeconfig({ paths: [folder], clock: systemClock });
    assert.match(target.ok ? '' : target.error, /cannot be read: it is a folder/);
  });
});
