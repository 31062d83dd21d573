/**
 * The Secret by which speakers authenticate each other: it comes empty with the manifests, and the controller fills it with the right to
 * patch this one Secret. So its token makes no Secret, without any policy. A key that is there stays, whoever made it.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import type { Program } from '../controller/support/program.ts';
import { type AnyObject, NAMESPACE } from '../controller/support/rig.ts';
import { helmPath, IMAGE, skipWithoutHelm } from '../deploy/support/chart.ts';
import { eventually, eventuallyEqual } from '../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import { type ApiClient, connect } from '../support/real-api/client.ts';
import type { RealApi } from '../support/real-api/start.ts';
import { dedicatedApi } from '../support/real-api.ts';
import { runProgram } from '../support/run-program.ts';
import { requestToken } from './support/rbac/account.ts';
import { AuditedCluster } from './support/rbac/audited-cluster.ts';
import { permissionsOf } from './support/rbac/rules.ts';

const ACCOUNT = 'berth-controller';
const SECRETS = `/api/v1/namespaces/${NAMESPACE}/secrets`;
const SECRET = `${SECRETS}/memberlist`;
const JSON_PATCH = 'application/json-patch+json';
const THEIRS = { secretkey: Buffer.from('a key of MetalLB').toString('base64') };
/** 32 random octets, in the two layers of base64 that MetalLB's have. */
const A_KEY = /^[A-Za-z0-9+/=]{56,}$/;

const keyIn = async (api: ApiClient): Promise<string | undefined> => {
  const { data } = await api.requestOk<AnyObject>('GET', SECRET);
  return data?.secretkey;
};

describe('the Secret of the speakers', { skip: skipWithoutKubernetesBinaries() }, () => {
  let cluster: AuditedCluster;
  let api: RealApi;
  let controller: Program | null = null;

  before(async () => {
    cluster = await AuditedCluster.start({ account: ACCOUNT, manifests: ['layer2'] });
    api = cluster.rig.api;
  });
  afterEach(async () => {
    await controller?.stop();
    controller = null;
  });
  after(() => cluster?.stop());

  const apply = (): Promise<string> => cluster.rig.kubectl(['apply', '-k', join(root, 'deploy/layer2')]);

  async function start(name: string): Promise<Program> {
    const ports = ['port', 'health-probe-port'];
    const flags = ['--ml-secret-name=memberlist', '--leader-elect=false'];
    const { program } = await cluster.startPod(name, 'deployments/berth-controller', ports, flags);
    controller = program;
    await program.waitUntilServing();
    return program;
  }

  /** By the API server, of a patch of a Secret that has a key. */
  const refusals = (): readonly unknown[] =>
    cluster.audit.requests().filter(({ resource, code }) => resource === 'secrets' && code === 422);

  async function filled(): Promise<string> {
    await eventually(async () => assert.match((await keyIn(api)) ?? '', A_KEY));
    return (await keyIn(api)) ?? '';
  }

  const replaceSecret = async (data: Readonly<Record<string, string>> | null): Promise<void> => {
    await api.request('DELETE', SECRET);
    if (data !== null) await api.requestOk('POST', SECRETS, { metadata: { name: 'memberlist' }, data });
  };

  it('comes empty, is filled by a right that covers no other Secret, and keeps its key', async () => {
    assert.equal(await keyIn(api), undefined);
    await start('first');
    const key = await filled();
    assert.match(await apply(), /secret\/memberlist unchanged/);
    await controller?.stop();
    await start('second');
    const role = permissionsOf(await cluster.role('berth-controller-layer2'));
    const secrets = role.filter(({ resource }) => resource === 'secrets');
    await eventually(() =>
      assert.equal(cluster.audit.requests().filter(({ resource }) => resource === 'secrets').length, 2),
    );
    assert.equal(await keyIn(api), key);
    assert.deepEqual([secrets.length, cluster.unused(secrets)], [1, []]);
  });

  it("is left alone where it is MetalLB's, before and after the manifests are applied", async () => {
    await replaceSecret(THEIRS);
    await apply();
    const before = refusals().length;
    const program = await start('beside');
    await eventually(() => assert.equal(refusals().length, before + 1));
    await apply();
    assert.equal(await keyIn(api), THEIRS.secretkey);
    assert.doesNotMatch(program.text, /cannot make the secret/);
  });

  it('is said to be missing, with what to do, and filled once that is done', async () => {
    await replaceSecret(null);
    const program = await start('without');
    await program.waitForLog('cannot make the secret of the speakers');
    assert.match(program.text, /there is no Secret metallb-system\/memberlist.*apply the manifests again/);
    await apply();
    await controller?.stop();
    await start('with');
    await filled();
  });

  it('is the only one that the token reaches, without any policy', async () => {
    const token = await requestToken(api, NAMESPACE, ACCOUNT);
    const client = connect({ ...api, token });
    await api.requestOk('POST', SECRETS, {
      metadata: { name: 'berth-migration' },
      type: 'berth.dev/migration',
    });
    const refused: readonly [string, string, AnyObject?, string?][] = [
      ...['memberlist', 'berth-other', 'sh.helm.release.v1.berth.v9'].map(
        (name): [string, string, AnyObject] => ['POST', SECRETS, { metadata: { name } }],
      ),
      ['PATCH', `${SECRETS}/berth-migration`, [{ op: 'add', path: '/data', value: THEIRS }], JSON_PATCH],
      ['PUT', SECRET, { metadata: { name: 'memberlist' } }],
      ['DELETE', SECRET],
      ['GET', SECRET],
      ['GET', SECRETS],
    ];
    for (const [method, path, body, type] of refused) {
      const { status } = await client.request<AnyObject>(method, path, body, type);
      assert.equal(status, 403, `${method} ${path} ${JSON.stringify(body?.metadata ?? '')}`);
    }
  });

  it('comes with the right to the ConfigMap of kube-proxy, and to none of that name in another namespace', async () => {
    const client = connect({ ...api, token: await requestToken(api, NAMESPACE, ACCOUNT) });
    const read = async (namespace: string): Promise<number> =>
      (await client.request('GET', `/api/v1/namespaces/${namespace}/configmaps/kube-proxy`)).status;
    await api.requestOk('POST', '/api/v1/namespaces/kube-system/configmaps', {
      metadata: { name: 'kube-proxy' },
    });
    assert.deepEqual([await read('kube-system'), await read('default')], [200, 403]);
  });
});

describe('the Secret of the speakers, installed by Helm', { skip: skipWithoutHelm }, () => {
  let api: RealApi;

  before(async () => {
    api = await dedicatedApi();
  });
  after(() => api?.stop());

  async function helm(...args: readonly string[]): Promise<void> {
    const where = ['--namespace', NAMESPACE, '--kubeconfig', api.kubeconfig];
    const env = { PATH: process.env['PATH'], HOME: api.folder };
    const { code, stderr } = await runProgram(helmPath(), [...args, ...where], { env });
    assert.equal(code, 0, `helm ${args.join(' ')}: ${stderr}`);
  }
  const release = (command: string): Promise<void> =>
    helm(
      ...[command, 'lb', join(root, 'charts/berth'), '--create-namespace'],
      ...['--set', `image.repository=${IMAGE},mode=layer2`],
    );

  it('is part of the release, and keeps the key that it got when the release is upgraded', async () => {
    await release('install');
    assert.equal(await keyIn(api), undefined);
    await api.requestOk('PATCH', SECRET, [{ op: 'add', path: '/data', value: THEIRS }], JSON_PATCH);
    await release('upgrade');
    assert.equal(await keyIn(api), THEIRS.secretkey);
    await helm('uninstall', 'lb');
    await eventuallyEqual(async () => (await api.request('GET', SECRET)).status, 404);
  });

  it("is left alone by install, upgrade and uninstall where it is MetalLB's, or made by an older controller", async () => {
    await api.requestOk('POST', SECRETS, { metadata: { name: 'memberlist' }, data: THEIRS });
    await release('install');
    await release('upgrade');
    await helm('uninstall', 'lb');
    assert.equal(await keyIn(api), THEIRS.secretkey);
  });
});
