import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApiOutcome } from '../../../src/kube/http/api-request.ts';
import type { Namespace } from '../../../src/objects/namespace.ts';
import { flushPromises } from '../../support/fake-clock.ts';
import { lastPhase, queryOf, startReflector } from '../support/reflector-harness.ts';
import { listOutcome, makeRaw, refusedOutcome, ScriptedClient } from '../support/scripted-client.ts';

describe('a list that fails', () => {
  it('is retried without end, and does not count as an empty list', async (t) => {
    const client = new ScriptedClient();
    let down = true;
    client.answer = (): ApiOutcome =>
      down ? { kind: 'unsent', because: 'ECONNREFUSED' } : listOutcome([makeRaw('a', '1')], '1');
    const harness = startReflector(t, {}, client);
    await harness.clock.advanceAsync(600_000);
    assert.ok(client.requests.length > 20 && client.requests.length < 60, String(client.requests.length));
    assert.deepEqual(harness.events, []);
    assert.equal(lastPhase(harness), 'waiting (failing)');
    down = false;
    await harness.clock.advanceAsync(30_000);
    assert.deepEqual(harness.events, ['all at 1: a']);
  });

  it('with 404 means that the resource is absent, which is not an empty list', async (t) => {
    const client = new ScriptedClient();
    client.answer = () => refusedOutcome(404, 'NotFound');
    const harness = startReflector(t, {}, client);
    await harness.clock.advanceAsync(60_000);
    assert.equal(lastPhase(harness), 'waiting (absent)');
    assert.deepEqual(harness.events, []);
    assert.equal(harness.reflector.hasSynced, false);
    client.answer = () => listOutcome([], '8');
    await harness.clock.advanceAsync(10_000);
    assert.deepEqual(harness.events, ['all at 8: ']);
  });

  it('with 429 waits for Retry-After', async (t) => {
    const client = new ScriptedClient();
    client.answer = () =>
      client.requests.length === 1 ? refusedOutcome(429, 'TooManyRequests', 20_000) : listOutcome([], '1');
    const harness = startReflector(t, {}, client);
    await harness.clock.advanceAsync(19_999);
    assert.equal(client.requests.length, 1);
    await harness.clock.advanceAsync(2_001);
    assert.equal(client.requests.length, 2);
  });
});

describe('a field selector that the server does not support', () => {
  it('is omitted and applied locally, and an object that stops matching is delivered as deleted', async (t) => {
    const client = new ScriptedClient();
    client.answer = ({ path }) =>
      queryOf(path)['fieldSelector'] === undefined
        ? listOutcome([makeRaw('in', '1', { labels: { in: '1' } }), makeRaw('out', '2')], '3')
        : refusedOutcome(400, 'BadRequest');
    const accepts = (item: Namespace): boolean => item.labels['in'] === '1';
    const harness = startReflector(
      t,
      { fieldSelector: 'spec.type=LoadBalancer', fallback: { accepts } },
      client,
    );
    const watch = await client.currentWatch();
    watch.send([
      { type: 'MODIFIED', object: makeRaw('in', '4') },
      { type: 'ADDED', object: makeRaw('new', '5', { labels: { in: '1' } }) },
    ]);
    assert.deepEqual(harness.events, ['all at 3: in', 'DELETED in', 'ADDED new']);
    assert.equal(watch.url.searchParams.has('fieldSelector'), false);
    assert.equal(harness.states.at(-1)?.filtersLocally, true);
  });

  it('is a failure where there is no fallback', async (t) => {
    const client = new ScriptedClient();
    client.answer = () => refusedOutcome(400, 'BadRequest');
    const harness = startReflector(t, { fieldSelector: 'spec.type=LoadBalancer' }, client);
    await flushPromises();
    assert.equal(lastPhase(harness), 'waiting (failing)');
  });
});
