/** Rows of the state machine's table: events by name. */
import type { SessionEvent } from '../../../../../src/bgp/session/events.ts';
import type { StateName } from '../../../../../src/bgp/session/session.ts';
import type { BgpSessionSettings } from '../../../../../src/bgp/session/settings.ts';
import { newNotification } from '../../../../../src/bgp/wire/failure.ts';
import { KEEPALIVE, type Message, type Open } from '../../../../../src/bgp/wire/message.ts';
import { ADMINISTRATIVE_RESET, OPEN, REFRESH, type SessionHarness, UPDATE } from '../harness.ts';
import type { StateVariant } from '../states.ts';

export type EventFactory = (harness: SessionHarness) => SessionEvent;

/** Sections are of RFC 4271 unless another RFC is named. */
export type Row = readonly [
  rfc: string,
  from: StateVariant,
  when: string,
  happens: EventFactory,
  does: readonly string[],
  to: StateName,
  settings?: Partial<BgpSessionSettings>,
];

export const start: EventFactory = () => ({ kind: 'start' });
export const stop: EventFactory = () => ({ kind: 'stop', cease: 2, communication: '' });
export const reset: EventFactory = () => ({ kind: 'stop', cease: 4, communication: '' });
export const stopSilently: EventFactory = () => ({ kind: 'stop', cease: null, communication: '' });
export const bfdDown: EventFactory = () => ({ kind: 'bfd-down', reason: 'no packet within 900 ms' });
export const accepted: EventFactory = () => ({ kind: 'accepted' });
export const connected: EventFactory = ({ connectionId }) => ({ kind: 'connected', connectionId });
export const failed: EventFactory = ({ connectionId }) => ({
  kind: 'connect-failed',
  connectionId,
  reason: 'refused',
});
export const closed: EventFactory = ({ connectionId }) => ({
  kind: 'closed',
  connectionId,
  reason: 'closed',
});
export const malformed: EventFactory = ({ connectionId }) => ({
  kind: 'malformed',
  connectionId,
  failure: { notification: newNotification(1, 1), reason: 'the marker is wrong', rfc: 'RFC 4271 6.1' },
});
export const sendPending: EventFactory = ({ connectionId }) => ({
  kind: 'write-progress',
  connectionId,
  hasPending: true,
});
export const after =
  (millis: number): EventFactory =>
  (harness) => {
    harness.now += millis;
    return { kind: 'tick' };
  };

/** The SendHoldTimer expires: the write queue of a peer that does not read made no progress. */
export const sendBlocked: EventFactory = (harness) => {
  harness.apply({ kind: 'write-progress', connectionId: harness.connectionId, hasPending: true });
  return after(480_000)(harness);
};

const received =
  (message: Message): EventFactory =>
  ({ connectionId }) => ({ kind: 'received', connectionId, message });

export const open = (differing: Partial<Open> = {}): EventFactory => received({ ...OPEN, ...differing });
export const receivedNotification = (code: number, subcode: number): EventFactory =>
  received(newNotification(code, subcode));
export const keepalive = received(KEEPALIVE);
export const update = received(UPDATE);
export const refresh = received(REFRESH);
export const receivedCease = received(ADMINISTRATIVE_RESET);

/** The event on the colliding connection. */
export const onColliding =
  (happens: EventFactory): EventFactory =>
  (harness) => ({ ...happens(harness), connectionId: harness.collidingId });

/** The event on a connection that was closed before. */
export const onClosed =
  (happens: EventFactory): EventFactory =>
  (harness) => ({ ...happens(harness), connectionId: 99 });

/** Events of connections and attempts that were given up: they change nothing, in whatever state the session is. */
export const staleRows = (state: StateName): readonly Row[] =>
  STALE_EVENTS.map(([rfc, when, happens]) => [rfc, state, when, onClosed(happens), [], state]);

const STALE_EVENTS: readonly (readonly [rfc: string, when: string, happens: EventFactory])[] = [
  ['8.2.2 event 16', 'stale attempt succeeds', connected],
  ['8.2.2 event 18', 'stale attempt fails', failed],
  ['8.2.2 event 18', 'stale connection closes', closed],
  ['8.2.2 event 19', 'OPEN, stale connection', open()],
  ['8.2.2 event 25', 'NOTIFICATION, stale connection', receivedCease],
  ['8.2.2 event 26', 'KEEPALIVE, stale connection', keepalive],
  ['8.2.2 event 27', 'UPDATE, stale connection', update],
  ['RFC 2918 4', 'ROUTE-REFRESH, stale connection', refresh],
  ['8.2.2 event 21', 'malformed message, stale connection', malformed],
  ['RFC 9687 4.3', 'write progress, stale connection', sendPending],
];

/** A BGP Identifier lower than ours, so that our connection is kept. */
export const LOWER_ID = { routerId: 0x0a000000 };
