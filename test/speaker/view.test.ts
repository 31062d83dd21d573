/** What a speaker says of its sessions when it is asked: what is true, why it is not otherwise, and no password. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cause } from '../../src/bgp/session/event.ts';
import type { StateName } from '../../src/bgp/session/session.ts';
import { ERROR, OPEN_ERROR } from '../../src/bgp/wire/codes.ts';
import { HAPPENINGS_MAX } from '../../src/speaker/viewhistory.ts';
import { peer, secret, served } from '../announce/cluster.ts';
import { RETRY } from './line.ts';
import { routerOpen } from './router.ts';
import { peerIn, routesIn, told, viewOf } from './viewing.ts';
import { one, quiet, R1, R2, small, World } from './world.ts';

describe('a peer whose session stands', () => {
  it('is told with both ends, what was agreed, and how much goes over it', async () => {
    const world = await quiet(...one());
    const { state, since, downSince, lastError, agreed, remote, local, prefixes, drops } = peerIn(world);
    assert.deepEqual([state, downSince, lastError, drops], ['Established', null, null, 0]);
    assert.equal(since, new Date(world.clock.wall()).toISOString());
    assert.deepEqual(local, { address: '10.213.0.11', asn: 64500, routerId: '10.213.0.11' });
    assert.deepEqual([remote.expected, remote.asn], [64512, world.router(R1).open.asn]);
    assert.equal(agreed?.holdTime, 90);
    assert.equal(agreed?.keepaliveTime, 30);
    assert.deepEqual(prefixes.ipv4, { wanted: 1, told: 1, pending: 0, refused: 0, notCarried: 0 });
  });

  it('says which interface it is behind, or none', async () => {
    const far = peer('far', { peerAddress: '10.99.0.1' });
    const world = await quiet(...small(peer('r1', { peerAddress: R1 }), far));
    assert.deepEqual([peerIn(world).link, peerIn(world, 'far').link], ['eth0', null]);
  });

  it('says of a family that the peer does not offer why it is not carried', async () => {
    const world = new World([...one(), ...served('six', 'fd00:20::1')]);
    world.router(R1).open = routerOpen({ families: [4] });
    await world.begin();
    assert.deepEqual(peerIn(world).agreed?.families, [
      { family: 'IPv4', says: null },
      { family: 'IPv6', says: 'the peer does not offer IPv6 unicast' },
    ]);
    assert.deepEqual(told(world), [
      '10.20.1.1/32 told',
      'fd00:20::1/128 not-carried the session does not carry IPv6: the peer does not offer it',
    ]);
    assert.equal(peerIn(world).prefixes.ipv6.notCarried, 1);
  });

  it('is said to be asked for other nodes while this one leaves', async () => {
    const world = await quiet(...one());
    world.speaker.drain(true);
    assert.equal(peerIn(world).draining, true);
    assert.deepEqual(routesIn(world).routes[0]?.path?.communities, ['graceful-shutdown']);
  });
});

describe('a password', () => {
  it('is said to be there, and said nowhere', async () => {
    const data = { password: Buffer.from('hunter2').toString('base64') };
    const world = await quiet(
      ...small(
        peer('r1', { peerAddress: R1, passwordSecret: { name: 'pw' } }),
        peer('r2', { peerAddress: R2, password: 'swordfish' }),
      ),
      secret('pw', 'kubernetes.io/basic-auth', data),
      ...served('a', '10.20.1.1'),
    );
    assert.deepEqual([peerIn(world).md5, peerIn(world, 'r2').md5], [true, true]);
    const view = viewOf(world);
    const all = JSON.stringify([view.peers(), view.routes(null), view.service('web/a')]);
    assert.doesNotMatch(all, /hunter2|swordfish|aHVudGVyMg/);
  });
});

describe('a peer whose session does not stand', () => {
  it('says since when, and what went wrong since, the same only once', async () => {
    const world = await quiet(...one());
    world.router(R1).isUp = false;
    world.lines[0]?.lose();
    const lost = new Date(world.clock.wall()).toISOString();
    await world.clock.pass(3 * RETRY);
    const { state, downSince, since, history, prefixes } = peerIn(world);
    assert.deepEqual([state, downSince, since], ['Connect', lost, null]);
    assert.deepEqual(
      history.map(({ what, says, times }) => `${what} ${says} ${times}`),
      ['up keepalive 1', 'lost lost 1', 'failed nobody answers 3'],
    );
    assert.equal(prefixes.ipv4.wanted, 1);
    assert.deepEqual(told(world), ['10.20.1.1/32 no-session there is no session: it is Connect']);
    world.router(R1).isUp = true;
    await world.clock.pass(RETRY);
    assert.equal(peerIn(world).downSince, null);
    assert.deepEqual(told(world), ['10.20.1.1/32 told']);
  });

  const failures: readonly (readonly [when: string, from: StateName, to: StateName, cause: Cause])[] = [
    ['it was refused, and rests', 'Connect', 'Idle', 'connect-failed'],
    ['it was refused, and may be dialled', 'Connect', 'Active', 'connect-failed'],
    ['it was hung up on', 'OpenSent', 'Active', 'lost'],
    ['it was turned away', 'OpenSent', 'Active', 'turned-away'],
  ];
  for (const [when, from, to, cause] of failures) {
    it(`says that ${when}`, async () => {
      const world = await quiet(...one());
      const neighbour = world.speaker.neighbours.get('r1');
      assert.ok(neighbour !== undefined);
      world.history.moved(neighbour, from, to, { cause, says: 'why', sent: null, received: null });
      const last = peerIn(world).history.at(-1);
      assert.deepEqual([last?.what, last?.says], ['failed', 'why']);
    });
  }

  it('says what the router was told', async () => {
    const world = await quiet(...one());
    const neighbour = world.speaker.neighbours.get('r1');
    assert.ok(neighbour !== undefined);
    world.history.moved(neighbour, 'OpenSent', 'Idle', {
      ...{ cause: 'bad-open', says: 'the peer says it is AS 1, we expect AS 2', received: null },
      sent: { kind: 'notification', code: ERROR.open, subcode: OPEN_ERROR.badPeerAs, data: new Uint8Array() },
    });
    assert.equal(peerIn(world).history.at(-1)?.told, 'OPEN Message Error / Bad Peer AS (2/2)');
  });

  it('forgets the oldest of too much', async () => {
    const world = await quiet(...one());
    const neighbour = world.speaker.neighbours.get('r1');
    assert.ok(neighbour !== undefined);
    for (let index = 0; index < 3 * HAPPENINGS_MAX; index++) world.history.missed(neighbour, `try ${index}`);
    const { history } = peerIn(world);
    assert.equal(history.length, HAPPENINGS_MAX);
    assert.equal(history.at(-1)?.says, `try ${3 * HAPPENINGS_MAX - 1}`);
  });
});

describe('a BGPPeer that is wrong', () => {
  it('is named with its fault where it has no session, and with its session where that goes on', async () => {
    const world = await quiet(...small(peer('r1', { peerAddress: R1, bfdProfile: 'none' })));
    const { peers, notInForce } = viewOf(world).peers();
    assert.deepEqual(peers, []);
    assert.deepEqual(notInForce, [{ name: 'r1', says: 'peer r1 referencing non existing bfd profile none' }]);
    const other = await quiet(...one());
    await other.settle((store) => store.patch('BGPPeer metallb-system/r1', { spec: { holdTime: '1s' } }));
    assert.equal(peerIn(other).state, 'Established');
    assert.match(peerIn(other).warnings.join(), /holdTime/);
  });
});

describe('the routes of a peer', () => {
  it('that comes are there at once, even for those who asked a moment before', async () => {
    const world = await quiet(...one());
    const view = viewOf(world);
    assert.deepEqual(view.routes('r2').peers, []);
    await world.settle((store) => store.create(peer('r2', { peerAddress: R2 })));
    assert.deepEqual(
      view.routes('r2').peers.map(({ name }) => name),
      ['r2'],
    );
  });
});
