/** What we offer, and what a peer that does not like it, or that we do not like, makes of it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ourOpen } from '../../../src/bgp/session/session.ts';
import { openOf, type Settings } from '../../../src/bgp/session/settings.ts';
import { unicast } from '../../../src/bgp/wire/capability.ts';
import { notification } from '../../../src/bgp/wire/failure.ts';
import { KEEPALIVE, type Open } from '../../../src/bgp/wire/message.ts';
import { hardReset, shutdown } from '../../../src/bgp/wire/notification.ts';
import { CEASE_RESET, OPEN, opening, RESTART, SETTINGS } from './bench.ts';
import { inState } from './places.ts';

const kinds = ({ capabilities }: Open): readonly string[] => capabilities.map(({ kind }) => kind);

describe('the OPEN', () => {
  it('offers what the settings say', () => {
    const open = openOf({ ...SETTINGS, asn: 4_200_000_000, families: [4, 6], gracefulRestart: RESTART });
    assert.deepEqual([open.asn, open.holdTime, open.routerId], [4_200_000_000, 90, 0x0a000001]);
    assert.deepEqual(open.capabilities, [
      { kind: 'multiprotocol', afi: 1, safi: 1 },
      { kind: 'multiprotocol', afi: 2, safi: 1 },
      { kind: 'route-refresh' },
      { kind: 'extended-message' },
      { kind: 'four-octet-as', asn: 4_200_000_000 },
      RESTART,
    ]);
  });

  it('offers IPv6 next hops for IPv4 where that is wished for, and where there is IPv4 (RFC 8950)', () => {
    const offers = (settings: Partial<Settings>): boolean =>
      kinds(openOf({ ...SETTINGS, ...settings })).includes('extended-next-hop');
    assert.equal(offers({ extendedNextHop: true }), true);
    assert.equal(offers({ extendedNextHop: true, families: [6] }), false);
    assert.equal(offers({ extendedNextHop: false }), false);
  });

  it('says that we were restarted until a session stands, and not afterwards (RFC 4724 3)', () => {
    const restarting = (bench: { session: Parameters<typeof ourOpen>[0] }): unknown =>
      ourOpen(bench.session).capabilities.find(({ kind }) => kind === 'graceful-restart');
    const bench = inState('Idle, resting', { gracefulRestart: { ...RESTART, restarting: true } });
    assert.deepEqual(restarting(bench), { ...RESTART, restarting: true });
    bench.after(1000).happens({ kind: 'connected', link: bench.link });
    bench.hears(opening(RESTART));
    assert.deepEqual(restarting(bench), { ...RESTART, restarting: true });
    bench.hears(KEEPALIVE);
    assert.deepEqual(restarting(bench), RESTART);
    bench.hears(CEASE_RESET);
    assert.deepEqual(restarting(bench), RESTART);
  });
});

describe('a peer that knows no capabilities (RFC 5492 3)', () => {
  const NO_PARAMETERS = notification(2, 4);

  it('is asked once more without, soon, and next time with them again', () => {
    const bench = inState('OpenSent').hears(NO_PARAMETERS);
    assert.equal(bench.session.failures, 0);
    bench.after(1000).happens({ kind: 'connected', link: bench.link });
    const [sent] = bench.actions;
    assert.ok(sent?.kind === 'send' && sent.message.kind === 'open');
    assert.deepEqual(sent.message.capabilities, []);
    bench.hears({ ...OPEN, capabilities: [] }).hears(KEEPALIVE);
    assert.ok(bench.session.phase.kind === 'Established');
    const { families, fourOctetAs, sendMax } = bench.session.phase.agreement;
    assert.deepEqual([families, fourOctetAs, sendMax], [[4], false, 4096]);
    bench.hears(CEASE_RESET);
    assert.ok(ourOpen(bench.session).capabilities.length > 0);
  });

  it('is not asked for long: when it says so again, that is a failure', () => {
    const bench = inState('OpenSent, plain').hears(NO_PARAMETERS);
    assert.equal(bench.session.failures, 1);
    assert.ok(ourOpen(bench.session).capabilities.length > 0);
  });

  it('is not asked at all where only capabilities can say what we want', () => {
    const bench = inState('OpenSent', { families: [6] }).hears(NO_PARAMETERS);
    assert.deepEqual([bench.session.failures, bench.session.plain], [1, false]);
  });
});

describe('what is said of an OPEN that we do not take', () => {
  const cases: readonly (readonly [Partial<Open>, Partial<Settings>, string])[] = [
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
      const bench = inState('OpenSent', settings).hears({ ...OPEN, ...open });
      assert.equal(bench.why.says, says);
    });
  }

  it('has the families that we want for the peer to read (RFC 5492 5)', () => {
    const bench = inState('OpenSent', { families: [6] }).hears({ ...OPEN, capabilities: [unicast(4)] });
    assert.deepEqual(bench.why.sent?.data, new Uint8Array([1, 4, 0, 2, 0, 1]));
  });
});

describe('what is said of a NOTIFICATION', () => {
  const cases = [
    [
      notification(2, 2),
      'the peer does not expect us to be AS 64500: OPEN Message Error / Bad Peer AS (2/2)',
    ],
    [
      notification(2, 3),
      'the peer does not take our BGP Identifier 10.0.0.1: OPEN Message Error / Bad BGP Identifier (2/3)',
    ],
    [
      notification(2, 6),
      'the peer does not take our hold time of 90 s: OPEN Message Error / Unacceptable Hold Time (2/6)',
    ],
    [
      shutdown(2, 'new power supply'),
      'the people of the peer shut the session down: Cease / Administrative Shutdown (6/2): "new power supply"',
    ],
    [notification(6, 3), 'the peer has us no longer in its configuration: Cease / Peer De-configured (6/3)'],
    [
      notification(2, 1),
      'the peer does not speak version 4 of BGP: OPEN Message Error / Unsupported Version Number (2/1)',
    ],
    [
      notification(2, 4),
      'the peer does not know an optional parameter of our OPEN: OPEN Message Error / Unsupported Optional Parameter (2/4)',
    ],
    [
      notification(2, 7),
      'the peer wants a capability that we did not offer: OPEN Message Error / Unsupported Capability (2/7)',
    ],
    [
      notification(6, 1),
      'the peer got more prefixes of us than it takes: Cease / Maximum Number of Prefixes Reached (6/1)',
    ],
    [
      notification(6, 5),
      'the peer does not take our connection, at least not now: Cease / Connection Rejected (6/5)',
    ],
    [
      notification(6, 7),
      'the peer keeps another connection with us: Cease / Connection Collision Resolution (6/7)',
    ],
    [
      hardReset(shutdown(2, 'gone')),
      'the peer ended the session for good: Cease / Hard Reset (6/9): Cease / Administrative Shutdown (6/2): "gone"',
    ],
    [notification(4, 0), 'the peer heard nothing of us for the hold time: Hold Timer Expired (4/0)'],
    [notification(2, 99), 'the peer does not take our OPEN: OPEN Message Error (2/99)'],
    [notification(99, 1), 'the peer ended the session: unknown error (99/1)'],
  ] as const;
  for (const [message, says] of cases) {
    it(says, () => {
      assert.equal(inState('OpenSent').hears(message).why.says, says);
    });
  }

  it('stands beside the NOTIFICATION itself', () => {
    const { why } = inState('Established').hears(CEASE_RESET);
    assert.deepEqual([why.cause, why.received, why.sent], ['notified', CEASE_RESET, null]);
  });
});
