/** What a speaker says of its sessions when it is asked: what is true, why it is not otherwise, and no password. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TransitionCause } from '../../../src/bgp/session/events.ts';
import type { StateName } from '../../../src/bgp/session/session.ts';
import { ERROR, OPEN_ERROR } from '../../../src/bgp/wire/codes.ts';
import { HISTORY_ENTRIES_MAX } from '../../../src/speaker/session-history.ts';
import { peer, secret, serviceWithEndpoint } from '../../announce/support/cluster.ts';
import { routerOpen } from '../support/fake-router.ts';
import { RETRY_TIME } from '../support/fake-session.ts';
import { oneService, R1, R2, SpeakerWorld, settledWorld, smallCluster } from '../support/speaker-world.ts';
import { peerDocument, routeLines, routesDocument, statusApiOf } from '../support/status-api.ts';

describe('a peer whose session stands', () => {
  it('is told with both ends, what was agreed, and how much goes over it', async () => {
    const world = await settledWorld(...oneService());
    const { state, since, downSince, lastError, agreed, remote, local, prefixes, drops } =
      peerDocument(world);
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
    const world = await settledWorld(...smallCluster(peer('r1', { peerAddress: R1 }), far));
    assert.deepEqual([peerDocument(world).link, peerDocument(world, 'far').link], ['eth0', null]);
  });

  it('says of a family that the peer does not offer why it is not carried', async () => {
    const world = new SpeakerWorld([...oneService(), ...serviceWithEndpoint('six', 'fd00:20::1')]);
    world.router(R1).open = routerOpen({ families: [4] });
    await world.start();
    assert.deepEqual(peerDocument(world).agreed?.families, [
      { family: 'IPv4', says: null },
      { family: 'IPv6', says: 'the peer does not offer IPv6 unicast' },
    ]);
    assert.deepEqual(routeLines(world), [
      '10.20.1.1/32 told',
      'fd00:20::1/128 not-carried the session does not carry IPv6: the peer does not offer it',
    ]);
    assert.equal(peerDocument(world).prefixes.ipv6.notCarried, 1);
  });

  it('is said to be asked for other nodes while this one leaves', async () => {
    const world = await settledWorld(...oneService());
    world.speaker.setDraining(true);
    assert.equal(peerDocument(world).draining, true);
    assert.deepEqual(routesDocument(world).routes[0]?.path?.communities, ['graceful-shutdown']);
  });
});

describe('a password', () => {
  it('is said to be there, and said nowhere', async () => {
    const data = { password: Buffer.from('hunter2').toString('base64') };
    const world = await settledWorld(
      ...smallCluster(
        peer('r1', { peerAddress: R1, passwordSecret: { name: 'pw' } }),
        peer('r2', { peerAddress: R2, password: 'swordfish' }),
      ),
      secret('pw', 'kubernetes.io/basic-auth', data),
      ...serviceWithEndpoint('a', '10.20.1.1'),
    );
    assert.deepEqual([peerDocument(world).md5, peerDocument(world, 'r2').md5], [true, true]);
    const view = statusApiOf(world);
    const all = JSON.stringify([view.peers(), view.routes(null), view.service('web/a')]);
    assert.doesNotMatch(all, /hunter2|swordfish|aHVudGVyMg/);
  });
});

describe('a peer whose session does not stand', () => {
  it('says since when, and what went wrong since, the same only once', async () => {
    const world = await settledWorld(...oneService());
    world.router(R1).acceptsSessions = false;
    world.sessions[0]?.lose();
    const lost = new Date(world.clock.wall()).toISOString();
    await world.clock.advanceAsync(3 * RETRY_TIME);
    const { state, downSince, since, history, prefixes } = peerDocument(world);
    assert.deepEqual([state, downSince, since], ['Connect', lost, null]);
    assert.deepEqual(
      history.map(({ what, says, times }) => `${what} ${says} ${times}`),
      ['up keepalive 1', 'lost lost 1', 'failed nobody answers 3'],
    );
    assert.equal(prefixes.ipv4.wanted, 1);
    assert.deepEqual(routeLines(world), ['10.20.1.1/32 no-session no session: its state is Connect']);
    world.router(R1).acceptsSessions = true;
    await world.clock.advanceAsync(RETRY_TIME);
    assert.equal(peerDocument(world).downSince, null);
    assert.deepEqual(routeLines(world), ['10.20.1.1/32 told']);
  });

  const failures: readonly (readonly [
    when: string,
    from: StateName,
    to: StateName,
    cause: TransitionCause,
  ])[] = [
    ['it was refused, and rests', 'Connect', 'Idle', 'connect-failed'],
    ['it was refused, and may be dialled', 'Connect', 'Active', 'connect-failed'],
    ['it was hung up on', 'OpenSent', 'Active', 'lost'],
    ['it was turned away', 'OpenSent', 'Active', 'turned-away'],
  ];
  for (const [when, from, to, cause] of failures) {
    it(`says that ${when}`, async () => {
      const world = await settledWorld(...oneService());
      const neighbour = world.speaker.neighbours.get('r1');
      assert.ok(neighbour !== undefined);
      world.history.stateChanged(neighbour, from, to, { cause, text: 'why', sent: null, received: null });
      const last = peerDocument(world).history.at(-1);
      assert.deepEqual([last?.what, last?.says], ['failed', 'why']);
    });
  }

  it('says what the router was told', async () => {
    const world = await settledWorld(...oneService());
    const neighbour = world.speaker.neighbours.get('r1');
    assert.ok(neighbour !== undefined);
    world.history.stateChanged(neighbour, 'OpenSent', 'Idle', {
      ...{ cause: 'bad-open', text: 'the peer is in AS 1, expected AS 2', received: null },
      sent: { kind: 'notification', code: ERROR.open, subcode: OPEN_ERROR.badPeerAs, data: new Uint8Array() },
    });
    assert.equal(peerDocument(world).history.at(-1)?.told, 'OPEN Message Error / Bad Peer AS (2/2)');
  });

  it('forgets the oldest of too much', async () => {
    const world = await settledWorld(...oneService());
    const neighbour = world.speaker.neighbours.get('r1');
    assert.ok(neighbour !== undefined);
    for (let index = 0; index < 3 * HISTORY_ENTRIES_MAX; index++)
      world.history.connectFailed(neighbour, `try ${index}`);
    const { history } = peerDocument(world);
    assert.equal(history.length, HISTORY_ENTRIES_MAX);
    assert.equal(history.at(-1)?.says, `try ${3 * HISTORY_ENTRIES_MAX - 1}`);
  });
});

describe('a BGPPeer that is wrong', () => {
  it('is named with its fault where it has no session, and with its session where that goes on', async () => {
    const world = await settledWorld(...smallCluster(peer('r1', { peerAddress: R1, bfdProfile: 'none' })));
    const { peers, notInForce } = statusApiOf(world).peers();
    assert.deepEqual(peers, []);
    assert.deepEqual(notInForce, [{ name: 'r1', says: 'peer r1 referencing non existing bfd profile none' }]);
    const other = await settledWorld(...oneService());
    await other.changeAndSettle((store) =>
      store.patch('BGPPeer metallb-system/r1', { spec: { holdTime: '1s' } }),
    );
    assert.equal(peerDocument(other).state, 'Established');
    assert.match(peerDocument(other).warnings.join(), /holdTime/);
  });
});

describe('the routes of a peer', () => {
  it('that comes are there at once, even for those who asked a moment before', async () => {
    const world = await settledWorld(...oneService());
    const view = statusApiOf(world);
    assert.deepEqual(view.routes('r2').peers, []);
    await world.changeAndSettle((store) => store.create(peer('r2', { peerAddress: R2 })));
    assert.deepEqual(
      view.routes('r2').peers.map(({ name }) => name),
      ['r2'],
    );
  });
});
