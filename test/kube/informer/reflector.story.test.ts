import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApiOutcome } from '../../../src/kube/http/api-request.ts';
import { HEALTHY_AFTER, RETRY_BACKOFF } from '../../../src/kube/informer/retry.ts';
import { WATCH_SECONDS, WATCH_SILENCE_MAX } from '../../../src/kube/informer/watch.ts';
import { flushPromises } from '../../support/fake-clock.ts';
import { lastPhase, queryOf, type ReflectorHarness, startReflector } from '../support/reflector-harness.ts';
import { listOutcome, makeRaw, refusedOutcome, ScriptedClient } from '../support/scripted-client.ts';

describe('a reflector', () => {
  it('begins with a paged, consistent list, and watches from its version', async (t) => {
    const client = new ScriptedClient();
    client.answer = ({ path }) =>
      path.includes('continue=')
        ? listOutcome([makeRaw('c', '3')], '7')
        : listOutcome([makeRaw('a', '5'), makeRaw('b', '6')], '7', 'n/2');
    const harness = startReflector(t, {}, client);
    const watch = await harness.client.currentWatch();
    assert.deepEqual(harness.events, ['all at 7: a b c']);
    assert.deepEqual(
      harness.client.requests.map(({ path }) => queryOf(path)),
      [{ limit: '500' }, { limit: '500', continue: 'n/2' }],
    );
    const { min, max } = WATCH_SECONDS;
    assert.deepEqual(Object.fromEntries(watch.url.searchParams), {
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '7',
      timeoutSeconds: String((min + max) / 2),
    });
    assert.equal(lastPhase(harness), 'watching');
    assert.equal(harness.reflector.hasSynced, true);
  });

  it('delivers changes in order, wherever the bytes are cut', async (t) => {
    const events = [
      { type: 'ADDED', object: makeRaw('größe', '8', { labels: { emoji: '🚢' } }) },
      { type: 'MODIFIED', object: makeRaw('b', '9') },
      { type: 'DELETED', object: makeRaw('a', '10') },
    ];
    const bytes = Buffer.byteLength(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    for (let cut = 1; cut <= bytes; cut++) {
      const harness = startReflector(t);
      const watch = await harness.client.currentWatch();
      watch.send(events, cut);
      assert.deepEqual(
        harness.events.slice(1),
        ['ADDED größe', 'MODIFIED b', 'DELETED a'],
        `cut every ${cut} bytes`,
      );
      await harness.stop();
    }
  });

  it('restarts the list when its continue token has expired, at last without pages', async (t) => {
    const client = new ScriptedClient();
    client.answer = ({ path }) => {
      const query = queryOf(path);
      if (query['limit'] === undefined) return listOutcome([makeRaw('a', '1'), makeRaw('b', '2')], '9');
      return query['continue'] ? refusedOutcome(410, 'Expired') : listOutcome([makeRaw('a', '1')], '9', 'n');
    };
    const harness = startReflector(t, {}, client);
    await harness.client.currentWatch();
    assert.deepEqual(harness.events, ['all at 9: a b']);
  });
});

describe('a watch that ends', () => {
  it('properly is opened again at once, from the last version received', async (t) => {
    const harness = startReflector(t);
    const first = await harness.client.currentWatch();
    first.send([
      { type: 'ADDED', object: makeRaw('a', '5') },
      { type: 'BOOKMARK', object: makeRaw('', '44') },
    ]);
    await harness.clock.advanceAsync(400_000 - WATCH_SILENCE_MAX * 2);
    first.end({ kind: 'ended' });
    const second = await harness.client.currentWatch();
    assert.notEqual(second, first);
    assert.equal(second.url.searchParams.get('resourceVersion'), '44');
    assert.equal(harness.reflector.listCount, 1);
  });

  const cuts: readonly [title: string, cut: (harness: ReflectorHarness) => Promise<void>][] = [
    [
      'by a reset',
      async ({ client }) => (await client.currentWatch()).end({ kind: 'broken', because: 'ECONNRESET' }),
    ],
    ['as soon as it began', async ({ client }) => (await client.currentWatch()).end({ kind: 'ended' })],
    [
      'in the middle of a line',
      async ({ client }) => {
        const watch = await client.currentWatch();
        watch.sendRaw('{"type":"ADDED","object":{"meta');
        watch.end({ kind: 'ended' });
      },
    ],
    [
      'with a line that is not JSON',
      async ({ client }) => (await client.currentWatch()).sendRaw('{"type":\n'),
    ],
    [
      'with an event without object',
      async ({ client }) => (await client.currentWatch()).sendRaw('{"type":"ADDED"}\n'),
    ],
    [
      'with an error of the server',
      async ({ client }) =>
        (await client.currentWatch()).send([
          { type: 'ERROR', object: { kind: 'Status', code: 500, message: 'etcd' } },
        ]),
    ],
    ['before it was opened', async ({ client }) => client.watches.at(-1)?.end(refusedOutcome(503))],
  ];
  for (const [title, cut] of cuts) {
    it(`${title} is opened again after a short wait, without a list`, async (t) => {
      const harness = startReflector(t);
      await flushPromises();
      await cut(harness);
      await flushPromises();
      assert.equal(lastPhase(harness), 'waiting (failing)');
      assert.equal(harness.client.watches.length, 1);
      await harness.clock.advanceAsync(200);
      assert.equal(harness.client.watches.length, 2);
      assert.equal(harness.reflector.listCount, 1);
      await harness.client.currentWatch();
      assert.equal(lastPhase(harness), 'watching');
    });
  }

  it('repeatedly waits longer each time, and at last lists', async (t) => {
    const harness = startReflector(t);
    await flushPromises();
    const waits: number[] = [];
    while (harness.reflector.listCount === 1) {
      harness.client.watches.at(-1)?.end({ kind: 'broken', because: 'ECONNRESET' });
      await flushPromises();
      const from = harness.clock.now();
      await harness.clock.advanceAsync((harness.clock.nextAt ?? from) - from);
      waits.push(harness.clock.now() - from);
    }
    assert.deepEqual(waits, [150, 300, 600, 1_200, 2_400, 4_800]);
  });

  it('by silence is detected, although the connection stays open', async (t) => {
    const harness = startReflector(t);
    const watch = await harness.client.currentWatch();
    await harness.clock.advanceAsync(WATCH_SILENCE_MAX - 1);
    assert.equal(watch.isCancelled, false);
    await harness.clock.advanceAsync(1);
    assert.equal(watch.isCancelled, true);
    await harness.clock.advanceAsync(200);
    assert.equal(harness.client.watches.length, 2);
  });

  it('does not count as dead while bookmarks come', async (t) => {
    const harness = startReflector(t);
    const watch = await harness.client.currentWatch();
    for (let minute = 1; minute <= 10; minute++) {
      await harness.clock.advanceAsync(60_000);
      watch.send([{ type: 'BOOKMARK', object: makeRaw('', String(100 + minute)) }]);
    }
    assert.equal(watch.isCancelled, false);
    assert.equal(harness.reflector.lastActivity, 600_000);
  });
});

describe('a compacted version', () => {
  for (const [where, end] of [
    [
      'at once',
      (harness: ReflectorHarness) => harness.client.watches.at(-1)?.end(refusedOutcome(410, 'Expired')),
    ],
    [
      'in the stream',
      (harness: ReflectorHarness) =>
        harness.client.watches
          .at(-1)
          ?.send([{ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } }]),
    ],
  ] as const) {
    it(`(${where}) leads to a list, and is no problem`, async (t) => {
      const client = new ScriptedClient();
      client.answer = () => listOutcome([makeRaw('a', '5')], client.requests.length === 1 ? '1' : '20');
      const harness = startReflector(t, {}, client);
      await client.currentWatch();
      end(harness);
      await harness.clock.advanceAsync(200);
      const watch = await client.currentWatch();
      assert.deepEqual(harness.events, ['all at 1: a', 'all at 20: a']);
      assert.equal(watch.url.searchParams.get('resourceVersion'), '20');
      assert.ok(harness.states.every((state) => state.problem === null));
    });
  }
});

describe('a relist', () => {
  it('ends the watch, and settles when the list is delivered', async (t) => {
    const harness = startReflector(t);
    const watch = await harness.client.currentWatch();
    harness.client.answer = () => listOutcome([makeRaw('new', '70')], '70');
    assert.equal(await harness.reflector.relist(), true);
    assert.equal(watch.isCancelled, true);
    assert.deepEqual(harness.events, ['all at 1: ', 'all at 70: new']);
  });

  it('does not settle with a list that began before', async (t) => {
    const client = new ScriptedClient();
    let release: (outcome: ApiOutcome) => void = () => {};
    client.answer = () =>
      client.requests.length === 1
        ? new Promise((resolve) => {
            release = resolve;
          })
        : listOutcome([makeRaw('fresh', '9')], '9');
    const harness = startReflector(t, {}, client);
    await flushPromises();
    const refreshed = harness.reflector.relist();
    release(listOutcome([makeRaw('stale', '1')], '1'));
    assert.equal(await refreshed, true);
    assert.deepEqual(harness.events, ['all at 9: fresh']);
  });

  it('survives failures', async (t) => {
    const harness = startReflector(t);
    await harness.client.currentWatch();
    let failures = 3;
    harness.client.answer = () => (failures-- > 0 ? refusedOutcome(500) : listOutcome([], '30'));
    const refreshed = harness.reflector.relist();
    await harness.clock.advanceAsync(10_000);
    assert.equal(await refreshed, true);
    assert.equal(harness.events.at(-1), 'all at 30: ');
  });

  it('ends a wait', async (t) => {
    const client = new ScriptedClient();
    client.answer = () => refusedOutcome(500);
    const harness = startReflector(t, {}, client);
    await harness.clock.advanceAsync(100_000);
    client.answer = () => listOutcome([], '2');
    assert.equal(await harness.reflector.relist(), true);
  });

  it('of a healthy watch ends the count of earlier failures', async (t) => {
    const client = new ScriptedClient();
    client.answer = () => refusedOutcome(500);
    const harness = startReflector(t, {}, client);
    await harness.clock.advanceAsync(100_000);
    client.answer = () => listOutcome([], '2');
    await harness.reflector.relist();
    await client.currentWatch();
    await harness.clock.advanceAsync(HEALTHY_AFTER);
    client.answer = () => refusedOutcome(500);
    void harness.reflector.relist();
    await flushPromises();
    const before = client.requests.length;
    await harness.clock.advanceAsync(RETRY_BACKOFF.first);
    assert.equal(client.requests.length, before + 1);
  });

  it('settles with false when the reflector is stopped', async (t) => {
    const client = new ScriptedClient();
    client.answer = () => new Promise(() => {});
    const harness = startReflector(t, {}, client);
    await flushPromises();
    const refreshed = harness.reflector.relist();
    await harness.stop();
    assert.equal(await refreshed, false);
    assert.equal(await harness.reflector.relist(), false);
  });
});

it('a stop cancels the request and leaves no timer behind, in each phase', async (t) => {
  for (const answer of [
    () => listOutcome([], '1'),
    () => refusedOutcome(500),
    () => new Promise<ApiOutcome>(() => {}),
  ]) {
    const client = new ScriptedClient();
    client.answer = answer;
    const harness = startReflector(t, {}, client);
    await flushPromises();
    await harness.stop();
    assert.ok(client.watches.every((watch) => watch.isCancelled));
    assert.equal(harness.clock.pending, 0);
  }
});
