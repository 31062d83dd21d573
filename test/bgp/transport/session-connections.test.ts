/** Connections that are not to be had, or not wanted: what is said of them, and what they are told. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { buildOpen } from '../../../src/bgp/session/settings.ts';
import { BgpListener } from '../../../src/bgp/transport/bgp-listener.ts';
import { encodeMessage } from '../../../src/bgp/wire/encode.ts';
import { portOf, startRawPeer } from './support/raw-peer.ts';
import {
  address,
  createPair,
  EAST,
  establish,
  LOOPBACK,
  listen,
  remoteAt,
  TestPeer,
  until,
  WEST,
} from './support/test-peer.ts';

const LIMIT = { timeout: 240_000 };

describe('what is said of a connection that is not to be had', LIMIT, () => {
  const rows: readonly (readonly [rule: string, play: (peer: Socket) => void, says: RegExp])[] = [
    ['a peer that hangs up on our OPEN', (peer) => peer.end(), /hung up as soon as it was spoken to/],
    ['a peer that resets it', (peer) => peer.resetAndDestroy(), /hung up as soon as it was spoken to/],
    [
      'a peer that has said something before',
      (peer) => {
        peer.end(encodeMessage(buildOpen(EAST)));
      },
      /127\.0\.0\.1 port \d+ closed the connection/,
    ],
    ['a peer that speaks HTTP', (peer) => peer.write('HTTP/1.1 400 Bad Request\r\n\r\n'), /marker/],
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

  it('a port that nobody listens on', async (test) => {
    const { server } = await startRawPeer(test);
    const port = portOf(server);
    await new Promise((resolve) => server.close(resolve));
    const west = new TestPeer(test, WEST, remoteAt(port));
    west.driver.start();
    await west.reaches('Idle');
    assert.match(west.lastReason, /refuses the connection/);
  });

  it('a source address that is not on this node', async (test) => {
    const source = { family: 4, bits: 0xc0000201n } as const;
    const west = new TestPeer(test, WEST, remoteAt(1, { source }));
    west.driver.start();
    await west.reaches('Idle');
    assert.equal(west.lastReason, 'the source address 192.0.2.1 is not on this node');
  });

  it('a peer of the wrong AS is told so', async (test) => {
    const { west, east } = await createPair(test, { west: { peerAsn: 65_000 } });
    east.driver.start();
    west.driver.start();
    await Promise.all([west.reaches('Idle'), east.reaches('Idle')]);
    assert.match(west.lastReason, /AS 64501.*AS 65000/);
    assert.match(east.lastReason, /Bad Peer AS/);
  });
});

describe('who is dialled', LIMIT, () => {
  it('hangs up on strangers', async (test) => {
    const { listener, east } = await createPair(test, {
      guard: { address: { family: 4, bits: 0x7f000002n } },
    });
    east.driver.start();
    const caller = connect(listener.port, '127.0.0.1');
    await new Promise((resolve) => caller.once('close', resolve));
    assert.equal(caller.bytesRead, 0);
    assert.equal(east.driver.state, 'Active');
  });

  it('turns a second connection away with its reason', async (test) => {
    const { west, east, listener } = await createPair(test);
    await establish(west, east);
    const caller = connect(listener.port, '127.0.0.1');
    const bytes: Buffer[] = [];
    caller.on('data', (chunk: Buffer) => bytes.push(chunk));
    await new Promise((resolve) => caller.once('close', resolve));
    assert.deepEqual([...Buffer.concat(bytes).subarray(18, 21)], [3, 6, 7]);
    assert.equal(east.driver.state, 'Established');
  });

  it('says of a family that it does not listen on that nobody comes in there', async (test) => {
    const { listener } = await createPair(test);
    const complaint = await listener.expect(remoteAt(0, { address: address('2001:db8::1') }), () => {});
    assert.equal(complaint, 'nobody is taken in over IPv6 on this node');
  });

  it('has its port for itself', async (test) => {
    const { port } = await listen(test);
    const second = await BgpListener.open([4], port);
    assert.ok(!second.ok);
    assert.match(second.error, /is taken: another speaker of BGP runs on this node/);
  });

  it('forgets a peer that is no more', async (test) => {
    const { west, listener } = await createPair(test);
    listener.forget(LOOPBACK);
    west.driver.start();
    await west.reaches('Active');
    assert.match(west.lastReason, /hung up as soon/);
  });
});
