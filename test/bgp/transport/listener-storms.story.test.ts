/**
 * A live listener under storms of connections: resets, collisions and strangers. Established sessions keep their connections,
 * a session that is down comes up, and nothing stays open.
 */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { buildOpen } from '../../../src/bgp/session/settings.ts';
import { encodeMessage } from '../../../src/bgp/wire/write/encode.ts';
import { createPair, EAST, establish, listen, remoteAt, TestPeer, until, WEST } from './support/test-peer.ts';

const LIMIT = { timeout: 240_000 };

const CONNECTIONS = 300;
/** As many as the backlog of the listener holds. */
const AT_ONCE = 64;

const open = encodeMessage(buildOpen(WEST));

/** What one connection of a storm does, from the moment that it is established. */
type Behaviour = (socket: Socket) => void;

const STORMS: readonly (readonly [what: string, behave: Behaviour])[] = [
  ['that are reset at once', (socket) => socket.resetAndDestroy()],
  [
    'that are reset in the middle of an OPEN',
    (socket) => {
      socket.write(open.subarray(0, 20), () => socket.resetAndDestroy());
    },
  ],
  [
    'that are reset after an OPEN',
    (socket) => {
      socket.write(open, () => socket.resetAndDestroy());
    },
  ],
  [
    'that are closed after an OPEN',
    (socket) => {
      socket.end(open);
    },
  ],
  [
    'that send an OPEN and wait',
    (socket) => {
      socket.write(open);
    },
  ],
];

/** Opens `CONNECTIONS` connections, some at a time; settles when all are closed, by either side. */
async function storm(port: number, behave: Behaviour, localAddress = '127.0.0.1'): Promise<void> {
  let left = CONNECTIONS;
  const one = async (): Promise<void> => {
    while (left-- > 0)
      await new Promise<void>((resolve) => {
        const socket = connect({ port, host: '127.0.0.1', localAddress }, () => behave(socket));
        socket.on('error', () => {}); // a reset, of either side
        socket.on('close', () => resolve());
        socket.resume();
      });
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

const openSockets = (): number =>
  process.getActiveResourcesInfo().filter((name) => name.startsWith('TCPSocketWrap')).length;

async function establishedPair(test: TestContext) {
  const pair = await createPair(test);
  await establish(pair.west, pair.east);
  return pair;
}

describe(
  'an established session keeps its connection in a storm of connections of its own peer',
  LIMIT,
  () => {
    for (const [what, behave] of STORMS)
      it(what, async (test) => {
        const { west, east, listener } = await establishedPair(test);
        const before = openSockets();
        const { remoteAddress } = east.driver;
        await storm(listener.port, behave);
        assert.deepEqual([west.driver.state, east.driver.state], ['Established', 'Established']);
        assert.deepEqual(east.driver.remoteAddress, remoteAddress);
        assert.equal(east.driver.counters.received.messages.notification, 0);
        const keepalives = east.driver.counters.received.messages.keepalive;
        west.clock.advance(30_000);
        await until(() => east.driver.counters.received.messages.keepalive > keepalives);
        await until(() => openSockets() <= before);
      });
  },
);

describe('a session that is down comes up after a storm of connections of its own peer', LIMIT, () => {
  for (const [what, behave] of STORMS.filter(([one]) => !one.includes('wait')))
    it(what, async (test) => {
      const { west, east, listener } = await createPair(test);
      east.driver.start();
      await storm(listener.port, behave);
      west.driver.start();
      while (![west, east].every(({ driver }) => driver.state === 'Established')) {
        for (const { clock } of [west, east]) clock.advance(1_000);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    });
});

it('collisions without end leave one connection each time', LIMIT, async (test) => {
  const [left, right] = [await listen(test), await listen(test)];
  const west = new TestPeer(test, { ...WEST, role: 'both' }, remoteAt(right.port));
  const east = new TestPeer(test, { ...EAST, role: 'both' }, remoteAt(left.port));
  await left.expect(remoteAt(0), (socket) => west.driver.accept(socket));
  await right.expect(remoteAt(0), (socket) => east.driver.accept(socket));
  for (let round = 0; round < 50; round++) {
    await establish(west, east);
    assert.deepEqual(west.driver.localAddress, east.driver.remoteAddress, `round ${round}`);
    for (const { driver } of [west, east]) driver.abandon();
    await Promise.all([west.driver.closed(), east.driver.closed()]);
  }
});

it('strangers neither reach a session nor keep its peer out', LIMIT, async (test) => {
  const { west, east, listener } = await createPair(test);
  east.driver.start();
  const strangers = storm(listener.port, () => {}, '127.0.0.9');
  west.driver.start();
  await Promise.all([west.reaches('Established'), east.reaches('Established')]);
  await strangers;
  assert.equal(east.driver.counters.connects, 1);
});
