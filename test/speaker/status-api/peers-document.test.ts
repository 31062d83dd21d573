/** Status document of peers: states, errors and history, without passwords. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TransitionCause } from '../../../src/bgp/session/events.ts';
import type { StateName } from '../../../src/bgp/session/session.ts';
import { ERROR, OPEN_ERROR } from '../../../src/bgp/wire/codes.ts';
import { HISTORY_ENTRIES_MAX } from '../../../src/speaker/session-history.ts';
import { peer, secret, serviceWithEndpoint } from '../../announce/support/cluster.ts';
import { routerOpen } from '../support/fake-router.ts';
import { RETRY_TIME } from '../support/fake-session.ts';
import {
  oneService,
  R1,
  R2,
  SpeakerHarness,
  settledHarness,
  smallCluster,
} from '../support/speaker-harness.ts';
import { peerDocument, routeLines, routesDocument, statusApiOf } from '../support/status-api.ts';

describe('a peer whose session is established', () => {
  it('is shown with both ends, the negotiated parameters and counters', async () => {
    const harness = await settledHarness(...oneService());
    const { state, since, downSince, lastError, agreed, remote, local, prefixes, drops } =
      peerDocument(harness);
    assert.deepEqual([state, downSince, lastError, drops], ['Established', null, null, 0]);
    assert.equal(since, new Date(harness.clock.wall()).toISOString());
    assert.deepEqual(local, { address: '10.213.0.11', asn: 64500, routerId: '10.213.0.11' });
    assert.deepEqual([remote.expected, remote.asn], [64512, harness.router(R1).open.asn]);
    assert.equal(agreed?.holdTime, 90);
    assert.equal(agreed?.keepaliveTime, 30);
    assert.deepEqual(prefixes.ipv4, { wanted: 1, told: 1, pending: 0, refused: 0, notCarried: 0 });
  });

  it('is shown with its interface, or none', async () => {
    const remotePeer = peer('far', { peerAddress: '10.99.0.1' });
    const harness = await settledHarness(...smallCluster(peer('r1', { peerAddress: R1 }), remotePeer));
    assert.deepEqual([peerDocument(harness).link, peerDocument(harness, 'far').link], ['eth0', null]);
  });

  it('is shown with the reason for a family that is not carried', async () => {
    const harness = new SpeakerHarness([...oneService(), ...serviceWithEndpoint('six', 'fd00:20::1')]);
    harness.router(R1).open = routerOpen({ families: [4] });
    await harness.start();
    assert.deepEqual(peerDocument(harness).agreed?.families, [
      { family: 'IPv4', says: null },
      { family: 'IPv6', says: 'the peer does not offer IPv6 unicast' },
    ]);
    assert.deepEqual(routeLines(harness), [
      '10.20.1.1/32 told',
      'fd00:20::1/128 not-carried the session does not carry IPv6: the peer does not offer it',
    ]);
    assert.equal(peerDocument(harness).prefixes.ipv6.notCarried, 1);
  });

  it('is shown as draining during a drain', async () => {
    const harness = await settledHarness(...oneService());
    harness.speaker.setDraining(true);
    assert.equal(peerDocument(harness).draining, true);
    assert.deepEqual(routesDocument(harness).routes[0]?.path?.communities, ['graceful-shutdown']);
  });
});

describe('a password', () => {
  it('is shown as set, and never revealed', async () => {
    const data = { password: Buffer.from('hunter2').toString('base64') };
    const harness = await settledHarness(
      ...smallCluster(
        peer('r1', { peerAddress: R1, passwordSecret: { name: 'pw' } }),
        peer('r2', { peerAddress: R2, password: 'swordfish' }),
      ),
      secret('pw', 'kubernetes.io/basic-auth', data),
      ...serviceWithEndpoint('a', '10.20.1.1'),
    );
    assert.deepEqual([peerDocument(harness).md5, peerDocument(harness, 'r2').md5], [true, true]);
    const view = statusApiOf(harness);
    const all = JSON.stringify([view.peers(), view.routes(null), view.service('web/a')]);
    assert.doesNotMatch(all, /hunter2|swordfish|aHVudGVyMg/);
  });
});

describe('a peer whose session is down', () => {
  it('is shown with the time and the errors since, repeated ones once', async () => {
    const harness = await settledHarness(...oneService());
    harness.router(R1).acceptsSessions = false;
    harness.sessions[0]?.lose();
    const lost = new Date(harness.clock.wall()).toISOString();
    await harness.clock.advanceAsync(3 * RETRY_TIME);
    const { state, downSince, since, history, prefixes } = peerDocument(harness);
    assert.deepEqual([state, downSince, since], ['Connect', lost, null]);
    assert.deepEqual(
      history.map(({ what, says, times }) => `${what} ${says} ${times}`),
      ['up keepalive 1', 'lost lost 1', 'failed no answer 3'],
    );
    assert.equal(prefixes.ipv4.wanted, 1);
    assert.deepEqual(routeLines(harness), ['10.20.1.1/32 no-session no session: its state is Connect']);
    harness.router(R1).acceptsSessions = true;
    await harness.clock.advanceAsync(RETRY_TIME);
    assert.equal(peerDocument(harness).downSince, null);
    assert.deepEqual(routeLines(harness), ['10.20.1.1/32 told']);
  });

  const failures: readonly (readonly [
    when: string,
    from: StateName,
    to: StateName,
    cause: TransitionCause,
  ])[] = [
    ['the connection was refused, back to Idle', 'Connect', 'Idle', 'connect-failed'],
    ['the connection was refused, inbound allowed', 'Connect', 'Active', 'connect-failed'],
    ['the connection was closed', 'OpenSent', 'Active', 'lost'],
    ['the peer rejected the connection', 'OpenSent', 'Active', 'turned-away'],
  ];
  for (const [when, from, to, cause] of failures) {
    it(`shows that ${when}`, async () => {
      const harness = await settledHarness(...oneService());
      const neighbour = harness.speaker.neighbours.get('r1');
      assert.ok(neighbour !== undefined);
      harness.history.stateChanged(neighbour, from, to, { cause, text: 'why', sent: null, received: null });
      const last = peerDocument(harness).history.at(-1);
      assert.deepEqual([last?.what, last?.says], ['failed', 'why']);
    });
  }

  it('shows the NOTIFICATION that was sent', async () => {
    const harness = await settledHarness(...oneService());
    const neighbour = harness.speaker.neighbours.get('r1');
    assert.ok(neighbour !== undefined);
    harness.history.stateChanged(neighbour, 'OpenSent', 'Idle', {
      ...{ cause: 'bad-open', text: 'the peer is in AS 1, expected AS 2', received: null },
      sent: { kind: 'notification', code: ERROR.open, subcode: OPEN_ERROR.badPeerAs, data: new Uint8Array() },
    });
    assert.equal(peerDocument(harness).history.at(-1)?.told, 'OPEN Message Error / Bad Peer AS (2/2)');
  });

  it('keeps only the latest entries', async () => {
    const harness = await settledHarness(...oneService());
    const neighbour = harness.speaker.neighbours.get('r1');
    assert.ok(neighbour !== undefined);
    for (let index = 0; index < 3 * HISTORY_ENTRIES_MAX; index++)
      harness.history.connectFailed(neighbour, `try ${index}`);
    const { history } = peerDocument(harness);
    assert.equal(history.length, HISTORY_ENTRIES_MAX);
    assert.equal(history.at(-1)?.says, `try ${3 * HISTORY_ENTRIES_MAX - 1}`);
  });
});

describe('an invalid BGPPeer', () => {
  it('is listed with its error if it has no session, else with a warning at its session', async () => {
    const harness = await settledHarness(
      ...smallCluster(peer('r1', { peerAddress: R1, bfdProfile: 'none' })),
    );
    const { peers, notInForce } = statusApiOf(harness).peers();
    assert.deepEqual(peers, []);
    assert.deepEqual(notInForce, [{ name: 'r1', says: 'peer r1 referencing non existing bfd profile none' }]);
    const other = await settledHarness(...oneService());
    await other.changeAndSettle((store) =>
      store.patch('BGPPeer metallb-system/r1', { spec: { holdTime: '1s' } }),
    );
    assert.equal(peerDocument(other).state, 'Established');
    assert.match(peerDocument(other).warnings.join(), /holdTime/);
  });
});
