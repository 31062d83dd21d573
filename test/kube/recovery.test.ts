import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Namespace } from '../../src/cluster/namespace.ts';
import type { ApiOutcome } from '../../src/kube/outcome.ts';
import { turn } from '../support/clock.ts';
import { list, refused, ScriptedClient, thing } from './script.ts';
import { begin, phase, queryOf } from './story.ts';

describe('a list that fails', () => {
  it('is tried again for as long as it takes, and says nothing about what there is', async (t) => {
    const client = new ScriptedClient();
    let down = true;
    client.answer = (): ApiOutcome =>
      down ? { kind: 'unsent', because: 'ECONNREFUSED' } : list([thing('a', '1')], '1');
    const story = begin(t, {}, client);
    await story.clock.pass(600_000);
    assert.ok(client.requests.length > 20 && client.requests.length < 60, String(client.requests.length));
    assert.deepEqual(story.told, []);
    assert.equal(phase(story), 'waiting (failing)');
    down = false;
    await story.clock.pass(30_000);
    assert.deepEqual(story.told, ['all at 1: a']);
  });

  it('with 404 means that the kind is absent, which is not that there are none', async (t) => {
    const client = new ScriptedClient();
    client.answer = () => refused(404, 'NotFound');
    const story = begin(t, {}, client);
    await story.clock.pass(60_000);
    assert.equal(phase(story), 'waiting (absent)');
    assert.deepEqual(story.told, []);
    assert.equal(story.reflector.synced, false);
    client.answer = () => list([], '8');
    await story.clock.pass(10_000);
    assert.deepEqual(story.told, ['all at 8: ']);
  });

  it('with 429 waits as long as it is told to', async (t) => {
    const client = new ScriptedClient();
    client.answer = () =>
      client.requests.length === 1 ? refused(429, 'TooManyRequests', 20_000) : list([], '1');
    const story = begin(t, {}, client);
    await story.clock.pass(19_999);
    assert.equal(client.requests.length, 1);
    await story.clock.pass(2_001);
    assert.equal(client.requests.length, 2);
  });
});

describe('a field selector that the server does not know', () => {
  it('is left out and done here, and what stops matching is told as deleted', async (t) => {
    const client = new ScriptedClient();
    client.answer = ({ path }) =>
      queryOf(path)['fieldSelector'] === undefined
        ? list([thing('in', '1', { labels: { in: '1' } }), thing('out', '2')], '3')
        : refused(400, 'BadRequest');
    const accepts = (item: Namespace): boolean => item.labels['in'] === '1';
    const story = begin(t, { fieldSelector: 'spec.type=LoadBalancer', fallback: { accepts } }, client);
    const watch = await client.watching();
    watch.say([
      { type: 'MODIFIED', object: thing('in', '4') },
      { type: 'ADDED', object: thing('new', '5', { labels: { in: '1' } }) },
    ]);
    assert.deepEqual(story.told, ['all at 3: in', 'DELETED in', 'ADDED new']);
    assert.equal(watch.url.searchParams.has('fieldSelector'), false);
    assert.equal(story.states.at(-1)?.filteredHere, true);
  });

  it('is trouble where nobody said how to do without', async (t) => {
    const client = new ScriptedClient();
    client.answer = () => refused(400, 'BadRequest');
    const story = begin(t, { fieldSelector: 'spec.type=LoadBalancer' }, client);
    await turn();
    assert.equal(phase(story), 'waiting (failing)');
  });
});
