/** Established, and the events that end it. */
import { newNotification } from '../../../../../src/bgp/wire/failure.ts';
import type { EventFactory, Row } from './row.ts';
import * as on from './row.ts';

const badUpdate: EventFactory = ({ connectionId }) => ({
  kind: 'malformed',
  connectionId,
  failure: { notification: newNotification(3, 1), reason: 'the list is cut off', rfc: 'RFC 4271 6.3' },
});

const NO_HOLD_TIME = { holdTime: 0 };

export const ESTABLISHED: readonly Row[] = [
  ['8.2.2 event 1', 'Established', 'started again', on.start, [], 'Established'],
  ['8.2.2 event 2', 'Established', 'stopped', on.stop, ['6/2', 'close'], 'Idle'],
  ['RFC 9384 3', 'Established', 'BFD goes down', on.bfdDown, ['6/10', 'close'], 'Idle'],
  ['RFC 4486 4', 'Established', 'reset', on.reset, ['6/4', 'close'], 'Idle'],
  ['RFC 4724 5', 'Established', 'stopped silently', on.stopSilently, ['close'], 'Idle'],
  ['8.2.2 event 10', 'Established', 'HoldTimer', on.after(90_000), ['4/0', 'close'], 'Idle'],
  ['8.2.2 event 10', 'Established', 'no HoldTimer', on.after(10_000_000), [], 'Established', NO_HOLD_TIME],
  ['8.2.2 event 11', 'Established', 'KeepaliveTimer', on.after(30_000), ['KEEPALIVE'], 'Established'],
  ['8.2.2 event 11', 'Established', 'before the timer expires', on.after(20_000), [], 'Established'],
  ['RFC 9687 4.3', 'Established', 'SendHoldTimer', on.sendBlocked, ['8/0', 'abort'], 'Idle', NO_HOLD_TIME],
  ['RFC 9687 4.3', 'Established', 'write queue not empty', on.sendPending, [], 'Established'],
  ['8.2.2 event 16', 'Established', 'connected twice', on.connected, [], 'Established'],
  ['6.8', 'Established', 'inbound connection', on.accepted, ['refuse 6/7'], 'Established'],
  [
    'RFC 4486 4',
    'Established',
    'inbound connection, role dial',
    on.accepted,
    ['refuse 6/5'],
    'Established',
    { role: 'dial' },
  ],
  ['8.2.2 event 18', 'Established', 'lost', on.closed, ['abort'], 'Idle'],
  ['8.2.2 event 18', 'Established', 'failed', on.failed, ['abort'], 'Idle'],
  ['RFC 6608 3', 'Established', 'OPEN', on.open(), ['5/3', 'close'], 'Idle'],
  ['8.2.2 event 21', 'Established', 'malformed header', on.malformed, ['1/1', 'close'], 'Idle'],
  ['8.2.2 event 24', 'Established', 'version error', on.receivedNotification(2, 1), ['close'], 'Idle'],
  ['8.2.2 event 25', 'Established', 'NOTIFICATION', on.receivedCease, ['close'], 'Idle'],
  ['8.2.2 event 26', 'Established', 'KEEPALIVE', on.keepalive, [], 'Established'],
  ['8.2.2 event 27', 'Established', 'UPDATE', on.update, ['deliver update'], 'Established'],
  ['8.2.2 event 28', 'Established', 'malformed UPDATE', badUpdate, ['3/1', 'close'], 'Idle'],
  ['RFC 2918 4', 'Established', 'ROUTE-REFRESH', on.refresh, ['deliver route-refresh'], 'Established'],
  ...on.staleRows('Established'),

  [
    'RFC 4724 4.2',
    'Established, graceful',
    'inbound connection',
    on.accepted,
    ['abort', 'adopt', 'OPEN'],
    'OpenSent',
  ],
  ['RFC 4724 4.2', 'Established, graceful', 'lost', on.closed, ['abort'], 'Idle'],
  ['RFC 4486 4', 'Established, graceful', 'stopped', on.stop, ['6/2', 'close'], 'Idle'],
  ['RFC 9384 3', 'Established, graceful', 'BFD goes down', on.bfdDown, ['6/10', 'close'], 'Idle'],
  ['RFC 4724 5', 'Established, graceful', 'stopped silently', on.stopSilently, ['close'], 'Idle'],
  ['RFC 8538 5.1', 'Established, N bit', 'stopped', on.stop, ['6/9', 'close'], 'Idle'],
  ['RFC 8538 5.1', 'Established, N bit', 'BFD goes down', on.bfdDown, ['6/9', 'close'], 'Idle'],
  ['RFC 8538 5.1', 'Established, N bit', 'reset', on.reset, ['6/4', 'close'], 'Idle'],
  ['RFC 8538 4', 'Established, N bit', 'HoldTimer', on.after(90_000), ['4/0', 'close'], 'Idle'],
  ['RFC 8538 4', 'Established, N bit', 'NOTIFICATION', on.receivedCease, ['close'], 'Idle'],
  ['RFC 8538 3.1', 'Established, N bit', 'hard reset', on.receivedNotification(6, 9), ['close'], 'Idle'],
];
