/** Established, and how it ends. */
import { notification } from '../../../../src/bgp/wire/failure.ts';
import {
  accepted,
  after,
  ceased,
  closed,
  connected,
  failed,
  type Happens,
  keepalive,
  leave,
  malformed,
  notified,
  open,
  type Row,
  refresh,
  reset,
  start,
  stop,
  strays,
  update,
  waits,
} from './row.ts';

const badUpdate: Happens = ({ link }) => ({
  kind: 'malformed',
  link,
  failure: { notification: notification(3, 1), says: 'the list is cut off', rfc: 'RFC 4271 6.3' },
});

/** Of a peer that takes nothing: heard, but not read by. */
const stuck: Happens = (bench) => {
  bench.happens({ kind: 'outflow', link: bench.link, waiting: true });
  return after(480_000)(bench);
};

const NONE = { holdTime: 0 };

export const ESTABLISHED: readonly Row[] = [
  ['8.2.2 event 1', 'Established', 'started again', start, [], 'Established'],
  ['8.2.2 event 2', 'Established', 'stopped', stop, ['6/2', 'close'], 'Idle'],
  ['RFC 4486 4', 'Established', 'reset', reset, ['6/4', 'close'], 'Idle'],
  ['RFC 4724 5', 'Established', 'left', leave, ['close'], 'Idle'],
  ['8.2.2 event 10', 'Established', 'HoldTimer', after(90_000), ['4/0', 'close'], 'Idle'],
  ['8.2.2 event 10', 'Established', 'no HoldTimer', after(10_000_000), [], 'Established', NONE],
  ['8.2.2 event 11', 'Established', 'KeepaliveTimer', after(30_000), ['KEEPALIVE'], 'Established'],
  ['8.2.2 event 11', 'Established', 'before that', after(20_000), [], 'Established'],
  ['RFC 9687 4.3', 'Established', 'SendHoldTimer', stuck, ['8/0', 'abort'], 'Idle', NONE],
  ['RFC 9687 4.3', 'Established', 'something waits', waits, [], 'Established'],
  ['8.2.2 event 16', 'Established', 'connected twice', connected, [], 'Established'],
  ['6.8', 'Established', 'dialled', accepted, ['refuse 6/7'], 'Established'],
  ['RFC 4486 4', 'Established', 'dialled unasked', accepted, ['refuse 6/5'], 'Established', { role: 'dial' }],
  ['8.2.2 event 18', 'Established', 'lost', closed, ['abort'], 'Idle'],
  ['8.2.2 event 18', 'Established', 'failed', failed, ['abort'], 'Idle'],
  ['8.2.2 event 18', 'Established', 'a connection of before goes', strays(closed), [], 'Established'],
  ['RFC 6608 3', 'Established', 'OPEN', open(), ['5/3', 'close'], 'Idle'],
  ['8.2.2 event 21', 'Established', 'a bad header', malformed, ['1/1', 'close'], 'Idle'],
  ['8.2.2 event 24', 'Established', 'version error', notified(2, 1), ['close'], 'Idle'],
  ['8.2.2 event 25', 'Established', 'NOTIFICATION', ceased, ['close'], 'Idle'],
  ['8.2.2 event 26', 'Established', 'KEEPALIVE', keepalive, [], 'Established'],
  ['8.2.2 event 27', 'Established', 'UPDATE', update, ['deliver update'], 'Established'],
  ['8.2.2 event 27', 'Established', 'UPDATE of before', strays(update), [], 'Established'],
  ['8.2.2 event 28', 'Established', 'a bad UPDATE', badUpdate, ['3/1', 'close'], 'Idle'],
  ['RFC 2918 4', 'Established', 'ROUTE-REFRESH', refresh, ['deliver route-refresh'], 'Established'],

  ['RFC 4724 4.2', 'Established, graceful', 'dialled', accepted, ['abort', 'adopt', 'OPEN'], 'OpenSent'],
  ['RFC 4724 4.2', 'Established, graceful', 'lost', closed, ['abort'], 'Idle'],
  ['RFC 4486 4', 'Established, graceful', 'stopped', stop, ['6/2', 'close'], 'Idle'],
  ['RFC 4724 5', 'Established, graceful', 'left', leave, ['close'], 'Idle'],
  ['RFC 8538 5.1', 'Established, notifying', 'stopped', stop, ['6/9', 'close'], 'Idle'],
  ['RFC 8538 5.1', 'Established, notifying', 'reset', reset, ['6/4', 'close'], 'Idle'],
  ['RFC 8538 4', 'Established, notifying', 'HoldTimer', after(90_000), ['4/0', 'close'], 'Idle'],
  ['RFC 8538 4', 'Established, notifying', 'NOTIFICATION', ceased, ['close'], 'Idle'],
  ['RFC 8538 3.1', 'Established, notifying', 'hard reset', notified(6, 9), ['close'], 'Idle'],
];
