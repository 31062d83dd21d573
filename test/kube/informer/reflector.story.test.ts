import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApiOutcome } from '../../../src/kube/http/api-request.ts';
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
    const story = startReflector(t, {}, client);
    const watch = await story.client.currentWatch();
    assert.deepEqual(story.events, ['all at 7: a b c']);
    assert.deepEqual(
      story.client.requests.map(({ path }) => queryOf(path)),
      [{ limit: '500' }, { limit: '500', continue: 'n/2' }],
    );
    const { min, max } = WATCH_SECONDS;
    assert.deepEqual(Object.fromEntries(watch.url.searchParams), {
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '7',
      timeoutSeconds: String((min + max) / 2),
    });
    assert.equal(lastPhase(story), 'watching');
    assert.equal(story.reflector.hasSynced, true);
  });

  it('delivers changes in order, wherever the bytes are cut', async (t) => {
    const events = [
      { type: 'ADDED', object: makeRaw('größe', '8', { labels: { emoji: '🚢' } }) },
      { type: 'MODIFIED', object: makeRaw('b', '9') },
      { type: 'DELETED', object: makeRaw('a', '10') },
    ];
    const bytes = Buffer.byteLength(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    for (let cut = 1; cut <= bytes; cut++) {
      const story = startReflector(t);
      const watch = await story.client.currentWatch();
      watch.send(events, cut);
      assert.deepEqual(
        story.events.slice(1),
        ['ADDED größe', 'MODIFIED b', 'DELETED a'],
        `cut every ${cut} bytes`,
      );
      await story.stop();
    }
  });

  it('restarts the list when its continue token has expired, at last without pages', async (t) => {
    const client = new ScriptedClient();
    client.answer = ({ path }) => {
      const query = queryOf(path);
      if (query['limit'] === undefined) return listOutcome([makeRaw('a', '1'), makeRaw('b', '2')], '9');
      return query['continue'] ? refusedOutcome(410, 'Expired') : listOutcome([makeRaw('a', '1')], '9', 'n');
    };
    const story = startReflector(t, {}, client);
    await story.client.currentWatch();
    assert.deepEqual(story.events, ['all at 9: a b']);
  });
});

describe('a watch that ends', () => {
  it('properly is opened again at once, from the last version received', async (t) => {
    const story = startReflector(t);
    const first = await story.client.currentWatch();
    first.send([
      { type: 'ADDED', object: makeRaw('a', '5') },
      { type: 'BOOKMARK', object: makeRaw('', '44') },
    ]);
    await story.clock.advanceAsync(400_000 - WATCH_SILENCE_MAX * 2);
    first.end({ kind: 'ended' });
    const second = await story.client.currentWatch();
    assert.notEqual(second, first);
    assert.equal(second.url.searchParams.get('resourceVersion'), '44');
    assert.equal(story.reflector.listCount, 1);
  });

  const cuts: readonly [title: string, cut: (story: ReflectorHarness) => Promise<void>][] = [
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
      const story = startReflector(t);
      await flushPromises();
      await cut(story);
      await flushPromises();
      assert.equal(lastPhase(story), 'waiting (failing)');
      assert.equal(story.client.watches.length, 1);
      await story.clock.advanceAsync(200);
      assert.equal(story.client.watches.length, 2);
      assert.equal(story.reflector.listCount, 1);
      await story.client.currentWatch();
      assert.equal(lastPhase(story), 'watching');
    });
  }

  it('repeatedly waits longer each time, and at last lists', async (t) => {
    const story = startReflector(t);
    await flushPromises();
    const waits: number[] = [];
    while (story.reflector.listCount === 1) {
      story.client.watches.at(-1)?.end({ kind: 'broken', because: 'ECONNRESET' });
      await flushPromises();
      const from = story.clock.now();
      await story.clock.advanceAsync((story.clock.nextAt ?? from) - from);
      waits.push(story.clock.now() - from);
    }
    assert.deepEqual(waits, [150, 300, 600, 1_200, 2_400, 4_800]);
  });

  it('by silence is detected, although the connection stays open', async (t) => {
    const story = startReflector(t);
    const watch = await story.client.currentWatch();
    await story.clock.advanceAsync(WATCH_SILENCE_MAX - 1);
    assert.equal(watch.isCancelled, false);
    await story.clock.advanceAsync(1);
    assert.equal(watch.isCancelled, true);
    await story.clock.advanceAsync(200);
    assert.equal(story.client.watches.length, 2);
  });

  it('does not count as dead while bookmarks come', async (t) => {
    const story = startReflector(t);
    const watch = await story.client.currentWatch();
    for (let minute = 1; minute <= 10; minute++) {
      await story.clock.advanceAsync(60_000);
      watch.send([{ type: 'BOOKMARK', object: makeRaw('', String(100 + minute)) }]);
    }
    assert.equal(watch.isCancelled, false);
    assert.equal(story.reflector.lastActivity, 600_000);
  });
});

describe('a compacted version', () => {
  for (const [where, end] of [
    [
      'at once',
      (story: ReflectorHarness) => story.client.watches.at(-1)?.end(refusedOutcome(410, 'Expired')),
    ],
    [
      'in the stream',
      (story: ReflectorHarness) =>
        story.client.watches
          .at(-1)
          ?.send([{ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } }]),
    ],
    [
      'because the server went back to older versions',
      (story: ReflectorHarness) =>
        story.client.watches.at(-1)?.send([{ type: 'MODIFIED', object: makeRaw('a', '3') }]),
    ],
  ] as const) {
    it(`(${where}) leads to a list, and is no problem`, async (t) => {
      const client = new ScriptedClient();
      client.answer = () => listOutcome([makeRaw('a', '5')], client.requests.length === 1 ? '1000' : '20');
      const story = startReflector(t, {}, client);
      await client.currentWatch();
      end(story);
      await story.clock.advanceAsync(200);
      const watch = await client.currentWatch();
      assert.deepEqual(story.events, ['all at 1000: a', 'all at 20: a']);
      assert.equal(watch.url.searchParams.get('resourceVersion'), '20');
      assert.ok(story.states.every((state) => state.problem === null));
    });
  }
});

describe('a relist', () => {
  it('ends the watch, and settles when the list is delivered', async (t) => {
    const story = startReflector(t);
    const watch = await story.client.currentWatch();
    story.client.answer = () => listOutcome([makeRaw('new', '70')], '70');
    assert.equal(await story.reflector.relist(), true);
    assert.equal(watch.isCancelled, true);
    assert.deepEqual(story.events, ['all at 1: ', 'all at 70: new']);
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
    const story = startReflector(t, {}, client);
    await flushPromises();
    const refreshed = story.reflector.relist();
    release(listOutcome([makeRaw('stale', '1')], '1'));
    assert.equal(await refreshed, true);
    assert.deepEqual(story.events, ['all at 9: fresh']);
  });

  it('survives failures', async (t) => {
    const story = startReflector(t);
    await story.client.currentWatch();
    let failures = 3;
    story.client.answer = () => (failures-- > 0 ? refusedOutcome(500) : listOutcome([], '30'));
    const refreshed = story.reflector.relist();
    await story.clock.advanceAsync(10_000);
    assert.equal(await refreshed, true);
    assert.equal(story.events.at(-1), 'all at 30: ');
  });

  it('ends a wait', async (t) => {
    const client = new ScriptedClient();
    client.answer = () => refusedOutcome(500);
    const story = startReflector(t, {}, client);
    await story.clock.advanceAsync(100_000);
    client.answer = () => listOutcome([], '2');
    assert.equal(await story.reflector.relist(), true);
  });

  it('settles with false when the reflector is stopped', async (t) => {
    const client = new ScriptedClient();
    client.answer = () => new Promise(() => {});
    const story = startReflector(t, {}, client);
    await flushPromises();
    const refreshed = story.reflector.relist();
    await story.stop();
    assert.equal(await refreshed, false);
    assert.equal(await story.reflector.relist(), false);
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
    const story = startReflector(t, {}, client);
    await flushPromises();
    await story.stop();
    assert.ok(client.watches.every((watch) => watch.isCancelled));
    assert.equal(story.clock.pending, 0);
  }
});
