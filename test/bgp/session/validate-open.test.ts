/** Our OPEN, the validation of the peer's OPEN, and the sentences for both sides' rejections. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { localOpen } from '../../../src/bgp/session/session.ts';
import { type BgpSessionSettings, buildOpen } from '../../../src/bgp/session/settings.ts';
import { unicast } from '../../../src/bgp/wire/capability.ts';
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
  it('has the AS, hold time, identifier and capabilities of the settings', () => {
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
      { kind: 'enhanced-route-refresh' },
      { kind: 'extended-message' },
      { kind: 'four-octet-as', asn: 4_200_000_000 },
      GRACEFUL_RESTART,
    ]);
  });

  it('offers IPv6 next hops for IPv4 if configured, and only with the IPv4 family (RFC 8950)', () => {
    const offers = (settings: Partial<BgpSessionSettings>): boolean =>
      kinds(buildOpen({ ...SETTINGS, ...settings })).includes('extended-next-hop');
    assert.equal(offers({ extendedNextHop: true }), true);
    assert.equal(offers({ extendedNextHop: true, families: [6] }), false);
    assert.equal(offers({ extendedNextHop: false }), false);
  });

  const identifiers: readonly (readonly [
    title: string,
    settings: Partial<BgpSessionSettings>,
    localIPv4: number | undefined,
    sent: number,
  ])[] = [
    ['the configured one, whatever the local address', {}, 0x0a000009, SETTINGS.routerId],
    ['the local IPv4 address, if it is provisional', { isRouterIdProvisional: true }, 0x0a000009, 0x0a000009],
    ['the provisional one over IPv6', { isRouterIdProvisional: true }, undefined, SETTINGS.routerId],
  ];
  for (const [title, settings, localIPv4, sent] of identifiers) {
    it(`has as its BGP Identifier ${title}`, () => {
      const harness = inState('Idle, holding', settings).advance(1000);
      const local = localIPv4 === undefined ? {} : { localIPv4 };
      harness.apply({ kind: 'connected', connectionId: harness.connectionId, ...local });
      const [first] = harness.actions;
      assert.ok(first?.kind === 'send' && first.message.kind === 'open');
      assert.equal(first.message.routerId, sent);
    });
  }

  it('has one BGP Identifier over connections that collide, and a refused one changes nothing (RFC 4271 6.8)', () => {
    const provisional = { isRouterIdProvisional: true };
    const colliding = inState('Connect', provisional);
    colliding.apply({ kind: 'connected', connectionId: colliding.connectionId, localIPv4: 0x0a000009 });
    colliding.apply({ kind: 'accepted', localIPv4: 0x0a00000a });
    const open = colliding.actions.find(({ kind }) => kind === 'send');
    assert.ok(open?.kind === 'send' && open.message.kind === 'open');
    assert.equal(open.message.routerId, 0x0a000009);
    for (const state of ['Established', 'Idle'] as const) {
      const refusing = inState(state, provisional);
      const { routerId } = refusing.session.settings;
      refusing.apply({ kind: 'accepted', localIPv4: 0x0a00000a });
      assert.deepEqual([refusing.actionNames.length, refusing.session.settings.routerId], [1, routerId]);
    }
  });

  it('has the R bit until a session is established, and not afterwards (RFC 4724 3)', () => {
    const restartCapability = (harness: { session: Parameters<typeof localOpen>[0] }): unknown =>
      localOpen(harness.session).capabilities.find(({ kind }) => kind === 'graceful-restart');
    const harness = inState('Idle, holding', { gracefulRestart: { ...GRACEFUL_RESTART, restarting: true } });
    assert.deepEqual(restartCapability(harness), { ...GRACEFUL_RESTART, restarting: true });
    harness.advance(1000).apply({ kind: 'connected', connectionId: harness.connectionId });
    harness.receive(openWithRestart(GRACEFUL_RESTART));
    assert.deepEqual(restartCapability(harness), { ...GRACEFUL_RESTART, restarting: true });
    harness.receive(KEEPALIVE);
    assert.deepEqual(restartCapability(harness), GRACEFUL_RESTART);
    harness.receive(ADMINISTRATIVE_RESET);
    assert.deepEqual(restartCapability(harness), GRACEFUL_RESTART);
  });
});

describe('a peer without support for capabilities (RFC 5492 3)', () => {
  const NO_PARAMETERS = newNotification(2, 4);

  it('gets one OPEN without capabilities, and the next session offers them again', () => {
    const harness = inState('OpenSent').receive(NO_PARAMETERS);
    assert.equal(harness.session.failures, 0);
    harness.advance(1000).apply({ kind: 'connected', connectionId: harness.connectionId });
    const [sent] = harness.actions;
    assert.ok(sent?.kind === 'send' && sent.message.kind === 'open');
    assert.deepEqual(sent.message.capabilities, []);
    harness.receive({ ...OPEN, capabilities: [] }).receive(KEEPALIVE);
    assert.ok(harness.session.phase.kind === 'Established');
    const { families, fourOctetAs, sendMax } = harness.session.phase.negotiated;
    assert.deepEqual([families, fourOctetAs, sendMax], [[4], false, 4096]);
    harness.receive(ADMINISTRATIVE_RESET);
    assert.ok(localOpen(harness.session).capabilities.length > 0);
  });

  it('counts as a failure if it rejects the OPEN without capabilities too', () => {
    const harness = inState('OpenSent, no capabilities').receive(NO_PARAMETERS);
    assert.equal(harness.session.failures, 1);
    assert.ok(localOpen(harness.session).capabilities.length > 0);
  });

  it('gets no OPEN without capabilities if our families need them', () => {
    const harness = inState('OpenSent', { families: [6] }).receive(NO_PARAMETERS);
    assert.deepEqual([harness.session.failures, harness.session.withoutCapabilities], [1, false]);
  });
});

describe('the reason for rejecting an OPEN', () => {
  const cases: readonly (readonly [Partial<Open>, Partial<BgpSessionSettings>, string])[] = [
    [{ asn: 65_010 }, { peerAsn: 65_001 }, 'the peer is in AS 65010, expected AS 65001'],
    [{}, { peerAsn: 'internal' }, 'the peer is in AS 64501, expected our own AS 64500'],
    [{ asn: 64_500 }, { peerAsn: 'external' }, 'the peer is in our own AS 64500, expected another one'],
    [
      { asn: 64_500, routerId: SETTINGS.routerId },
      { peerAsn: 'internal' },
      'the peer has our BGP Identifier 10.0.0.1 in the same AS 64500: change one of the two',
    ],
    [{}, { families: [6] }, 'no common address family: the peer offers IPv4 unicast, we offer IPv6 unicast'],
    [
      { capabilities: [{ kind: 'multiprotocol', afi: 25, safi: 70 }] },
      { families: [4, 6] },
      'no common address family: the peer offers neither IPv4 nor IPv6 unicast, we offer IPv4 unicast and IPv6 unicast',
    ],
  ];
  for (const [open, settings, title] of cases) {
    it(title, () => {
      const harness = inState('OpenSent', settings).receive({ ...OPEN, ...open });
      assert.equal(harness.details.text, title);
    });
  }

  it('is sent with the families that we require (RFC 5492 5)', () => {
    const harness = inState('OpenSent', { families: [6] }).receive({ ...OPEN, capabilities: [unicast(4)] });
    assert.deepEqual(harness.details.sent?.data, new Uint8Array([1, 4, 0, 2, 0, 1]));
  });
});

describe('the explanation of a received NOTIFICATION', () => {
  const cases = [
    [newNotification(2, 2), 'the peer rejects our AS number 64500: OPEN Message Error / Bad Peer AS (2/2)'],
    [
      newNotification(2, 3),
      'the peer rejects our BGP Identifier 10.0.0.1: OPEN Message Error / Bad BGP Identifier (2/3)',
    ],
    [
      newNotification(2, 6),
      'the peer rejects our hold time of 90 s: OPEN Message Error / Unacceptable Hold Time (2/6)',
    ],
    [
      newCease(2, 'new power supply'),
      'the peer\'s administrator shut the session down: Cease / Administrative Shutdown (6/2): "new power supply"',
    ],
    [
      newNotification(6, 3),
      'the peer removed this session from its configuration: Cease / Peer De-configured (6/3)',
    ],
    [
      newNotification(2, 1),
      'the peer does not support BGP version 4: OPEN Message Error / Unsupported Version Number (2/1)',
    ],
    [
      newNotification(2, 4),
      'the peer does not support an optional parameter of our OPEN: OPEN Message Error / Unsupported Optional Parameter (2/4)',
    ],
    [
      newNotification(2, 7),
      'the peer requires a capability that we do not offer: OPEN Message Error / Unsupported Capability (2/7)',
    ],
    [
      newNotification(6, 1),
      'we sent more prefixes than the peer accepts: Cease / Maximum Number of Prefixes Reached (6/1)',
    ],
    [
      newNotification(6, 5),
      'the peer rejected our connection, at least for now: Cease / Connection Rejected (6/5)',
    ],
    [
      newNotification(6, 7),
      'connection collision: the peer keeps the other connection: Cease / Connection Collision Resolution (6/7)',
    ],
    [
      wrapInHardReset(newCease(2, 'gone')),
      `the peer's administrator shut the session down: Cease / Hard Reset (6/9): Cease / Administrative Shutdown (6/2): "gone"`,
    ],
    [
      newNotification(6, 10),
      'the BFD session of the peer with us went down, so the path from us to the peer failed: Cease / BFD Down (6/10)',
    ],
    [
      wrapInHardReset(newNotification(6, 10)),
      'the BFD session of the peer with us went down, so the path from us to the peer failed: Cease / Hard Reset (6/9): Cease / BFD Down (6/10)',
    ],
    [
      wrapInHardReset(newNotification(4, 0)),
      'the peer ended the session without graceful restart: Cease / Hard Reset (6/9): Hold Timer Expired (4/0)',
    ],
    [
      newNotification(4, 0),
      'the peer received no message from us within its hold time: Hold Timer Expired (4/0)',
    ],
    [newNotification(2, 99), 'the peer rejected our OPEN: OPEN Message Error (2/99)'],
    [newNotification(99, 1), 'the peer ended the session: unknown error (99/1)'],
  ] as const;
  for (const [message, title] of cases) {
    it(title, () => {
      assert.equal(inState('OpenSent').receive(message).details.text, title);
    });
  }

  it('is kept together with the NOTIFICATION', () => {
    const { details } = inState('Established').receive(ADMINISTRATIVE_RESET);
    assert.deepEqual(
      [details.cause, details.received, details.sent],
      ['notified', ADMINISTRATIVE_RESET, null],
    );
  });
});
