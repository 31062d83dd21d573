/** Graceful restart in a session: when the peer's routes are retained, and when a Cease is a hard reset. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newNotification } from '../../../src/bgp/wire/failure.ts';
import { KEEPALIVE } from '../../../src/bgp/wire/message.ts';
import { shutdownCommunication, unwrapHardReset } from '../../../src/bgp/wire/notification.ts';
import { OPEN, type SessionHarness } from './support/harness.ts';
import {
  accepted,
  after,
  bfdDown,
  closed,
  type EventFactory,
  malformed,
  open,
  receivedCease,
  receivedNotification,
  reset,
  sendBlocked,
  stop,
  stopSilently,
} from './support/rows/row.ts';
import { inState, type StateVariant } from './support/states.ts';

function retainsRoutes({ actions }: SessionHarness): boolean {
  const action = actions.find(({ kind }) => kind === 'state-changed');
  assert.ok(action?.kind === 'state-changed');
  return action.retainsRoutes;
}

describe('the routes of a peer', () => {
  const rows: readonly (readonly [
    when: string,
    happens: EventFactory,
    plain: boolean,
    graceful: boolean,
    notifying: boolean,
  ])[] = [
    ['the connection is lost', closed, false, true, true],
    ['it sends a NOTIFICATION', receivedCease, false, false, true],
    ['it sends Administrative Shutdown', receivedNotification(6, 2), false, false, true],
    ['it sends a hard reset', receivedNotification(6, 9), false, false, false],
    ['the hold timer expires', after(90_000), false, false, true],
    ['it sends a malformed message', malformed, false, false, true],
    ['it sends a second OPEN', open(), false, false, true],
    ['our BFD session goes down', bfdDown, false, false, false],
    ['we shut the session down', stop, false, false, false],
    ['we reset the session', reset, false, false, false],
    ['we stop without a NOTIFICATION', stopSilently, false, false, false],
  ];
  const variants = ['Established', 'Established, graceful', 'Established, N bit'] as const;
  const named: Readonly<Record<(typeof variants)[number], string>> = {
    Established: 'without graceful restart',
    'Established, graceful': 'with graceful restart (RFC 4724 4.2)',
    'Established, N bit': 'with the N bit on both sides (RFC 8538 4)',
  };
  const retains = (variant: StateVariant, happens: EventFactory): boolean => {
    const harness = inState(variant);
    return retainsRoutes(harness.apply(happens(harness)));
  };
  for (const [when, happens, ...retained] of rows) {
    for (const [at, variant] of variants.entries()) {
      it(`${retained[at] ? 'are retained' : 'are dropped'} when ${when}, ${named[variant]}`, () => {
        assert.equal(retains(variant, happens), retained[at]);
      });
    }
  }

  it('are retained when it opens a new connection', () => {
    assert.equal(retains('Established, graceful', accepted), true);
  });

  it('are retained when the send hold timer expires, with the N bit on both sides', () => {
    const harness = inState('Established, N bit', { holdTime: 0 });
    assert.equal(retainsRoutes(harness.apply(sendBlocked(harness))), true);
  });

  it('are never retained before the session is established', () => {
    const harness = inState('OpenSent');
    assert.equal(retainsRoutes(harness.apply(closed(harness))), false);
  });
});

describe('graceful restart (RFC 4724)', () => {
  it('accepts a new connection as the restart of the peer', () => {
    const harness = inState('Established, graceful').apply({ kind: 'accepted' });
    assert.deepEqual([harness.state, harness.details.cause], ['OpenSent', 'replaced']);
    harness.receive(OPEN).receive(KEEPALIVE);
    assert.equal(harness.state, 'Established');
  });

  it('is excluded by an Administrative Shutdown, sent as a hard reset (RFC 8538 3.1)', () => {
    const harness = inState('Established, N bit');
    harness.apply({ kind: 'stop', cease: 2, communication: 'moved away' });
    const { sent } = harness.details;
    assert.ok(sent !== null);
    const inner = unwrapHardReset(sent);
    assert.ok(inner !== null);
    assert.deepEqual([inner.code, inner.subcode, shutdownCommunication(inner)], [6, 2, 'moved away']);
  });

  it('is excluded by BFD Down, sent as a hard reset', () => {
    const harness = inState('Established, N bit').apply({ kind: 'bfd-down', reason: 'silence' });
    assert.deepEqual(harness.actionNames, ['6/9', 'close']);
  });

  it('covers an Administrative Reset, which is not wrapped', () => {
    const harness = inState('Established, N bit').apply({ kind: 'stop', cease: 4, communication: '' });
    assert.deepEqual(harness.details.sent, newNotification(6, 4));
  });

  it('covers a stop without a NOTIFICATION', () => {
    const harness = inState('Established, graceful').apply({ kind: 'stop', cease: null, communication: '' });
    assert.deepEqual([harness.actionNames, harness.details.sent], [['close'], null]);
  });
});
