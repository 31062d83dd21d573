/** What we offer, and what a peer that does not like it, or that we do not like, makes of it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { localOpen } from '../../../src/bgp/session/session.ts';
import { type BgpSessionSettings, buildOpen } from '../../../src/bgp/session/settings.ts';
import { unicast } from '../../../src/bgp/wire/capability/capability.ts';
import { newNotification } from '../../../src/bgp/wire/failure.ts';
import { KEEPALIVE, type Open } from '../../../src/bgp/wire/message.ts';
import { newCease, wrapInHardReset } from '../../../src/bgp/wire/notification.ts';
import {
  ADMINISTRATIVE_RESET,
  GRACEFUL_RESTART,
  OPEN,
  openWithRestart,
  SETTINGS,
} from './support/harness.ts';
import { inState } from './support/states.ts';

const kinds = ({ capabilities }: Open): readonly string[] => capabilities.map(({ kind }) => kind);

describe('the OPEN', () => {
  it('offers what the settings say', () => {
    const open = buildOpen({
      ...SETTINGS,
      asn: 4_200_000_000,
      families: [4, 6],
      gracefulRestart: GRACEFUL_RESTART,
    });
    assert.deepEqual([open.asn, open.holdTime, open.routerId], [4_200_000_000, 90, 0x0a000001]);
    assert.deepEqual(open.capabilities, [
      { kind: 'multiprotocol', afi: 1, safi: 1 },
      { kind: 'multiprotocol', afi: 2, safi: 1 },
      { kind: 'route-refresh' },
      { kind: 'extended-message' },
      { kind: 'four-octet-as', asn: 4_200_000_000 },
      GRACEFUL_RESTART,
    ]);
  });

  it('offers IPv6 next hops for IPv4 where that is wished for, and where there is IPv4 (RFC 8950)', () => {
    const offers = (settings: Partial<BgpSessionSettings>): boolean =>
      kinds(buildOpen({ ...SETTINGS, ...settings })).includes('extended-next-hop');
    assert.equal(offers({ extendedNextHop: true }), true);
    assert.equal(offers({ extendedNextHop: true, families: [6] }), false);
    assert.equal(offers({ extendedNextHop: false }), false);
  });

  it('says that we were restarted until a session stands, and not afterwards (RFC 4724 3)', () => {
    const restarting = (bench: { session: Parameters<typeof localOpen>[0] }): unknown =>
      localOpen(bench.session).capabilities.find(({ kind }) => kind === 'graceful-restart');
    const bench = inState('Idle, resting', { gracefulRestart: { ...GRACEFUL_RESTART, restarting: true } });
    assert.deepEqual(restarting(bench), { ...GRACEFUL_RESTART, restarting: true });
    bench.advance(1000).apply({ kind: 'connected', connectionId: bench.connectionId });
    bench.receive(openWithRestart(GRACEFUL_RESTART));
    assert.deepEqual(restarting(bench), { ...GRACEFUL_RESTART, restarting: true });
    bench.receive(KEEPALIVE);
    assert.deepEqual(restarting(bench), GRACEFUL_RESTART);
    bench.receive(ADMINISTRATIVE_RESET);
    assert.deepEqual(restarting(bench), GRACEFUL_RESTART);
  });
});

describe('a peer that knows no capabilities (RFC 5492 3)', () => {
  const NO_PARAMETERS = newNotification(2, 4);

  it('is asked once more without, soon, and next time with them again', () => {
    const bench = inState('OpenSent').receive(NO_PARAMETERS);
    assert.equal(bench.session.failures, 0);
    bench.advance(1000).apply({ kind: 'connected', connectionId: bench.connectionId });
    const [sent] = bench.actions;
    assert.ok(sent?.kind === 'send' && sent.message.kind === 'open');
    assert.deepEqual(sent.message.capabilities, []);
    bench.receive({ ...OPEN, capabilities: [] }).receive(KEEPALIVE);
    assert.ok(bench.session.phase.kind === 'Established');
    const { families, fourOctetAs, sendMax } = bench.session.phase.negotiated;
    assert.deepEqual([families, fourOctetAs, sendMax], [[4], false, 4096]);
    bench.receive(ADMINISTRATIVE_RESET);
    assert.ok(localOpen(bench.session).capabilities.length > 0);
  });

  it('is not asked for long: when it says so again, that is a failure', () => {
    const bench = inState('OpenSent, plain').receive(NO_PARAMETERS);
    assert.equal(bench.session.failures, 1);
    assert.ok(localOpen(bench.session).capabilities.length > 0);
  });

  it('is not asked at all where only capabilities can say what we want', () => {
    const bench = inState('OpenSent', { families: [6] }).receive(NO_PARAMETERS);
    assert.deepEqual([bench.session.failures, bench.session.withoutCapabilities], [1, false]);
  });
});

describe('what is said of an OPEN that we do not take', () => {
  const cases: readonly (readonly [Partial<Open>, Partial<BgpSessionSettings>, string])[] = [
    [{ asn: 65_010 }, { peerAsn: 65_001 }, 'the peer says it is AS 65010, we expect AS 65001'],
    [{}, { peerAsn: 'internal' }, 'the peer says it is AS 64501, we expect our own AS 64500'],
    [
      { asn: 64_500 },
      { peerAsn: 'external' },
      'the peer says it is AS 64500, which is ours; we expect another one',
    ],
    [
      { asn: 64_500, routerId: SETTINGS.routerId },
      { peerAsn: 'internal' },
      'the peer is of our AS 64500 and has our own BGP Identifier 10.0.0.1: give one of us another',
    ],
    [{}, { families: [6] }, 'the peer offers IPv4 unicast, and we want IPv6 unicast'],
    [
      { capabilities: [{ kind: 'multiprotocol', afi: 25, safi: 70 }] },
      { families: [4, 6] },
      'the peer offers neither IPv4 nor IPv6 unicast, and we want IPv4 unicast and IPv6 unicast',
    ],
  ];
  for (const [open, settings, says] of cases) {
    it(says, () => {
      const bench = inState('OpenSent', settings).receive({ ...OPEN, ...open });
      assert.equal(bench.details.text, says);
    });
  }

  it('has the families that we want for the peer to read (RFC 5492 5)', () => {
    const bench = inState('OpenSent', { families: [6] }).receive({ ...OPEN, capabilities: [unicast(4)] });
    assert.deepEqual(bench.details.sent?.data, new Uint8Array([1, 4, 0, 2, 0, 1]));
  });
});

describe('what is said of a NOTIFICATION', () => {
  const cases = [
    [
      newNotification(2, 2),
      'the peer does not expect us to be AS 64500: OPEN Message Error / Bad Peer AS (2/2)',
    ],
    [
      newNotification(2, 3),
      'the peer does not take our BGP Identifier 10.0.0.1: OPEN Message Error / Bad BGP Identifier (2/3)',
    ],
    [
      newNotification(2, 6),
      'the peer does not take our hold time of 90 s: OPEN Message Error / Unacceptable Hold Time (2/6)',
    ],
    [
      newCease(2, 'new power supply'),
      'the people of the peer shut the session down: Cease / Administrative Shutdown (6/2): "new power supply"',
    ],
    [
      newNotification(6, 3),
      'the peer has us no longer in its configuration: Cease / Peer De-configured (6/3)',
    ],
    [
      newNotification(2, 1),
      'the peer does not speak version 4 of BGP: OPEN Message Error / Unsupported Version Number (2/1)',
    ],
    [
      newNotification(2, 4),
      'the peer does not know an optional parameter of our OPEN: OPEN Message Error / Unsupported Optional Parameter (2/4)',
    ],
    [
      newNotification(2, 7),
      'the peer wants a capability that we did not offer: OPEN Message Error / Unsupported Capability (2/7)',
    ],
    [
      newNotification(6, 1),
      'the peer got more prefixes of us than it takes: Cease / Maximum Number of Prefixes Reached (6/1)',
    ],
    [
      newNotification(6, 5),
      'the peer does not take our connection, at least not now: Cease / Connection Rejected (6/5)',
    ],
    [
      newNotification(6, 7),
      'the peer keeps another connection with us: Cease / Connection Collision Resolution (6/7)',
    ],
    [
      wrapInHardReset(newCease(2, 'gone')),
      'the peer ended the session for good: Cease / Hard Reset (6/9): Cease / Administrative Shutdown (6/2): "gone"',
    ],
    [newNotification(4, 0), 'the peer heard nothing of us for the hold time: Hold Timer Expired (4/0)'],
    [newNotification(2, 99), 'the peer does not take our OPEN: OPEN Message Error (2/99)'],
    [newNotification(99, 1), 'the peer ended the session: unknown error (99/1)'],
  ] as const;
  for (const [message, says] of cases) {
    it(says, () => {
      assert.equal(inState('OpenSent').receive(message).details.text, says);
    });
  }

  it('stands beside the NOTIFICATION itself', () => {
    const { details } = inState('Established').receive(ADMINISTRATIVE_RESET);
    assert.deepEqual(
      [details.cause, details.received, details.sent],
      ['notified', ADMINISTRATIVE_RESET, null],
    );
  });
});
