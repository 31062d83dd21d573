/**
 * What the tokens of a speaker and of the controller can do on a real API server, with `deploy/layer2` and `deploy/policies`:
 * one's own, and nothing that belongs to another node, another writer, or an administrator.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import { type AnyObject, NAMESPACE, Rig } from '../controller/support/rig.ts';
import { eventually } from '../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import { type ApiClient, connect } from '../support/real-api/client.ts';
import { createPodOn, requestToken } from './support/rbac/account.ts';
import { CONTROLLER_ROWS, READER_ROWS } from './support/rbac/controller-token-rows.ts';
import type { Role } from './support/rbac/rules.ts';
import { SPEAKER_ROWS } from './support/rbac/speaker-token-rows.ts';
import {
  CORE,
  condition,
  event,
  OWN,
  patch,
  proxied,
  speakerStatus,
  type TokenRequestRow,
} from './support/rbac/token-requests.ts';

const CLUSTER_ROLES = '/apis/rbac.authorization.k8s.io/v1/clusterroles';

describe('what a token can do with deploy/policies', { skip: skipWithoutKubernetesBinaries() }, () => {
  let rig: Rig;
  const clients = new Map<string, ApiClient>();

  before(async () => {
    rig = await Rig.start({ authorization: 'RBAC', crds: false });
    const { api } = rig;
    await rig.kubectl(['apply', '-k', join(root, 'deploy/layer2')]);
    await rig.kubectl(['apply', '-k', join(root, 'deploy/policies')]);
    await eventually(() => rig.pools());
    await rig.service('web', {}, { labels: { team: 'a' }, annotations: { note: 'kept' } });
    await rig.api.requestOk('POST', `${CORE}/events`, event('theirs', 'kubelet'));
    const account = 'berth-speaker';
    for (const node of ['w1', 'w2']) {
      await api.requestOk('POST', '/api/v1/nodes', { metadata: { name: node } });
      const name = `berth-speaker-${node}`;
      const pod = await createPodOn(api, { namespace: NAMESPACE, name, account, node });
      clients.set(node, await clientOf(account, pod));
    }
    clients.set('unbound', await clientOf(account));
    clients.set('controller', await clientOf('berth-controller'));
    await createReader();
    await policiesAreInForce();
  });
  after(() => rig?.stop());

  const clientOf = async (
    account: string,
    pod: Parameters<typeof requestToken>[3] = null,
  ): Promise<ApiClient> =>
    connect({ ...rig.api, token: await requestToken(rig.api, NAMESPACE, account, pod) });

  /** With the rights of docs/bgp-tools.md. */
  async function createReader(): Promise<void> {
    await rig.kubectl(['-n', NAMESPACE, 'create', 'serviceaccount', 'reader']);
    const role = ['--verb=get,list', '--resource=pods,pods/proxy'];
    await rig.kubectl(['-n', NAMESPACE, 'create', 'role', 'reader', ...role]);
    const binding = ['--role=reader', `--serviceaccount=${NAMESPACE}:reader`];
    await rig.kubectl(['-n', NAMESPACE, 'create', 'rolebinding', 'reader', ...binding]);
    clients.set('reader', await clientOf('reader'));
  }

  const ask = (
    as: string,
    [method, path, body, type]: TokenRequestRow[2],
  ): Promise<{ status: number; body: AnyObject }> => {
    const client = clients.get(as);
    assert.ok(client, as);
    return client.request<AnyObject>(method, path, body, type);
  };

  /** The API server learns of a policy a moment after it was created. */
  async function policiesAreInForce(): Promise<void> {
    const refused: readonly (readonly [string, TokenRequestRow[2]])[] = [
      ['unbound', ['POST', `${OWN}/speakerstatuses?dryRun=All`, speakerStatus('w9')]],
      ['controller', patch({ metadata: { labels: { team: 'b' } } })],
      ['reader', proxied('http:berth-speaker-w1:80')],
    ];
    for (const [as, request] of refused)
      await eventually(async () => {
        const { status } = await ask(as, request);
        await rig.edit('web', { metadata: { labels: { team: 'a' } } });
        assert.equal(status, 403, as);
      });
  }

  for (const [who, rows] of [
    ['a speaker', SPEAKER_ROWS],
    ['the controller', CONTROLLER_ROWS],
    ['a reader of the view port', READER_ROWS],
  ] as const)
    for (const [title, as, request, status, says] of rows)
      it(`${who} ${title}`, async () => {
        const answer = await ask(as, request);
        const text = typeof answer.body === 'string' ? answer.body : (answer.body?.message ?? '');
        assert.equal(answer.status, status, text);
        if (says !== undefined) assert.match(text, says);
      });

  it('has left the Service as its owner made it', async () => {
    const { metadata, spec } = await rig.get('web');
    assert.deepEqual(
      [
        metadata.labels,
        metadata.annotations,
        metadata.finalizers,
        metadata.ownerReferences,
        spec.externalIPs,
      ],
      [{ team: 'a' }, { note: 'kept' }, undefined, undefined, undefined],
    );
  });

  it('restricts neither an administrator, nor those who may create Pods there', async () => {
    for (const path of [proxied('http:berth-speaker-w1:80')[1], proxied('https:berth-speaker-w1:10250')[1]])
      assert.notEqual((await rig.api.request('GET', path)).status, 403);
    await rig.edit('web', { metadata: { labels: { team: 'c' } } });
    await rig.editStatus('web', { conditions: [condition('example.com/Ready')] });
  });

  it('is not needed against a tenant: no role of Kubernetes for tenants writes the status of a Service', async () => {
    // The parts of admin, edit and view; nothing puts them together here.
    for (const name of ['admin', 'edit', 'view'].map((one) => `system:aggregate-to-${one}`)) {
      const { rules } = await rig.api.requestOk<Role>('GET', `${CLUSTER_ROLES}/${name}`);
      assert.ok(rules.length > 0, name);
      const writes = rules.filter(
        ({ resources = [], verbs }) =>
          resources.some((one) => one === 'services/status' || one === '*') &&
          verbs.some((verb) => !/^(get|list|watch)$/.test(verb)),
      );
      assert.deepEqual(writes, [], name);
    }
  });

  it('lets the controller keep what others wrote', async () => {
    const annotations = { 'metallb.io/ip-allocated-from-pool': 'first' };
    const { status } = await ask('controller', patch({ metadata: { annotations } }));
    assert.equal(status, 200);
    const { conditions } = (await rig.get('web')).status;
    assert.deepEqual(
      conditions.map(({ type }: AnyObject) => type),
      ['example.com/Ready'],
    );
    const remove = { status: { conditions: [{ $patch: 'delete', type: 'example.com/Ready' }] } };
    assert.equal((await ask('controller', patch(remove))).status, 403);
  });
});
