/**
 * An admission webhook that never answers, on a real API server. With `failurePolicy: Ignore` the server waits for it, and then
 * stores the write: the address arrives late, and arrives. A leader that stops takes such a write back.
 */
import assert from 'node:assert/strict';
import type { AddressInfo, Socket } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { createServer, type Server } from 'node:tls';
import { generateSelfSigned } from '../../../src/http-server/self-signed.ts';
import { API_REQUEST_TIMEOUT } from '../../../src/runtime/main/adapters.ts';
import { type AnyObject, addressesOf, Rig } from '../../controller/support/rig.ts';
import { eventually, eventuallyEqual, unchangedFor } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';

const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const WEBHOOK = 'never-answers';
/** Only writes in this namespace are held up. */
const SLOW = 'slow-admission';
const SLOW_SERVICES = `/api/v1/namespaces/${SLOW}/services`;
/** More than a write usually has: the default of a webhook, and in the full suite the most that one can have. */
const HELD_UP_SECONDS = process.env['BERTH_FULL'] === '1' ? 30 : 10;

describe('a webhook that never answers', { skip: skipWithoutKubernetesBinaries() }, () => {
  let rig: Rig;
  let webhook: Server;
  let caBundle: string;
  const sockets = new Set<Socket>();

  before(async () => {
    rig = await Rig.borrow();
    await rig.api.requestOk('POST', '/api/v1/namespaces', { metadata: { name: SLOW } });
    // It completes the handshake: the API server waits for one no longer than 10 s, whatever the webhook may take.
    const pair = await generateSelfSigned(['127.0.0.1'], Date.now());
    caBundle = Buffer.from(pair.cert).toString('base64');
    webhook = createServer(pair, (socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await rig.api.request('DELETE', `${WEBHOOKS}/${WEBHOOK}`);
    const { items } = await rig.api.requestOk<AnyObject>('GET', SLOW_SERVICES);
    for (const { metadata } of items) await rig.api.requestOk('DELETE', `${SLOW_SERVICES}/${metadata.name}`);
    await rig.clean();
  });
  after(async () => {
    webhook?.close();
    for (const socket of sockets) socket.destroy();
    await rig?.api.request('DELETE', `/api/v1/namespaces/${SLOW}`);
    await rig?.stop();
  });

  async function install(): Promise<void> {
    const { port } = webhook.address() as AddressInfo;
    await rig.api.requestOk('POST', WEBHOOKS, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: WEBHOOK },
      webhooks: [
        {
          name: 'never.answers.example',
          clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle },
          rules: [
            { apiGroups: [''], apiVersions: ['v1'], resources: ['services/status'], operations: ['UPDATE'] },
          ],
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': SLOW } },
          failurePolicy: 'Ignore',
          timeoutSeconds: HELD_UP_SECONDS,
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
        },
      ],
    });
  }

  const slow = (name: string): Promise<AnyObject> => rig.api.requestOk('GET', `${SLOW_SERVICES}/${name}`);
  const isAsked = (): Promise<void> =>
    eventually(() => assert.ok(sockets.size > 0, 'no write has reached the webhook'));

  it('delays the addresses of its namespace, and of no other', async () => {
    assert.ok(HELD_UP_SECONDS * 1000 > API_REQUEST_TIMEOUT);
    await install();
    await rig.pool('p', ['192.0.2.0/24']);
    await rig.startServing();
    await rig.service('held-up', {}, { namespace: SLOW });
    await isAsked();
    await rig.service('other');
    await eventually(async () => assert.equal((await rig.addresses('other')).length, 1));
    assert.deepEqual(addressesOf(await slow('held-up')), [], 'the webhook holds it up');
    await eventually(async () => assert.equal(addressesOf(await slow('held-up')).length, 1));
  });

  it('holds nothing up any more when another replica serves', async () => {
    await install();
    await rig.pool('p', ['192.0.2.1-192.0.2.1']);
    const flags = [
      '--leader-elect',
      '--lease-duration',
      '3s',
      '--renew-deadline',
      '2s',
      '--retry-period',
      '500ms',
    ];
    const leader = await rig.startServing(...flags);
    const standby = rig.controller(...flags);
    await rig.service('held-up', {}, { namespace: SLOW });
    await isAsked();
    assert.equal(await leader.stop(), 0);
    await standby.waitUntilServing();
    await rig.api.requestOk('DELETE', `${SLOW_SERVICES}/held-up`);
    await rig.service('other');
    await eventuallyEqual(() => rig.addresses('other'), ['192.0.2.1']);
    await rig.service('late', {}, { namespace: SLOW });
    await unchangedFor(HELD_UP_SECONDS * 1000, async () => addressesOf(await slow('late')));
    assert.deepEqual(await rig.addresses('other'), ['192.0.2.1']);
  });
});
