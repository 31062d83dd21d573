/** Connections that fail or are refused: the error on our side, and the NOTIFICATION on the peer's. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { buildOpen } from '../../../src/bgp/session/settings.ts';
import { BgpListener } from '../../../src/bgp/transport/bgp-listener.ts';
import { encodeMessage } from '../../../src/bgp/wire/write/encode.ts';
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

describe('the error of a connection that fails', LIMIT, () => {
  const rows: readonly (readonly [rule: string, play: (peer: Socket) => void, says: RegExp])[] = [
    ['the peer closes it after our OPEN', (peer) => peer.end(), /closed the connection before its OPEN/],
    [
      'the peer resets it after our OPEN',
      (peer) => peer.resetAndDestroy(),
      /closed the connection before its OPEN/,
    ],
    [
      'the peer closes it after its own OPEN',
      (peer) => {
        peer.end(encodeMessage(buildOpen(EAST)));
      },
      /127\.0\.0\.1 port \d+ closed the connection/,
    ],
    ['the peer answers in HTTP', (peer) => peer.write('HTTP/1.1 400 Bad Request\r\n\r\n'), /marker/],
  ];
  for (const [rule, play, says] of rows) {
    it(rule, async (test) => {
      const { server, socket } = await startRawPeer(test);
      const west = new TestPeer(test, WEST, remoteAt(portOf(server)));
      west.driver.start();
      const peer = await socket;
      peer.once('data', () => play(peer));
      peer.resume();
      await until(() => west.driver.counters.lastError !== null);
      assert.match(west.driver.counters.lastError?.message ?? '', says);
    });
  }

  it('nobody listens on the port', async (test) => {
    const { server } = await startRawPeer(test);
    const port = portOf(server);
    await new Promise((resolve) => server.close(resolve));
    const west = new TestPeer(test, WEST, remoteAt(port));
    west.driver.start();
    await west.reaches('Idle');
    assert.match(west.lastReason, /refuses the connection/);
  });

  it('the source address is not on this node', async (test) => {
    const source = { family: 4, bits: 0xc0000201n } as const;
    const west = new TestPeer(test, WEST, remoteAt(1, { source }));
    west.driver.start();
    await west.reaches('Idle');
    assert.equal(west.lastReason, 'the source address 192.0.2.1 is not configured on this node');
  });

  it('a peer in the wrong AS gets a NOTIFICATION', async (test) => {
    const { west, east } = await createPair(test, { west: { peerAsn: 65_000 } });
    east.driver.start();
    west.driver.start();
    await Promise.all([west.reaches('Idle'), east.reaches('Idle')]);
    assert.match(west.lastReason, /AS 64501.*AS 65000/);
    assert.match(east.lastReason, /Bad Peer AS/);
  });
});

describe('the listener', LIMIT, () => {
  it('closes connections from unknown addresses', async (test) => {
    const { listener, east } = await createPair(test, {
      guard: { address: { family: 4, bits: 0x7f000002n } },
    });
    east.driver.start();
    const caller = connect(listener.port, '127.0.0.1');
    await new Promise((resolve) => caller.once('close', resolve));
    assert.equal(caller.bytesRead, 0);
    assert.equal(east.driver.state, 'Active');
  });

  it('refuses a second connection with a NOTIFICATION', async (test) => {
    const { west, east, listener } = await createPair(test);
    await establish(west, east);
    const caller = connect(listener.port, '127.0.0.1');
    const bytes: Buffer[] = [];
    caller.on('data', (chunk: Buffer) => bytes.push(chunk));
    await new Promise((resolve) => caller.once('close', resolve));
    assert.deepEqual([...Buffer.concat(bytes).subarray(18, 21)], [3, 6, 7]);
    assert.equal(east.driver.state, 'Established');
  });

  it('rejects a peer of an address family that it does not listen on', async (test) => {
    const { listener } = await createPair(test);
    const error = await listener.expect(remoteAt(0, { address: address('2001:db8::1') }), () => {});
    assert.equal(error, 'this node does not listen on IPv6');
  });

  it('fails on a port that is in use', async (test) => {
    const { port } = await listen(test);
    const second = await BgpListener.open([4], port);
    assert.ok(!second.ok);
    assert.match(second.error, /is already in use: another BGP speaker runs on this node/);
  });

  it('closes connections of a peer that was removed', async (test) => {
    const { west, listener, expected } = await createPair(test);
    listener.forget(expected);
    west.driver.start();
    await west.reaches('Active');
    assert.match(west.lastReason, /closed the connection before its OPEN/);
  });

  it('keeps a peer that was expected since, when the earlier one of its address is removed late', async (test) => {
    const { west, east, listener, expected } = await createPair(test);
    await listener.expect(remoteAt(0), (socket) => east.driver.accept(socket));
    listener.forget(expected);
    await establish(west, east);
  });

  it('expects an earlier peer of an address again, when the later one is removed', async (test) => {
    const { west, east, listener } = await createPair(test);
    const [later, rejected] = [remoteAt(0), remoteAt(0)];
    await listener.expect(later, (socket) => socket.destroy());
    await listener.expect(rejected, (socket) => socket.destroy());
    listener.forget(later);
    listener.forget(rejected);
    await establish(west, east);
  });
});
