/** Active: waits for an inbound connection, or for the next attempt; `delayed`: a connection is up, our OPEN is delayed. */
import type { Row } from './row.ts';
import * as on from './row.ts';

const DELAY_OPEN = { delayOpen: 5000 };

export const ACTIVE: readonly Row[] = [
  ['8.2.2 event 1', 'Active', 'started again', on.start, [], 'Active'],
  ['8.2.2 event 2', 'Active', 'stopped', on.stop, [], 'Idle'],
  ['RFC 5882 4.2', 'Active', 'BFD goes down', on.bfdDown, [], 'Active'],
  ['8.2.2 event 2', 'Active', 'stopped silently', on.stopSilently, [], 'Idle'],
  ['8.2.2 event 9', 'Active', 'no timer with role listen', on.after(10_000_000), [], 'Active'],
  ['8.2.2 event 17', 'Active', 'inbound connection', on.accepted, ['adopt', 'OPEN'], 'OpenSent'],
  [
    '8.2.2 event 17',
    'Active',
    'inbound connection, OPEN delayed',
    on.accepted,
    ['adopt'],
    'Active',
    DELAY_OPEN,
  ],
  ...on.staleRows('Active'),

  ['8.2.2 event 9', 'Active, retrying', 'ConnectRetryTimer', on.after(1000), ['dial'], 'Connect'],
  ['8.2.2 event 9', 'Active, retrying', 'before the timer expires', on.after(700), [], 'Active'],
  ['8.2.2 event 2', 'Active, retrying', 'stopped', on.stop, [], 'Idle'],
  ['RFC 5882 4.2', 'Active, retrying', 'BFD goes down', on.bfdDown, [], 'Active'],
  ['8.2.2 event 17', 'Active, retrying', 'inbound connection', on.accepted, ['adopt', 'OPEN'], 'OpenSent'],

  ['8.2.2 event 1', 'Active, delayed', 'started again', on.start, [], 'Active'],
  ['8.2.2 event 2', 'Active, delayed', 'stopped', on.stop, ['close'], 'Idle'],
  ['RFC 5882 4.2', 'Active, delayed', 'BFD goes down', on.bfdDown, [], 'Active'],
  ['8.2.2 event 12', 'Active, delayed', 'DelayOpenTimer', on.after(5000), ['OPEN'], 'OpenSent'],
  ['8.2.2 event 12', 'Active, delayed', 'before the timer expires', on.after(4999), [], 'Active'],
  [
    '8.2.2 event 17',
    'Active, delayed',
    'another inbound connection',
    on.accepted,
    ['abort', 'adopt'],
    'Active',
  ],
  ['8.2.2 event 18', 'Active, delayed', 'lost', on.closed, ['abort'], 'Idle'],
  ['8.2.2 event 20', 'Active, delayed', 'OPEN', on.open(), ['OPEN', 'KEEPALIVE'], 'OpenConfirm'],
  [
    '8.2.2 event 22',
    'Active, delayed',
    'OPEN with a wrong AS',
    on.open({ asn: 1 }),
    ['OPEN', '2/2', 'close'],
    'Idle',
  ],
  ['8.2.2 event 22', 'Active, delayed', 'malformed message', on.malformed, ['1/1', 'close'], 'Idle'],
  ['8.2.2 event 24', 'Active, delayed', 'version error', on.receivedNotification(2, 1), ['close'], 'Idle'],
  ['8.2.2 event 25', 'Active, delayed', 'NOTIFICATION', on.receivedCease, ['close'], 'Idle'],
  [
    '8.2.2 event 25',
    'Active, delayed',
    'the peer rejects its own connection',
    on.receivedNotification(6, 5),
    ['close'],
    'Idle',
  ],
  ['8.2.2 event 26', 'Active, delayed', 'KEEPALIVE', on.keepalive, ['5/0', 'close'], 'Idle'],
  ['8.2.2 event 27', 'Active, delayed', 'UPDATE', on.update, ['5/0', 'close'], 'Idle'],
  ['RFC 6608 3', 'Active, delayed', 'ROUTE-REFRESH', on.refresh, ['5/0', 'close'], 'Idle'],
];
