/** Established, and how it ends. */
import { newNotification } from '../../../../../src/bgp/wire/failure.ts';
import {
  accepted,
  after,
  closed,
  connected,
  type EventFactory,
  failed,
  keepalive,
  malformed,
  onClosed,
  open,
  type Row,
  receivedCease,
  receivedNotification,
  refresh,
  reset,
  sendPending,
  start,
  stop,
  stopSilently,
  update,
} from './row.ts';

const badUpdate: EventFactory = ({ connectionId }) => ({
  kind: 'malformed',
  connectionId,
  failure: { notification: newNotification(3, 1), reason: 'the list is cut off', rfc: 'RFC 4271 6.3' },
});

/** Of a peer that takes nothing: heard, but not read by. */
const sendBlocked: EventFactory = (harness) => {
  harness.apply({ kind: 'outflow', connectionId: harness.connectionId, hasPending: true });
  return after(480_000)(harness);
};

const NO_HOLD_TIME = { holdTime: 0 };

export const ESTABLISHED: readonly Row[] = [
  ['8.2.2 event 1', 'Established', 'started again', start, [], 'Established'],
  ['8.2.2 event 2', 'Established', 'stopped', stop, ['6/2', 'close'], 'Idle'],
  ['RFC 4486 4', 'Established', 'reset', reset, ['6/4', 'close'], 'Idle'],
  ['RFC 4724 5', 'Established', 'left', stopSilently, ['close'], 'Idle'],
  ['8.2.2 event 10', 'Established', 'HoldTimer', after(90_000), ['4/0', 'close'], 'Idle'],
  ['8.2.2 event 10', 'Established', 'no HoldTimer', after(10_000_000), [], 'Established', NO_HOLD_TIME],
  ['8.2.2 event 11', 'Established', 'KeepaliveTimer', after(30_000), ['KEEPALIVE'], 'Established'],
  ['8.2.2 event 11', 'Established', 'before that', after(20_000), [], 'Established'],
  ['RFC 9687 4.3', 'Established', 'SendHoldTimer', sendBlocked, ['8/0', 'abort'], 'Idle', NO_HOLD_TIME],
  ['RFC 9687 4.3', 'Established', 'something waits', sendPending, [], 'Established'],
  ['8.2.2 event 16', 'Established', 'connected twice', connected, [], 'Established'],
  ['6.8', 'Established', 'dialled', accepted, ['refuse 6/7'], 'Established'],
  ['RFC 4486 4', 'Established', 'dialled unasked', accepted, ['refuse 6/5'], 'Established', { role: 'dial' }],
  ['8.2.2 event 18', 'Established', 'lost', closed, ['abort'], 'Idle'],
  ['8.2.2 event 18', 'Established', 'failed', failed, ['abort'], 'Idle'],
  ['8.2.2 event 18', 'Established', 'a connection of before goes', onClosed(closed), [], 'Established'],
  ['RFC 6608 3', 'Established', 'OPEN', open(), ['5/3', 'close'], 'Idle'],
  ['8.2.2 event 21', 'Established', 'a bad header', malformed, ['1/1', 'close'], 'Idle'],
  ['8.2.2 event 24', 'Established', 'version error', receivedNotification(2, 1), ['close'], 'Idle'],
  ['8.2.2 event 25', 'Established', 'NOTIFICATION', receivedCease, ['close'], 'Idle'],
  ['8.2.2 event 26', 'Established', 'KEEPALIVE', keepalive, [], 'Established'],
  ['8.2.2 event 27', 'Established', 'UPDATE', update, ['deliver update'], 'Established'],
  ['8.2.2 event 27', 'Established', 'UPDATE of before', onClosed(update), [], 'Established'],
  ['8.2.2 event 28', 'Established', 'a bad UPDATE', badUpdate, ['3/1', 'close'], 'Idle'],
  ['RFC 2918 4', 'Established', 'ROUTE-REFRESH', refresh, ['deliver route-refresh'], 'Established'],

  ['RFC 4724 4.2', 'Established, graceful', 'dialled', accepted, ['abort', 'adopt', 'OPEN'], 'OpenSent'],
  ['RFC 4724 4.2', 'Established, graceful', 'lost', closed, ['abort'], 'Idle'],
  ['RFC 4486 4', 'Established, graceful', 'stopped', stop, ['6/2', 'close'], 'Idle'],
  ['RFC 4724 5', 'Established, graceful', 'left', stopSilently, ['close'], 'Idle'],
  ['RFC 8538 5.1', 'Established, notifying', 'stopped', stop, ['6/9', 'close'], 'Idle'],
  ['RFC 8538 5.1', 'Established, notifying', 'reset', reset, ['6/4', 'close'], 'Idle'],
  ['RFC 8538 4', 'Established, notifying', 'HoldTimer', after(90_000), ['4/0', 'close'], 'Idle'],
  ['RFC 8538 4', 'Established, notifying', 'NOTIFICATION', receivedCease, ['close'], 'Idle'],
  ['RFC 8538 3.1', 'Established, notifying', 'hard reset', receivedNotification(6, 9), ['close'], 'Idle'],
];
