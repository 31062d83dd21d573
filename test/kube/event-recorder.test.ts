import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventRecorder, REMEMBERED_EVENTS_MAX, REPEAT_WINDOW } from '../../src/kube/event-recorder.ts';
import type { ApiOutcome, ApiRequest } from '../../src/kube/http/api-request.ts';
import type { ObjectReference } from '../../src/objects/object-reference.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { refusedOutcome, ScriptedClient } from './support/scripted-client.ts';

const WEB: ObjectReference = {
  apiVersion: 'v1',
  kind: 'Service',
  namespace: 'shop',
  name: 'web',
  uid: 'u-1',
  resourceVersion: '7',
};
const ALLOCATED = { type: 'Normal', reason: 'IPAllocated', message: 'Assigned IP ["192.0.2.1"]' } as const;
const CREATED: ApiOutcome = { kind: 'ok', status: 201, body: {} };

function start() {
  const client = new ScriptedClient();
  const clock = new FakeClock();
  client.answer = () => CREATED;
  const recorder = new EventRecorder({
    client,
    clock,
    random: () => 0.5,
    component: 'metallb-controller',
    instance: 'pod-1',
    timeout: 1_000,
  });
  return { client, clock, poster: recorder };
}

const requestLine = ({ method, path }: ApiRequest): string =>
  `${method} ${path.replace(/\.[0-9a-f]+$/, '.STAMP')}`;

describe('an event', () => {
  it('names component, object, reason and time', async () => {
    const { client, poster } = start();
    assert.deepEqual(await poster.record(WEB, ALLOCATED), CREATED);
    const [request] = client.requests;
    const body = request?.body as { metadata: { name: string } };
    assert.match(body.metadata.name, /^web\.[0-9a-f]{19}$/);
    assert.deepEqual(
      { ...body, metadata: null },
      {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: null,
        involvedObject: WEB,
        type: 'Normal',
        reason: 'IPAllocated',
        message: 'Assigned IP ["192.0.2.1"]',
        source: { component: 'metallb-controller' },
        reportingComponent: 'metallb-controller',
        reportingInstance: 'pod-1',
        count: 1,
        firstTimestamp: '2026-01-01T00:00:00Z',
        lastTimestamp: '2026-01-01T00:00:00Z',
      },
    );
    assert.equal(request?.path, '/api/v1/namespaces/shop/events');
  });

  it('that repeats reason, message and object raises the count', async () => {
    const { client, clock, poster } = start();
    await poster.record(WEB, ALLOCATED);
    clock.advance(5_000);
    await poster.record(WEB, ALLOCATED);
    await poster.record(WEB, ALLOCATED);
    assert.deepEqual(client.requests.map(requestLine), [
      'POST /api/v1/namespaces/shop/events',
      'PATCH /api/v1/namespaces/shop/events/web.STAMP',
      'PATCH /api/v1/namespaces/shop/events/web.STAMP',
    ]);
    assert.deepEqual(client.requests[2]?.body, { count: 3, lastTimestamp: '2026-01-01T00:00:05Z' });
  });

  it('with another message, or of another object, is a new one', async () => {
    const { client, poster } = start();
    await poster.record(WEB, ALLOCATED);
    await poster.record(WEB, { ...ALLOCATED, message: 'Assigned IP ["192.0.2.2"]' });
    await poster.record({ ...WEB, uid: 'u-2' }, ALLOCATED);
    assert.deepEqual(
      client.requests.map(({ method }) => method),
      ['POST', 'POST', 'POST'],
    );
  });

  it('that the server has deleted is created again', async () => {
    const { client, clock, poster } = start();
    await poster.record(WEB, ALLOCATED);
    client.answer = ({ method }) => (method === 'PATCH' ? refusedOutcome(404, 'NotFound') : CREATED);
    assert.deepEqual(await poster.record(WEB, ALLOCATED), CREATED);
    clock.advance(REPEAT_WINDOW);
    await poster.record(WEB, ALLOCATED);
    assert.deepEqual(
      client.requests.map(({ method }) => method),
      ['POST', 'PATCH', 'POST', 'POST'],
    );
  });

  it('that was refused does not count as recorded', async () => {
    const { client, poster } = start();
    client.answer = () => refusedOutcome(429, 'TooManyRequests', 1_000);
    assert.deepEqual(await poster.record(WEB, ALLOCATED), refusedOutcome(429, 'TooManyRequests', 1_000));
    await poster.record(WEB, ALLOCATED);
    assert.deepEqual(
      client.requests.map(({ method }) => method),
      ['POST', 'POST'],
    );
  });

  it('of a cluster-scoped object goes to the namespace default', async () => {
    const { client, poster } = start();
    await poster.record({ ...WEB, kind: 'Node', namespace: '' }, ALLOCATED);
    assert.equal(client.requests[0]?.path, '/api/v1/namespaces/default/events');
  });

  it('is cut to the limits of the API', async () => {
    const { client, poster } = start();
    await poster.record({ ...WEB, name: 'n'.repeat(253) }, { ...ALLOCATED, message: 'm'.repeat(5_000) });
    const body = client.requests[0]?.body as { metadata: { name: string }; message: string };
    assert.ok(body.metadata.name.length <= 253);
    assert.equal(body.message.length, 1_024);
  });

  it('is forgotten when too many later ones follow', async () => {
    const { client, poster } = start();
    for (let n = 0; n <= REMEMBERED_EVENTS_MAX; n++)
      await poster.record({ ...WEB, uid: `u-${n}` }, ALLOCATED);
    await poster.record({ ...WEB, uid: 'u-0' }, ALLOCATED);
    await poster.record({ ...WEB, uid: `u-${REMEMBERED_EVENTS_MAX}` }, ALLOCATED);
    assert.deepEqual(
      client.requests.slice(-2).map(({ method }) => method),
      ['POST', 'PATCH'],
    );
  });
});
