/** Graceful restart as far as a session knows of it: whose routes stay, and who is told that nobody comes back. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newNotification } from '../../../src/bgp/wire/failure.ts';
import { KEEPALIVE } from '../../../src/bgp/wire/message.ts';
import { shutdownCommunication, unwrapHardReset } from '../../../src/bgp/wire/notification.ts';
import { OPEN, type SessionHarness } from './support/harness.ts';
import {
  accepted,
  after,
  closed,
  type EventFactory,
  malformed,
  open,
  receivedCease,
  receivedNotification,
  reset,
  stop,
  stopSilently,
} from './support/rows/row.ts';
import { inState, type StateVariant } from './support/states.ts';

function retainsRoutes({ actions }: SessionHarness): boolean {
  const moved = actions.find(({ kind }) => kind === 'moved');
  assert.ok(moved?.kind === 'moved');
  return moved.retainsRoutes;
}

const sendBlocked: EventFactory = (harness) => {
  harness.apply({ kind: 'outflow', connectionId: harness.connectionId, hasPending: true });
  return after(480_000)(harness);
};

describe('the routes of a peer', () => {
  const rows: readonly (readonly [
    when: string,
    happens: EventFactory,
    plain: boolean,
    graceful: boolean,
    notifying: boolean,
  ])[] = [
    ['its connection goes', closed, false, true, true],
    ['it sends a NOTIFICATION', receivedCease, false, false, true],
    ['it shuts down', receivedNotification(6, 2), false, false, true],
    ['it sends a hard reset', receivedNotification(6, 9), false, false, false],
    ['the hold time is over', after(90_000), false, false, true],
    ['it sends nonsense', malformed, false, false, true],
    ['it sends a second OPEN', open(), false, false, true],
    ['we are stopped', stop, false, false, false],
    ['we are reset', reset, false, false, false],
    ['we leave', stopSilently, false, false, false],
  ];
  const places = ['Established', 'Established, graceful', 'Established, notifying'] as const;
  const named: Readonly<Record<(typeof places)[number], string>> = {
    Established: 'without graceful restart',
    'Established, graceful': 'with it (RFC 4724 4.2)',
    'Established, notifying': 'with the N bit of both (RFC 8538 4)',
  };
  const holds = (place: StateVariant, happens: EventFactory): boolean => {
    const bench = inState(place);
    return retainsRoutes(bench.apply(happens(bench)));
  };
  for (const [when, happens, ...stay] of rows) {
    for (const [at, place] of places.entries()) {
      it(`${stay[at] ? 'stay' : 'go'} when ${when}, ${named[place]}`, () => {
        assert.equal(holds(place, happens), stay[at]);
      });
    }
  }

  it('stay when it opens a new connection', () => {
    assert.equal(holds('Established, graceful', accepted), true);
  });

  it('stay, with the N bit of both, when it takes nothing any more', () => {
    const bench = inState('Established, notifying', { holdTime: 0 });
    assert.equal(retainsRoutes(bench.apply(sendBlocked(bench))), true);
  });

  it('are no matter before the session stands', () => {
    const bench = inState('OpenSent');
    assert.equal(retainsRoutes(bench.apply(closed(bench))), false);
  });
});

describe('graceful restart (RFC 4724)', () => {
  it('takes a new connection for the sign that the peer was restarted', () => {
    const bench = inState('Established, graceful').apply({ kind: 'accepted' });
    assert.deepEqual([bench.state, bench.details.cause], ['OpenSent', 'replaced']);
    bench.receive(OPEN).receive(KEEPALIVE);
    assert.equal(bench.state, 'Established');
  });

  it('is not hoped for where we shut down for good: what is said is wrapped (RFC 8538 3.1)', () => {
    const bench = inState('Established, notifying');
    bench.apply({ kind: 'stop', cease: 2, communication: 'moved away' });
    const { sent } = bench.details;
    assert.ok(sent !== null);
    const inner = unwrapHardReset(sent);
    assert.ok(inner !== null);
    assert.deepEqual([inner.code, inner.subcode, shutdownCommunication(inner)], [6, 2, 'moved away']);
  });

  it('is not hoped for where BFD has lost the peer either', () => {
    const bench = inState('Established, notifying').apply({ kind: 'stop', cease: 10, communication: '' });
    assert.deepEqual(bench.actionWords, ['6/9', 'close']);
  });

  it('goes on over a reset, which is not wrapped', () => {
    const bench = inState('Established, notifying').apply({ kind: 'stop', cease: 4, communication: '' });
    assert.deepEqual(bench.details.sent, newNotification(6, 4));
  });

  it('begins for the peer where we leave without a word', () => {
    const bench = inState('Established, graceful').apply({ kind: 'stop', cease: null, communication: '' });
    assert.deepEqual([bench.actionWords, bench.details.sent], [['close'], null]);
  });
});
