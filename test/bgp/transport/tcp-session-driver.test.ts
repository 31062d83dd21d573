/** Two session drivers over loopback, or one with a raw peer. Their clocks are moved by hand. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { prependAsn } from '../../../src/bgp/attributes/as-path.ts';
import { DEFAULT_ATTRIBUTES, toNextHop } from '../../../src/bgp/attributes/path.ts';
import { buildOpen } from '../../../src/bgp/session/settings.ts';
import { READ_TURN_BYTES } from '../../../src/bgp/transport/connection.ts';
import { CEASE } from '../../../src/bgp/wire/codes.ts';
import { KEEPALIVE } from '../../../src/bgp/wire/message.ts';
import { encodeMessage } from '../../../src/bgp/wire/write/encode.ts';
import { encodeEndOfRib, packAnnouncements } from '../../../src/bgp/wire/write/pack.ts';
import { portOf, startRawPeer } from './support/raw-peer.ts';
import {
  address,
  createPair,
  EAST,
  establish,
  listen,
  remoteAt,
  TestPeer,
  until,
  WEST,
} from './support/test-peer.ts';

const LIMIT = { timeout: 240_000 };

describe('two session drivers', LIMIT, () => {
  it('negotiate, and report every state to their handlers in order', async (test) => {
    const { west, east } = await createPair(test);
    await establish(west, east);
    assert.deepEqual(west.states, ['Connect', 'OpenSent', 'OpenConfirm', 'Established']);
    assert.deepEqual(east.states, ['Active', 'OpenSent', 'OpenConfirm', 'Established']);
    assert.deepEqual([west.writables, east.writables], [1, 1]);
    assert.deepEqual(west.driver.negotiated?.families, [4, 6]);
    assert.equal(east.driver.peerOpen?.asn, WEST.asn);
    assert.deepEqual(west.driver.localAddress, east.driver.remoteAddress);
    assert.deepEqual(west.driver.remoteAddress, east.driver.localAddress);
  });

  it('send their local address as the BGP Identifier where it is provisional, on both sides', async (test) => {
    const { west, east } = await createPair(test, {
      west: { isRouterIdProvisional: true, routerId: 1 },
      east: { isRouterIdProvisional: true, routerId: 2 },
      remote: { source: address('127.0.0.9') },
      guard: { address: address('127.0.0.9'), source: null },
    });
    await establish(west, east);
    assert.deepEqual([west.driver.routerId, east.driver.routerId], [0x7f000009, 0x7f000001]);
    assert.equal(west.driver.peerOpen?.routerId, 0x7f000001);
    assert.equal(east.driver.peerOpen?.routerId, 0x7f000009);
  });

  it('deliver UPDATEs, and count them', async (test) => {
    const { west, east } = await createPair(test);
    await establish(west, east);
    assert.equal(west.driver.write(encodeEndOfRib(4)), true);
    assert.equal(west.driver.write(Buffer.concat([encodeEndOfRib(6), encodeEndOfRib(4)])), true);
    await until(() => east.received.length === 3);
    const ends = east.received.map((message) => message.kind === 'update' && message.endOfRib);
    assert.deepEqual(ends, [4, 6, 4]);
    const { sent } = west.driver.counters;
    assert.deepEqual(sent.messages, { open: 1, update: 3, notification: 0, keepalive: 1, routeRefresh: 0 });
    assert.deepEqual(east.driver.counters.received, sent);
  });

  it('write nothing unless established', async (test) => {
    const { west } = await createPair(test);
    assert.equal(west.driver.write(encodeEndOfRib(4)), false);
    assert.equal(west.driver.counters.sent.octets, 0);
  });

  it('stop with a NOTIFICATION that the peer reads, and stay down', async (test) => {
    const { west, east } = await createPair(test);
    await establish(west, east);
    west.driver.stop(CEASE.administrativeShutdown, 'the node is drained');
    await east.reaches('Idle');
    assert.match(east.lastReason, /Administrative Shutdown.*"the node is drained"/);
    await west.driver.closed();
    west.clock.advance(3_600_000);
    assert.equal(west.driver.state, 'Idle');
    assert.deepEqual(west.driver.counters.drops, 1);
    assert.equal(west.driver.counters.lastError, null);
    assert.match(east.driver.counters.lastError?.message ?? '', /drained/);
  });

  it('reconnect after the idle hold time', async (test) => {
    const { west, east } = await createPair(test);
    await establish(west, east);
    east.driver.stop(CEASE.administrativeReset, '');
    await west.reaches('Idle');
    east.driver.start();
    west.clock.advance(60_000);
    await Promise.all([west.reaches('Established'), east.reaches('Established')]);
    assert.equal(west.driver.counters.connects, 2);
  });

  it('are abandoned without a NOTIFICATION', async (test) => {
    const { west, east } = await createPair(test);
    await establish(west, east);
    west.driver.abandon();
    await east.reaches('Idle');
    assert.equal(east.reasons.at(-1)?.cause, 'lost');
    assert.equal(east.lastReason, '127.0.0.1 port 0 closed the connection');
    assert.equal(west.driver.counters.sent.messages.notification, 0);
    west.clock.advance(3_600_000);
    assert.equal(west.driver.state, 'Idle');
  });

  it('end when the hold timer expires, which KEEPALIVEs prevent before', async (test) => {
    const { west, east } = await createPair(test);
    await establish(west, east);
    west.clock.advance(30_000);
    await until(() => east.driver.counters.received.messages.keepalive === 2);
    west.clock.advance(60_000);
    await Promise.all([west.reaches('Idle'), east.reaches('Idle')]);
    assert.match(east.lastReason, /Hold Timer Expired/);
  });

  it('count what has arrived before they judge silence: the process may have been stopped', async (test) => {
    const { west, east } = await createPair(test);
    await establish(west, east);
    east.clock.advance(30_000); // its KEEPALIVE is in the buffer of the socket
    west.clock.advance(90_000); // and is read later than the hold timer expires
    const received = west.driver.counters.received.messages.keepalive;
    await until(() => west.driver.counters.received.messages.keepalive > received);
    assert.deepEqual([west.driver.state, west.states.length], ['Established', 4]);
    west.clock.advance(89_999);
    await until(() => east.driver.counters.received.messages.keepalive > 1);
    assert.equal(west.driver.state, 'Established');
  });

  it('end when BFD goes down with a Cease that the peer reads, and connect again', async (test) => {
    const { west, east } = await createPair(test);
    await establish(west, east);
    west.driver.bfdDown('no BFD packet within 900 ms');
    await east.reaches('Idle');
    assert.match(east.lastReason, /BFD Down/);
    assert.equal(west.driver.counters.lastError?.message, 'no BFD packet within 900 ms');
    west.clock.advance(60_000);
    east.clock.advance(60_000);
    await Promise.all([west.reaches('Established'), east.reaches('Established')]);
  });

  it('resolve a collision to one connection when both connect at once', async (test) => {
    const [left, right] = [await listen(test), await listen(test)];
    const west = new TestPeer(test, { ...WEST, role: 'both' }, remoteAt(right.port));
    const east = new TestPeer(test, { ...EAST, role: 'both' }, remoteAt(left.port));
    await left.expect(remoteAt(0), (socket) => west.driver.accept(socket));
    await right.expect(remoteAt(0), (socket) => east.driver.accept(socket));
    await establish(west, east);
    assert.deepEqual(west.driver.localAddress, east.driver.remoteAddress);
  });

  it('accept a new connection as the restart of the peer if graceful restart is negotiated', async (test) => {
    const gracefulRestart = {
      ...({ kind: 'graceful-restart', restarting: false, notification: false } as const),
      restartTime: 120,
      families: [],
    };
    const { west, east, listener } = await createPair(test, {
      west: { gracefulRestart },
      east: { gracefulRestart },
    });
    await establish(west, east);
    const again = new TestPeer(test, { ...WEST, gracefulRestart }, remoteAt(listener.port));
    again.driver.start();
    await again.reaches('Established');
    await east.reaches('Established');
    assert.equal(east.reasons.filter(({ cause }) => cause === 'replaced').length, 1);
    assert.deepEqual(again.driver.localAddress, east.driver.remoteAddress);
    await west.reaches('Idle');
  });

  it('can be stopped from within a state change', async (test) => {
    for (const state of ['OpenSent', 'OpenConfirm', 'Established'] as const) {
      const { west, east } = await createPair(test);
      west.onStateChange = (to) => {
        if (to === state) west.driver.stop(CEASE.administrativeShutdown, '');
      };
      east.driver.start();
      west.driver.start();
      await west.reaches('Idle');
      await west.driver.closed();
      assert.equal(west.states.at(-1), 'Idle');
    }
  });
});

describe('a peer that does not read', LIMIT, () => {
  it('causes backpressure once the kernel buffer is full, and is dropped after 8 minutes', async (test) => {
    const { server, socket } = await startRawPeer(test);
    const west = new TestPeer(test, WEST, remoteAt(portOf(server)));
    west.driver.start();
    const peer = await socket;
    peer.write(encodeMessage({ ...buildOpen(EAST), holdTime: 0 }));
    peer.write(encodeMessage(KEEPALIVE));
    await west.reaches('Established');
    const message = fullUpdate();
    let messages = 1;
    while (west.driver.write(message)) messages += 1;
    assert.ok(messages * message.length < 64 * 1024 * 1024);
    west.clock.advance(480_000);
    assert.equal(west.driver.state, 'Idle');
    assert.equal(west.reasons.at(-1)?.cause, 'send-hold-expired');
  });

  it('is written to again once it reads', async (test) => {
    const { server, socket } = await startRawPeer(test);
    const west = new TestPeer(test, WEST, remoteAt(portOf(server)));
    west.driver.start();
    const peer = await socket;
    peer.write(Buffer.concat([encodeMessage(buildOpen(EAST)), encodeMessage(KEEPALIVE)]));
    await west.reaches('Established');
    while (west.driver.write(fullUpdate()));
    assert.equal(west.writables, 1);
    peer.resume();
    await until(() => west.writables === 2);
    assert.equal(west.driver.write(encodeEndOfRib(4)), true);
  });
});

describe('a flood of UPDATEs', LIMIT, () => {
  it('with a million routes is read completely, and does not block the event loop', async (test) => {
    const { west, east } = await createPair(test);
    const flood = fullUpdate();
    const messages = 1_000_000 / ROUTES_PER_MESSAGE;
    let [sent, routes, turns] = [0, 0, 0];
    east.onReceived = (message) => {
      if (message.kind !== 'update') return;
      for (const { nlri } of message.announced) routes += nlri.count;
    };
    west.onWritable = () => {
      while (sent < messages) {
        sent += 1;
        if (!west.driver.write(flood)) return;
      }
    };
    await establish(west, east);
    const count = (): void => {
      turns += 1;
      if (routes < 1_000_000) setImmediate(count);
    };
    setImmediate(count);
    await until(() => routes === 1_000_000);
    const portions = east.driver.counters.received.octets / (2 * READ_TURN_BYTES);
    assert.ok(turns >= portions, `${turns} turns for ${portions} portions`);
  });
});

const ROUTES_PER_MESSAGE = 800;

/** An UPDATE of nearly 4096 octets. */
function fullUpdate(): Uint8Array {
  const prefixes = Array.from({ length: ROUTES_PER_MESSAGE }, (_, i) => ({
    family: 4 as const,
    bits: BigInt(0x0a000000 + i),
    length: 32,
  }));
  const path = {
    nextHop: toNextHop({ family: 4, bits: 0xc0000202n }),
    attributes: { ...DEFAULT_ATTRIBUTES, asPath: prependAsn([], WEST.asn) },
  };
  const packed = packAnnouncements(
    { family: 4, path, prefixes },
    { fourOctetAs: true, extendedNextHop: false, sendMax: 4096 },
  );
  assert.ok(packed.ok);
  const [message] = packed.value;
  assert.ok(message);
  return message;
}
