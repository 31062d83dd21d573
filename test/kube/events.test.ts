import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventPoster, type EventSubject, REPEAT_WITHIN, REPEATS_MAX } from '../../src/kube/events.ts';
import type { ApiOutcome, ApiRequest } from '../../src/kube/outcome.ts';
import { FakeClock } from '../support/clock.ts';
import { refused, ScriptedClient } from './script.ts';

const WEB: EventSubject = {
  apiVersion: 'v1',
  kind: 'Service',
  namespace: 'shop',
  name: 'web',
  uid: 'u-1',
  resourceVersion: '7',
};
const ALLOCATED = { type: 'Normal', reason: 'IPAllocated', message: 'Assigned IP ["192.0.2.1"]' } as const;
const DONE: ApiOutcome = { kind: 'ok', status: 201, body: {} };

function begin() {
  const client = new ScriptedClient();
  const clock = new FakeClock();
  client.answer = () => DONE;
  const poster = new EventPoster({
    client,
    clock,
    random: () => 0.5,
    component: 'metallb-controller',
    instance: 'pod-1',
    timeout: 1_000,
  });
  return { client, clock, poster };
}

const brief = ({ method, path }: ApiRequest): string => `${method} ${path.replace(/\.[0-9a-f]+$/, '.STAMP')}`;

describe('an event', () => {
  it('names component, object, reason and time', async () => {
    const { client, poster } = begin();
    assert.deepEqual(await poster.post(WEB, ALLOCATED), DONE);
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

  it('that says the same of the same object again counts up', async () => {
    const { client, clock, poster } = begin();
    await poster.post(WEB, ALLOCATED);
    clock.advance(5_000);
    await poster.post(WEB, ALLOCATED);
    await poster.post(WEB, ALLOCATED);
    assert.deepEqual(client.requests.map(brief), [
      'POST /api/v1/namespaces/shop/events',
      'PATCH /api/v1/namespaces/shop/events/web.STAMP',
      'PATCH /api/v1/namespaces/shop/events/web.STAMP',
    ]);
    assert.deepEqual(client.requests[2]?.body, { count: 3, lastTimestamp: '2026-01-01T00:00:05Z' });
  });

  it('that says something else, or of another object, is a new one', async () => {
    const { client, poster } = begin();
    await poster.post(WEB, ALLOCATED);
    await poster.post(WEB, { ...ALLOCATED, message: 'Assigned IP ["192.0.2.2"]' });
    await poster.post({ ...WEB, uid: 'u-2' }, ALLOCATED);
    assert.deepEqual(
      client.requests.map(({ method }) => method),
      ['POST', 'POST', 'POST'],
    );
  });

  it('whose first telling the server has forgotten is told anew', async () => {
    const { client, clock, poster } = begin();
    await poster.post(WEB, ALLOCATED);
    client.answer = ({ method }) => (method === 'PATCH' ? refused(404, 'NotFound') : DONE);
    assert.deepEqual(await poster.post(WEB, ALLOCATED), DONE);
    clock.advance(REPEAT_WITHIN);
    await poster.post(WEB, ALLOCATED);
    assert.deepEqual(
      client.requests.map(({ method }) => method),
      ['POST', 'PATCH', 'POST', 'POST'],
    );
  });

  it('that was refused is not counted as told', async () => {
    const { client, poster } = begin();
    client.answer = () => refused(429, 'TooManyRequests', 1_000);
    assert.deepEqual(await poster.post(WEB, ALLOCATED), refused(429, 'TooManyRequests', 1_000));
    await poster.post(WEB, ALLOCATED);
    assert.deepEqual(
      client.requests.map(({ method }) => method),
      ['POST', 'POST'],
    );
  });

  it('about something without a namespace goes to default', async () => {
    const { client, poster } = begin();
    await poster.post({ ...WEB, kind: 'Node', namespace: '' }, ALLOCATED);
    assert.equal(client.requests[0]?.path, '/api/v1/namespaces/default/events');
  });

  it('of any length fits what the API takes', async () => {
    const { client, poster } = begin();
    await poster.post({ ...WEB, name: 'n'.repeat(253) }, { ...ALLOCATED, message: 'm'.repeat(5_000) });
    const body = client.requests[0]?.body as { metadata: { name: string }; message: string };
    assert.ok(body.metadata.name.length <= 253);
    assert.equal(body.message.length, 1_024);
  });

  it('is remembered only among the last of many', async () => {
    const { client, poster } = begin();
    for (let n = 0; n <= REPEATS_MAX; n++) await poster.post({ ...WEB, uid: `u-${n}` }, ALLOCATED);
    await poster.post({ ...WEB, uid: 'u-0' }, ALLOCATED);
    await poster.post({ ...WEB, uid: `u-${REPEATS_MAX}` }, ALLOCATED);
    assert.deepEqual(
      client.requests.slice(-2).map(({ method }) => method),
      ['POST', 'PATCH'],
    );
  });
});
