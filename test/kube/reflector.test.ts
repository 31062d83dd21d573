import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ApiOutcome } from '../../src/kube/outcome.ts';
import { SILENCE_MAX, WATCH_SECONDS } from '../../src/kube/watch.ts';
import { turn } from '../support/clock.ts';
import { list, refused, ScriptedClient, thing } from './script.ts';
import { begin, phase, queryOf, type Story } from './story.ts';

describe('a picture', () => {
  it('begins with a paged, consistent list and goes on from its version', async (t) => {
    const client = new ScriptedClient();
    client.answer = ({ path }) =>
      path.includes('continue=')
        ? list([thing('c', '3')], '7')
        : list([thing('a', '5'), thing('b', '6')], '7', 'n/2');
    const story = begin(t, {}, client);
    const watch = await story.client.watching();
    assert.deepEqual(story.told, ['all at 7: a b c']);
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
    assert.equal(phase(story), 'watching');
    assert.equal(story.reflector.synced, true);
  });

  it('follows changes in order, wherever the bytes were cut', async (t) => {
    const events = [
      { type: 'ADDED', object: thing('größe', '8', { labels: { emoji: '🚢' } }) },
      { type: 'MODIFIED', object: thing('b', '9') },
      { type: 'DELETED', object: thing('a', '10') },
    ];
    const bytes = Buffer.byteLength(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    for (let cut = 1; cut <= bytes; cut++) {
      const story = begin(t);
      const watch = await story.client.watching();
      watch.say(events, cut);
      assert.deepEqual(
        story.told.slice(1),
        ['ADDED größe', 'MODIFIED b', 'DELETED a'],
        `cut every ${cut} bytes`,
      );
      await story.stop();
    }
  });

  it('starts the list over when its continue token has expired, and then takes it in one piece', async (t) => {
    const client = new ScriptedClient();
    client.answer = ({ path }) => {
      const query = queryOf(path);
      if (query['limit'] === undefined) return list([thing('a', '1'), thing('b', '2')], '9');
      return query['continue'] ? refused(410, 'Expired') : list([thing('a', '1')], '9', 'n');
    };
    const story = begin(t, {}, client);
    await story.client.watching();
    assert.deepEqual(story.told, ['all at 9: a b']);
  });
});

describe('a watch that ends', () => {
  it('in good order is opened again at once, from the last version heard of', async (t) => {
    const story = begin(t);
    const first = await story.client.watching();
    first.say([
      { type: 'ADDED', object: thing('a', '5') },
      { type: 'BOOKMARK', object: thing('', '44') },
    ]);
    await story.clock.pass(400_000 - SILENCE_MAX * 2);
    first.end({ kind: 'ended' });
    const second = await story.client.watching();
    assert.notEqual(second, first);
    assert.equal(second.url.searchParams.get('resourceVersion'), '44');
    assert.equal(story.reflector.lists, 1);
  });

  const cuts: readonly [says: string, cut: (story: Story) => Promise<void>][] = [
    [
      'by a reset',
      async ({ client }) => (await client.watching()).end({ kind: 'broken', because: 'ECONNRESET' }),
    ],
    ['as soon as it began', async ({ client }) => (await client.watching()).end({ kind: 'ended' })],
    [
      'in the middle of a line',
      async ({ client }) => {
        const watch = await client.watching();
        watch.raw('{"type":"ADDED","object":{"meta');
        watch.end({ kind: 'ended' });
      },
    ],
    ['with a line that is not JSON', async ({ client }) => (await client.watching()).raw('{"type":\n')],
    [
      'with an event without object',
      async ({ client }) => (await client.watching()).raw('{"type":"ADDED"}\n'),
    ],
    [
      'with an error of the server',
      async ({ client }) =>
        (await client.watching()).say([
          { type: 'ERROR', object: { kind: 'Status', code: 500, message: 'etcd' } },
        ]),
    ],
    ['before it was opened', async ({ client }) => client.watches.at(-1)?.end(refused(503))],
  ];
  for (const [says, cut] of cuts) {
    it(`${says} is opened again after a short wait, and nothing is listed anew`, async (t) => {
      const story = begin(t);
      await turn();
      await cut(story);
      await turn();
      assert.equal(phase(story), 'waiting (failing)');
      assert.equal(story.client.watches.length, 1);
      await story.clock.pass(200);
      assert.equal(story.client.watches.length, 2);
      assert.equal(story.reflector.lists, 1);
      await story.client.watching();
      assert.equal(phase(story), 'watching');
    });
  }

  it('again and again waits longer each time, and at last lists anew', async (t) => {
    const story = begin(t);
    await turn();
    const waits: number[] = [];
    while (story.reflector.lists === 1) {
      story.client.watches.at(-1)?.end({ kind: 'broken', because: 'ECONNRESET' });
      await turn();
      const from = story.clock.now();
      await story.clock.pass((story.clock.nextAt ?? from) - from);
      waits.push(story.clock.now() - from);
    }
    assert.deepEqual(waits, [150, 300, 600, 1_200, 2_400, 4_800]);
  });

  it('by silence is noticed, although the connection says nothing', async (t) => {
    const story = begin(t);
    const watch = await story.client.watching();
    await story.clock.pass(SILENCE_MAX - 1);
    assert.equal(watch.hungUp, false);
    await story.clock.pass(1);
    assert.equal(watch.hungUp, true);
    await story.clock.pass(200);
    assert.equal(story.client.watches.length, 2);
  });

  it('is not taken for dead while bookmarks come', async (t) => {
    const story = begin(t);
    const watch = await story.client.watching();
    for (let minute = 1; minute <= 10; minute++) {
      await story.clock.pass(60_000);
      watch.say([{ type: 'BOOKMARK', object: thing('', String(100 + minute)) }]);
    }
    assert.equal(watch.hungUp, false);
    assert.equal(story.reflector.lastHeard, 600_000);
  });
});

describe('a version that the server has forgotten', () => {
  for (const [where, end] of [
    ['at once', (story: Story) => story.client.watches.at(-1)?.end(refused(410, 'Expired'))],
    [
      'in the stream',
      (story: Story) =>
        story.client.watches
          .at(-1)
          ?.say([{ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } }]),
    ],
    [
      'since the server itself went back',
      (story: Story) => story.client.watches.at(-1)?.say([{ type: 'MODIFIED', object: thing('a', '3') }]),
    ],
  ] as const) {
    it(`(${where}) leads to a list, and no trouble is told`, async (t) => {
      const client = new ScriptedClient();
      client.answer = () => list([thing('a', '5')], client.requests.length === 1 ? '1000' : '20');
      const story = begin(t, {}, client);
      await client.watching();
      end(story);
      await story.clock.pass(200);
      const watch = await client.watching();
      assert.deepEqual(story.told, ['all at 1000: a', 'all at 20: a']);
      assert.equal(watch.url.searchParams.get('resourceVersion'), '20');
      assert.ok(story.states.every((state) => state.trouble === null));
    });
  }
});

describe('a refresh', () => {
  it('ends the watch and settles when the list is in the picture', async (t) => {
    const story = begin(t);
    const watch = await story.client.watching();
    story.client.answer = () => list([thing('new', '70')], '70');
    assert.equal(await story.reflector.refresh(), true);
    assert.equal(watch.hungUp, true);
    assert.deepEqual(story.told, ['all at 1: ', 'all at 70: new']);
  });

  it('is not content with a list that was begun before', async (t) => {
    const client = new ScriptedClient();
    let release: (outcome: ApiOutcome) => void = () => {};
    client.answer = () =>
      client.requests.length === 1
        ? new Promise((resolve) => {
            release = resolve;
          })
        : list([thing('fresh', '9')], '9');
    const story = begin(t, {}, client);
    await turn();
    const refreshed = story.reflector.refresh();
    release(list([thing('stale', '1')], '1'));
    assert.equal(await refreshed, true);
    assert.deepEqual(story.told, ['all at 9: fresh']);
  });

  it('outlives failures', async (t) => {
    const story = begin(t);
    await story.client.watching();
    let failures = 3;
    story.client.answer = () => (failures-- > 0 ? refused(500) : list([], '30'));
    const refreshed = story.reflector.refresh();
    await story.clock.pass(10_000);
    assert.equal(await refreshed, true);
    assert.equal(story.told.at(-1), 'all at 30: ');
  });

  it('does not sit out a wait', async (t) => {
    const client = new ScriptedClient();
    client.answer = () => refused(500);
    const story = begin(t, {}, client);
    await story.clock.pass(100_000);
    client.answer = () => list([], '2');
    assert.equal(await story.reflector.refresh(), true);
  });

  it('comes to nothing when the reflector is stopped', async (t) => {
    const client = new ScriptedClient();
    client.answer = () => new Promise(() => {});
    const story = begin(t, {}, client);
    await turn();
    const refreshed = story.reflector.refresh();
    await story.stop();
    assert.equal(await refreshed, false);
    assert.equal(await story.reflector.refresh(), false);
  });
});

it('a stop hangs up and leaves no timer behind, in any phase', async (t) => {
  for (const answer of [() => list([], '1'), () => refused(500), () => new Promise<ApiOutcome>(() => {})]) {
    const client = new ScriptedClient();
    client.answer = answer;
    const story = begin(t, {}, client);
    await turn();
    await story.stop();
    assert.ok(client.watches.every((watch) => watch.hungUp));
    assert.equal(story.clock.pending, 0);
  }
});
