/** Two peerings with one another over loopback, or one with a peer that behaves badly. Their clocks stand still. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openOf } from '../../src/bgp/session/settings.ts';
import { CEASE } from '../../src/bgp/wire/codes.ts';
import { encodeMessage } from '../../src/bgp/wire/encode.ts';
import { KEEPALIVE } from '../../src/bgp/wire/message.ts';
import { endOfRib, packAnnouncements } from '../../src/bgp/wire/pack.ts';
import { prepend } from '../../src/routes/aspath.ts';
import { PLAIN_ATTRIBUTES, toNextHop } from '../../src/routes/path.ts';
import { PORTION_BYTES } from '../../src/sockets/connection.ts';
import { EAST, establish, listen, Peer, pair, remoteAt, until, WEST } from './peer.ts';
import { portOf, stranger } from './stranger.ts';

const LIMIT = { timeout: 30_000 };

describe('two peerings', LIMIT, () => {
  it('agree, and say so to their owners in order', async (test) => {
    const { west, east } = await pair(test);
    await establish(west, east);
    assert.deepEqual(west.moves, ['Connect', 'OpenSent', 'OpenConfirm', 'Established']);
    assert.deepEqual(east.moves, ['Active', 'OpenSent', 'OpenConfirm', 'Established']);
    assert.deepEqual([west.writables, east.writables], [1, 1]);
    assert.deepEqual(west.peering.agreement?.families, [4, 6]);
    assert.equal(east.peering.peer?.asn, WEST.asn);
    assert.deepEqual(west.peering.local, east.peering.remoteEnd);
    assert.deepEqual(west.peering.remoteEnd, east.peering.local);
  });

  it('pass on UPDATEs, and count them', async (test) => {
    const { west, east } = await pair(test);
    await establish(west, east);
    assert.equal(west.peering.write(endOfRib(4)), true);
    assert.equal(west.peering.write(Buffer.concat([endOfRib(6), endOfRib(4)])), true);
    await until(() => east.heard.length === 3);
    const ends = east.heard.map((message) => message.kind === 'update' && message.endOfRib);
    assert.deepEqual(ends, [4, 6, 4]);
    const { sent } = west.peering.counters;
    assert.deepEqual(sent.messages, { open: 1, update: 3, notification: 0, keepalive: 1, routeRefresh: 0 });
    assert.deepEqual(east.peering.counters.received, sent);
  });

  it('write nothing before they are established', async (test) => {
    const { west } = await pair(test);
    assert.equal(west.peering.write(endOfRib(4)), false);
    assert.equal(west.peering.counters.sent.octets, 0);
  });

  it('stop with a word that is read, and stay down', async (test) => {
    const { west, east } = await pair(test);
    await establish(west, east);
    west.peering.stop(CEASE.administrativeShutdown, 'the node is drained');
    await east.is('Idle');
    assert.match(east.says, /Administrative Shutdown.*"the node is drained"/);
    await west.peering.settled();
    west.clock.advance(3_600_000);
    assert.equal(west.peering.state, 'Idle');
    assert.deepEqual(west.peering.counters.drops, 1);
    assert.equal(west.peering.counters.lastError, null);
    assert.match(east.peering.counters.lastError?.says ?? '', /drained/);
  });

  it('begin again after a rest', async (test) => {
    const { west, east } = await pair(test);
    await establish(west, east);
    east.peering.stop(CEASE.administrativeReset, '');
    await west.is('Idle');
    east.peering.start();
    west.clock.advance(60_000);
    await Promise.all([west.is('Established'), east.is('Established')]);
    assert.equal(west.peering.counters.connects, 2);
  });

  it('are abandoned without a word', async (test) => {
    const { west, east } = await pair(test);
    await establish(west, east);
    west.peering.abandon();
    await east.is('Idle');
    assert.equal(east.whys.at(-1)?.cause, 'lost');
    assert.equal(east.says, '127.0.0.1 port 0 closed the connection');
    assert.equal(west.peering.counters.sent.messages.notification, 0);
    west.clock.advance(3_600_000);
    assert.equal(west.peering.state, 'Idle');
  });

  it('end when nothing is heard for the hold time, and keep each other up before', async (test) => {
    const { west, east } = await pair(test);
    await establish(west, east);
    west.clock.advance(30_000);
    await until(() => east.peering.counters.received.messages.keepalive === 2);
    west.clock.advance(60_000);
    assert.equal(west.peering.state, 'Idle');
    await east.is('Idle');
    assert.match(east.says, /Hold Timer Expired/);
  });

  it('come to one connection when both dial at once', async (test) => {
    const [left, right] = [await listen(test), await listen(test)];
    const west = new Peer(test, { ...WEST, role: 'both' }, remoteAt(right.port));
    const east = new Peer(test, { ...EAST, role: 'both' }, remoteAt(left.port));
    await left.expect(remoteAt(0), (socket) => west.peering.accept(socket));
    await right.expect(remoteAt(0), (socket) => east.peering.accept(socket));
    await establish(west, east);
    assert.deepEqual(west.peering.local, east.peering.remoteEnd);
  });

  it('take a new connection for the peer restarted, where graceful restart is agreed on', async (test) => {
    const gracefulRestart = {
      ...({ kind: 'graceful-restart', restarting: false, notification: false } as const),
      restartTime: 120,
      families: [],
    };
    const { west, east, listener } = await pair(test, {
      west: { gracefulRestart },
      east: { gracefulRestart },
    });
    await establish(west, east);
    const again = new Peer(test, { ...WEST, gracefulRestart }, remoteAt(listener.port));
    again.peering.start();
    await again.is('Established');
    await east.is('Established');
    assert.equal(east.whys.filter(({ cause }) => cause === 'replaced').length, 1);
    assert.deepEqual(again.peering.local, east.peering.remoteEnd);
    await west.is('Idle');
  });

  it('may be stopped by their owner in the middle of anything', async (test) => {
    for (const state of ['OpenSent', 'OpenConfirm', 'Established'] as const) {
      const { west, east } = await pair(test);
      west.onMoved = (to) => {
        if (to === state) west.peering.stop(CEASE.administrativeShutdown, '');
      };
      east.peering.start();
      west.peering.start();
      await west.is('Idle');
      await west.peering.settled();
      assert.equal(west.moves.at(-1), 'Idle');
    }
  });
});

describe('a peer that does not read', LIMIT, () => {
  it('makes us wait at once when the kernel is full, and is dropped after 8 minutes', async (test) => {
    const { server, socket } = await stranger(test);
    const west = new Peer(test, WEST, remoteAt(portOf(server)));
    west.peering.start();
    const peer = await socket;
    peer.write(encodeMessage({ ...openOf(EAST), holdTime: 0 }));
    peer.write(encodeMessage(KEEPALIVE));
    await west.is('Established');
    const message = full();
    let messages = 1;
    while (west.peering.write(message)) messages += 1;
    assert.ok(messages * message.length < 64 * 1024 * 1024);
    west.clock.advance(480_000);
    assert.equal(west.peering.state, 'Idle');
    assert.equal(west.whys.at(-1)?.cause, 'send-hold-expired');
  });

  it('is written to again when it reads', async (test) => {
    const { server, socket } = await stranger(test);
    const west = new Peer(test, WEST, remoteAt(portOf(server)));
    west.peering.start();
    const peer = await socket;
    peer.write(Buffer.concat([encodeMessage(openOf(EAST)), encodeMessage(KEEPALIVE)]));
    await west.is('Established');
    while (west.peering.write(full()));
    assert.equal(west.writables, 1);
    peer.resume();
    await until(() => west.writables === 2);
    assert.equal(west.peering.write(endOfRib(4)), true);
  });
});

describe('a flood', LIMIT, () => {
  it('of a million routes leaves the others their turn, and is read whole', async (test) => {
    const { west, east } = await pair(test);
    const flood = full();
    const messages = 1_000_000 / ROUTES_PER_MESSAGE;
    let [sent, routes, turns] = [0, 0, 0];
    east.onReceived = (message) => {
      if (message.kind !== 'update') return;
      for (const { nlri } of message.announced) routes += nlri.count;
    };
    west.onWritable = () => {
      while (sent < messages) {
        sent += 1;
        if (!west.peering.write(flood)) return;
      }
    };
    await establish(west, east);
    const count = (): void => {
      turns += 1;
      if (routes < 1_000_000) setImmediate(count);
    };
    setImmediate(count);
    await until(() => routes === 1_000_000);
    const portions = east.peering.counters.received.octets / (2 * PORTION_BYTES);
    assert.ok(turns >= portions, `${turns} turns for ${portions} portions`);
  });
});

const ROUTES_PER_MESSAGE = 800;

/** An UPDATE of nearly 4096 octets. */
function full(): Uint8Array {
  const prefixes = Array.from({ length: ROUTES_PER_MESSAGE }, (_, i) => ({
    family: 4 as const,
    bits: BigInt(0x0a000000 + i),
    length: 32,
  }));
  const path = {
    nextHop: toNextHop({ family: 4, bits: 0xc0000202n }),
    attributes: { ...PLAIN_ATTRIBUTES, asPath: prepend([], WEST.asn) },
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
