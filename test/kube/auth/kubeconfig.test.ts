import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { restConfigFromKubeconfig } from '../../../src/kube/auth/kubeconfig.ts';
import type { RestConfig } from '../../../src/kube/auth/rest-config.ts';
import { KubeClient } from '../../../src/kube/http/client.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { makeCertificate, respondJson, startLoopback, statusBody } from '../support/loopback-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'berth-kubeconfig-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const certificate = makeCertificate({ after });
const base64 = (text: string): string => Buffer.from(text).toString('base64');

type Fields = Record<string, unknown>;

const kubeconfig = (cluster: Fields, user: Fields, more: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'dev',
  contexts: [{ name: 'dev', context: { cluster: 'here', user: 'me', namespace: 'shop' } }],
  clusters: [{ name: 'here', cluster: { server: 'https://127.0.0.1:6443', ...cluster } }],
  users: [{ name: 'me', user }],
  ...more,
});

let fileCount = 0;

function writeConfig(content: Fields | string, name = `config-${++fileCount}`): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function writePlugin(lines: string): string {
  const path = join(folder, `plugin-${++fileCount}`);
  writeFileSync(path, `#!/bin/sh\n${lines}\n`);
  chmodSync(path, 0o755);
  return path;
}

async function loadConfig(content: Fields | string, clock = new FakeClock()): Promise<RestConfig> {
  const config = await restConfigFromKubeconfig({ paths: [writeConfig(content)], clock });
  return config.ok ? config.value : assert.fail(config.error);
}

async function loadError(content: Fields | string): Promise<string> {
  const config = await restConfigFromKubeconfig({ paths: [writeConfig(content)], clock: systemClock });
  return config.ok ? 'nothing to complain about' : config.error.replaceAll(`${folder}/`, '');
}

describe('a kubeconfig', () => {
  it('says where and who', async () => {
    const target = await loadConfig(kubeconfig({ 'tls-server-name': 'api.test' }, { token: 'abc' }));
    assert.equal(target.server.href, 'https://127.0.0.1:6443/');
    assert.equal(await target.authorization(), 'Bearer abc');
    assert.equal(target.namespace, 'shop');
    assert.deepEqual(target.tls, { servername: 'api.test' });
    assert.doesNotMatch(target.description, /abc/);
  });

  it('carries certificates inline, or in files beside it', async () => {
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

  it('reads a token file again after a minute, and at once when the token was refused', async () => {
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
    assert.equal(await target.authorization(), 'Bearer third', 'the last one stands in');
  });

  it('knows passwords, impersonation and servers that are not to be checked', async () => {
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

  it('may be spread over several files, of which the first word counts and missing ones do not', async () => {
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

  it('can be asked for another context', async () => {
    const contexts = [
      { name: 'dev', context: { cluster: 'here' } },
      { name: 'prod', context: { cluster: 'here', namespace: 'live' } },
    ];
    const paths = [writeConfig(kubeconfig({}, {}, { contexts }))];
    const target = await restConfigFromKubeconfig({ paths, context: 'prod', clock: systemClock });
    assert.equal(target.ok && target.value.namespace, 'live');
  });
});

describe('a credential plugin', () => {
  const credential = (status: object): string =>
    JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status });
  const exec = (command: string, more: Fields = {}): Fields => ({
    exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never', ...more },
  });

  it('is asked for a token, with its arguments, its environment and word of the API', async () => {
    const command = writePlugin(
      `printf '{"status":{"token":"%s-%s-%s"}}' "$1" "$COLOUR" "\${#KUBERNETES_EXEC_INFO}"`,
    );
    const target = await loadConfig(
      kubeconfig({}, exec(command, { args: ['a'], env: [{ name: 'COLOUR', value: 'blue' }] })),
    );
    assert.match((await target.authorization()) ?? '', /^Bearer a-blue-[1-9]\d+$/);
  });

  it('may hand out a client certificate', async () => {
    const status = { clientCertificateData: certificate.cert, clientKeyData: certificate.key };
    writeConfig(credential(status), 'credential.json');
    const target = await loadConfig(
      kubeconfig({}, exec(writePlugin(`cat ${join(folder, 'credential.json')}`))),
    );
    assert.deepEqual(target.tls, { cert: certificate.cert, key: certificate.key });
  });

  it('is asked again once its token was refused', async (t) => {
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
    assert.equal((await client.send({ method: 'GET', path: '/version', timeout: 5_000 })).kind, 'ok');
  });

  const failures: readonly [says: string, command: () => string, more: Fields, want: RegExp][] = [
    [
      'is not installed',
      () => 'no-such-plugin',
      { installHint: 'get it from us' },
      /^the credential plugin "no-such-plugin" of user "me" is not installed: get it from us$/,
    ],
    ['fails', () => writePlugin('echo "log in first" >&2; exit 3'), {}, /of user "me" failed: log in first$/],
    ['talks rubbish', () => writePlugin('echo hello'), {}, /of user "me" failed: Unexpected token/],
    ['gives nothing', () => writePlugin('echo "{}"'), {}, /of user "me" failed: /],
  ];
  for (const [says, command, more, want] of failures) {
    it(`that ${says} is named in a sentence`, async () => {
      assert.match(await loadError(kubeconfig({}, exec(command(), more))), want);
    });
  }
});

describe('a kubeconfig that is wrong', () => {
  const rows: readonly [says: string, content: Fields | string, want: RegExp | string][] = [
    ['not YAML', 'clusters: [', /^the kubeconfig config-\d+ is not YAML: .*line 1/],
    ['YAML, and something else', '- a\n- b\n', /^config-\d+ is not a kubeconfig: it holds no fields$/],
    ['empty', '', /is not a kubeconfig/],
    [
      'without a current context',
      kubeconfig({}, {}, { 'current-context': '' }),
      /^config-\d+ has no current-context, so nobody says which cluster is meant; it has "dev"$/,
    ],
    [
      'with a current context that is not there',
      kubeconfig({}, {}, { 'current-context': 'dve' }),
      /^context "dve" is not in config-\d+: there is "dev"$/,
    ],
    [
      'with a slip in the name of the context',
      kubeconfig({}, {}, { 'current-context': 'devv' }),
      /did you mean "dev"\?$/,
    ],
    [
      'with a cluster that is not there',
      kubeconfig({}, {}, { clusters: [] }),
      /^the cluster of context "dev", "here" is not in config-\d+: there is none at all$/,
    ],
    [
      'with a user that is not there',
      kubeconfig({}, {}, { users: [] }),
      /^the user of context "dev", "me" is not in/,
    ],
    [
      'with a server that is no URL',
      kubeconfig({ server: 'api:6443' }, {}),
      'the server of cluster "here" is not an http or https URL: "api:6443"',
    ],
    [
      'without a server',
      kubeconfig({ server: '' }, {}),
      'the server of cluster "here" is not an http or https URL: ""',
    ],
    [
      'with a proxy',
      kubeconfig({ 'proxy-url': 'socks5://x' }, {}),
      /^cluster "here" is reached through a proxy-url, which Berth cannot do/,
    ],
    [
      'with a CA file that is not there',
      kubeconfig({ 'certificate-authority': 'none.crt' }, {}),
      /^the CA of cluster "here" cannot be read: ENOENT/,
    ],
    [
      'with CA data that is none',
      kubeconfig({ 'certificate-authority-data': '!!!' }, {}),
      'the CA of cluster "here" cannot be read: certificate-authority-data holds nothing in PEM',
    ],
    [
      'with half of a certificate',
      kubeconfig({}, { 'client-certificate-data': base64(certificate.cert) }),
      'user "me" has a client certificate or a client key, and needs both',
    ],
    [
      'with a certificate that is rubbish inside',
      kubeconfig(
        {},
        { 'client-certificate-data': base64('-----BEGIN x'), 'client-key-data': base64('-----BEGIN y') },
      ),
      /^the certificates of context "dev" cannot be used: /,
    ],
    [
      'with a token file that is not there',
      kubeconfig({}, { tokenFile: 'none' }),
      /^the token of user "me" cannot be read: ENOENT/,
    ],
  ];
  for (const [says, content, want] of rows) {
    it(`(${says}) is told in a sentence`, async () => {
      const said = await loadError(content);
      if (typeof want === 'string') assert.equal(said, want);
      else assert.match(said, want);
    });
  }

  it('(a key that belongs to another certificate) is told in a sentence', async () => {
    const other = makeCertificate({ after });
    const user = {
      'client-certificate-data': base64(certificate.cert),
      'client-key-data': base64(other.key),
    };
    assert.match(await loadError(kubeconfig({}, user)), /cannot be used: .*mismatch/);
  });

  it('(missing) is told in a sentence', async () => {
    const target = await restConfigFromKubeconfig({ paths: ['/no/such/file'], clock: systemClock });
    assert.deepEqual(target, { ok: false, error: 'the kubeconfig /no/such/file does not exist' });
  });

  it('(a folder) is told in a sentence', async () => {
    const target = await restConfigFromKubeconfig({ paths: [folder], clock: systemClock });
    assert.match(target.ok ? '' : target.error, /cannot be read: EISDIR/);
  });
});
