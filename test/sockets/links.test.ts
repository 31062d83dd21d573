/** Connections that are not to be had, or not wanted: what is said of them, and what they are told. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { openOf } from '../../src/bgp/session/settings.ts';
import { encodeMessage } from '../../src/bgp/wire/encode.ts';
import { Listener } from '../../src/sockets/listener.ts';
import { address, EAST, establish, LOOPBACK, listen, Peer, pair, remoteAt, until, WEST } from './peer.ts';
import { portOf, stranger } from './stranger.ts';

const LIMIT = { timeout: 30_000 };

describe('what is said of a connection that is not to be had', LIMIT, () => {
  const rows: readonly (readonly [rule: string, play: (peer: Socket) => void, says: RegExp])[] = [
    ['a peer that hangs up on our OPEN', (peer) => peer.end(), /hung up as soon as it was spoken to/],
    ['a peer that resets it', (peer) => peer.resetAndDestroy(), /hung up as soon as it was spoken to/],
    [
      'a peer that has said something before',
      (peer) => {
        peer.end(encodeMessage(openOf(EAST)));
      },
      /127\.0\.0\.1 port \d+ closed the connection/,
    ],
    ['a peer that speaks HTTP', (peer) => peer.write('HTTP/1.1 400 Bad Request\r\n\r\n'), /marker/],
  ];
  for (const [rule, play, says] of rows) {
    it(rule, async (test) => {
      const { server, socket } = await stranger(test);
      const west = new Peer(test, WEST, remoteAt(portOf(server)));
      west.peering.start();
      const peer = await socket;
      peer.once('data', () => play(peer));
      peer.resume();
      await until(() => west.peering.counters.lastError !== null);
      assert.match(west.peering.counters.lastError?.says ?? '', says);
    });
  }

  it('a port that nobody listens on', async (test) => {
    const { server } = await stranger(test);
    const port = portOf(server);
    await new Promise((resolve) => server.close(resolve));
    const west = new Peer(test, WEST, remoteAt(port));
    west.peering.start();
    await west.is('Idle');
    assert.match(west.says, /refuses the connection/);
  });

  it('a source address that is not on this node', async (test) => {
    const source = { family: 4, bits: 0xc0000201n } as const;
    const west = new Peer(test, WEST, remoteAt(1, { source }));
    west.peering.start();
    await west.is('Idle');
    assert.equal(west.says, 'the source address 192.0.2.1 is not on this node');
  });

  it('a peer of the wrong AS is told so', async (test) => {
    const { west, east } = await pair(test, { west: { peerAsn: 65_000 } });
    east.peering.start();
    west.peering.start();
    await Promise.all([west.is('Idle'), east.is('Idle')]);
    assert.match(west.says, /AS 64501.*AS 65000/);
    assert.match(east.says, /Bad Peer AS/);
  });
});

describe('who is dialled', LIMIT, () => {
  it('hangs up on strangers', async (test) => {
    const { listener, east } = await pair(test, { guard: { address: { family: 4, bits: 0x7f000002n } } });
    east.peering.start();
    const caller = connect(listener.port, '127.0.0.1');
    await new Promise((resolve) => caller.once('close', resolve));
    assert.equal(caller.bytesRead, 0);
    assert.equal(east.peering.state, 'Active');
  });

  it('turns a second connection away with its reason', async (test) => {
    const { west, east, listener } = await pair(test);
    await establish(west, east);
    const caller = connect(listener.port, '127.0.0.1');
    const bytes: Buffer[] = [];
    caller.on('data', (chunk: Buffer) => bytes.push(chunk));
    await new Promise((resolve) => caller.once('close', resolve));
    assert.deepEqual([...Buffer.concat(bytes).subarray(18, 21)], [3, 6, 7]);
    assert.equal(east.peering.state, 'Established');
  });

  it('says of a family that it does not listen on that nobody comes in there', async (test) => {
    const { listener } = await pair(test);
    const complaint = await listener.expect(remoteAt(0, { address: address('2001:db8::1') }), () => {});
    assert.equal(complaint, 'nobody is taken in over IPv6 on this node');
  });

  it('has its port for itself', async (test) => {
    const { port } = await listen(test);
    const second = await Listener.open([4], port);
    assert.ok(!second.ok);
    assert.match(second.error, /is taken: another speaker of BGP runs on this node/);
  });

  it('forgets a peer that is no more', async (test) => {
    const { west, listener } = await pair(test);
    listener.forget(LOOPBACK);
    west.peering.start();
    await west.is('Active');
    assert.match(west.says, /hung up as soon/);
  });
});
