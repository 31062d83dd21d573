/** A whole speaker over real connections, with conforming and misbehaving routers. */
import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, it, type TestContext } from 'node:test';
import { READ_TURN_BYTES } from '../../../src/bgp/transport/connection.ts';
import { REFRESH_SUBTYPE } from '../../../src/bgp/wire/message.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { seeded } from '../../support/random.ts';
import { ConformingRouter } from './support/conforming-router.ts';
import {
  flood,
  MILLION,
  MILLION_MESSAGES,
  MISBEHAVIOURS,
  ROUTES_PER_MESSAGE,
  refreshForever,
  refusingPort,
  startMisbehavingRouter,
  unresponsivePort,
} from './support/misbehaving-routers.ts';
import { type PeerPorts, TcpSpeaker } from './support/tcp-speaker.ts';
import { until } from './support/test-peer.ts';

const LIMIT = { timeout: 240_000 };

/** Memory growth that only a leak exceeds. */
const GROWTH_BYTES_MAX = 256 * 1024 * 1024;

const SERVICES = 500;

/** Octets of an IPv6 host prefix in NLRI. */
const PREFIX_BYTES = 17;

/** Octets of the ROUTE-REFRESH requests: eight thousand for each family. */
const REFRESH_REQUEST_BYTES = 16_000 * 23;

/** Messages of the flood read in one turn of the event loop, and turns that an answer may take. */
const [MESSAGES_PER_TURN, TURNS_MAX] = [READ_TURN_BYTES / 4096, 16];

/** IPv6, since routers reject next hops in 127.0.0.0/8. */
const address = (at: number): string => `fd00:20::${at.toString(16)}`;

const startRouters = (test: TestContext, count: number): Promise<readonly ConformingRouter[]> =>
  Promise.all(Array.from({ length: count }, () => ConformingRouter.listen(test)));

const peerPortsOf = (all: readonly ConformingRouter[]): PeerPorts =>
  Object.fromEntries(all.map(({ port }, at) => [`good${at}`, port]));

/** Two conforming routers get every change and keep their sessions, whatever the router at `port` does. */
async function expectOthersUnaffected(test: TestContext, port: number): Promise<TcpSpeaker> {
  const goodRouters = await startRouters(test, 2);
  const tcpSpeaker = new TcpSpeaker(test, { ...peerPortsOf(goodRouters), bad: port });
  for (let at = 1; at <= SERVICES; at++) tcpSpeaker.put(`s${at}`, address(at));
  const rss = process.memoryUsage().rss;
  tcpSpeaker.speaker.start();
  await until(() => goodRouters.every(({ routes }) => routes.size === SERVICES));
  for (let round = 1; round <= 40; round++) {
    tcpSpeaker.remove(`s${round}`);
    tcpSpeaker.put('mover', address(SERVICES + round));
    await until(() => goodRouters.every(({ routes }) => routes.has(`${address(SERVICES + round)}/128`)));
  }
  for (const { table, connects, sessionEnds } of goodRouters) {
    assert.deepEqual([table.length, connects, sessionEnds], [SERVICES - 40 + 1, 1, []]);
  }
  assert.ok(process.memoryUsage().rss - rss < GROWTH_BYTES_MAX);
  return tcpSpeaker;
}

describe('other sessions are unaffected by a peer that', LIMIT, () => {
  for (const [at, [what, behave]] of Object.entries(MISBEHAVIOURS).entries())
    it(what, async (test) => {
      await expectOthersUnaffected(test, await startMisbehavingRouter(test, behave, seeded(at)));
    });

  it('refuses connections', async (test) => {
    const { speaker } = await expectOthersUnaffected(test, await refusingPort());
    assert.match(
      speaker.neighbours.get('bad')?.session.counters.lastError?.message ?? '',
      /refuses the connection/,
    );
  });

  it('does not answer', async (test) => {
    const { speaker } = await expectOthersUnaffected(test, await unresponsivePort(test));
    assert.equal(speaker.neighbours.get('bad')?.session.state, 'Connect');
  });
});

describe('a peer', LIMIT, () => {
  it('that sends a million routes stays established, and all of them are counted', async (test) => {
    const port = await startMisbehavingRouter(test, flood(MILLION_MESSAGES), seeded(0));
    const tcpSpeaker = new TcpSpeaker(test, { bad: port });
    const rss = process.memoryUsage().rss;
    tcpSpeaker.speaker.start();
    await until(() => tcpSpeaker.dropped.get('bad') === MILLION);
    assert.equal(tcpSpeaker.speaker.neighbours.get('bad')?.session.state, 'Established');
    assert.ok(process.memoryUsage().rss - rss < GROWTH_BYTES_MAX);
  });

  it('that requests refreshes all the time and never reads uses bounded memory', async (test) => {
    let asked = 0;
    const behave = refreshForever(() => {
      asked += 1;
    });
    const tcpSpeaker = new TcpSpeaker(test, { bad: await startMisbehavingRouter(test, behave, seeded(0)) });
    for (let at = 1; at <= SERVICES; at++) tcpSpeaker.put(`s${at}`, address(at));
    tcpSpeaker.speaker.start();
    const session = tcpSpeaker.speaker.neighbours.get('bad')?.session;
    await until(
      () => (session?.counters.received.octets ?? 0) > REFRESH_REQUEST_BYTES || session?.state === 'Idle',
    );
    assert.equal(session?.state, 'Established');
    assert.ok(session.counters.sent.octets < (asked * SERVICES * PREFIX_BYTES) / 2);
  });

  it('that sends octet by octet is established', async (test) => {
    const port = await startMisbehavingRouter(
      test,
      MISBEHAVIOURS['sends octet by octet'] ?? (() => {}),
      seeded(0),
    );
    const tcpSpeaker = new TcpSpeaker(test, { bad: port });
    tcpSpeaker.speaker.start();
    await until(() => tcpSpeaker.dropped.get('bad') === MILLION / MILLION_MESSAGES);
  });

  it('that resets every connection is retried', async (test) => {
    let connects = 0;
    const port = await startMisbehavingRouter(
      test,
      (socket) => {
        connects += 1;
        socket.resetAndDestroy();
      },
      seeded(0),
    );
    new TcpSpeaker(test, { bad: port }).speaker.start();
    await until(() => connects === 50);
  });
});

describe('64 peers', LIMIT, () => {
  it('that are lost at once reconnect, and each gets all routes', async (test) => {
    const all = await startRouters(test, 64);
    const tcpSpeaker = new TcpSpeaker(test, peerPortsOf(all));
    for (let at = 1; at <= SERVICES; at++) tcpSpeaker.put(`s${at}`, address(at));
    tcpSpeaker.speaker.start();
    const whole = (): boolean => all.every(({ routes }) => routes.size === SERVICES);
    for (let round = 0; round < 3; round++) {
      await until(whole);
      for (const one of all) one.resetConnection();
    }
    await until(whole);
    assert.deepEqual(new Set(all.map(({ connects }) => connects)), new Set([4]));
  });
});

describe('a flood', LIMIT, () => {
  it('leaves another session its turns: between two answers to it lie few messages of the flood', async (test) => {
    const [good] = await startRouters(test, 1);
    assert.ok(good);
    const port = await startMisbehavingRouter(test, flood(4 * MILLION_MESSAGES), seeded(0));
    const tcpSpeaker = new TcpSpeaker(test, { bad: port, ...peerPortsOf([good]) });
    tcpSpeaker.put('a', address(1));
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    let [answers, longest, since] = [0, 0, 0];
    good.onUpdate = () => {
      longest = Math.max(longest, (tcpSpeaker.dropped.get('bad') ?? 0) - since);
      since = tcpSpeaker.dropped.get('bad') ?? 0;
      answers += 1;
      good.send({ kind: 'route-refresh', afi: 2, safi: 1, subtype: REFRESH_SUBTYPE.request });
    };
    tcpSpeaker.speaker.start();
    await until(() => tcpSpeaker.dropped.get('bad') === 4 * MILLION);
    delay.disable();
    const turn = `the longest turn ${Math.round(delay.max / 1e6)} ms`;
    test.diagnostic(
      `${answers} answers within the flood, at most ${longest} routes of it between two, ${turn}`,
    );
    assert.ok(longest <= TURNS_MAX * MESSAGES_PER_TURN * ROUTES_PER_MESSAGE, `${longest} routes in a row`);
  });
});

describe('a clock', LIMIT, () => {
  it('of the calendar may jump: nothing moves, and changes go out', async (test) => {
    const [good] = await startRouters(test, 1);
    assert.ok(good);
    const clock = new FakeClock();
    const tcpSpeaker = new TcpSpeaker(test, peerPortsOf([good]), clock);
    tcpSpeaker.speaker.start();
    for (const [at, jump] of [0, 365 * 86_400_000, -730 * 86_400_000].entries()) {
      clock.jumpWall(jump);
      tcpSpeaker.put(`s${at}`, address(1 + at));
      clock.advance(100);
      await until(() => good.routes.has(`${address(1 + at)}/128`));
    }
    assert.deepEqual([good.connects, good.sessionEnds], [1, []]);
  });

  it('that stood still for an hour has a session without answers begin anew, and everything told again', async (test) => {
    const [good] = await startRouters(test, 1);
    assert.ok(good);
    const clock = new FakeClock();
    const tcpSpeaker = new TcpSpeaker(test, peerPortsOf([good]), clock);
    tcpSpeaker.put('a', address(1));
    tcpSpeaker.speaker.start();
    await until(() => good.routes.size === 1);
    good.answersKeepalives = false;
    clock.advance(3_600_000);
    await until(() => {
      clock.advance(good.connects === 1 ? 100 : 1); // an answer of before may be read after the hour
      return good.connects === 2 && good.routes.size === 1;
    });
    assert.deepEqual(good.sessionEnds, ['4/0']);
  });
});
