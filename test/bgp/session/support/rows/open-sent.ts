/** OpenSent: our OPEN is sent, the peer's is pending. */
import { unicast } from '../../../../../src/bgp/wire/capability.ts';
import type { Row } from './row.ts';
import * as on from './row.ts';

const LOCAL_AS = { asn: 64_500 };
const INTERNAL = { peerAsn: 'internal' } as const;
const EXTERNAL = { peerAsn: 'external' } as const;
const keepaliveSent = ['KEEPALIVE'];
const badPeerAs = ['2/2', 'close'];
const badIdentifier = ['2/3', 'close'];
const unsupportedFamily = ['2/7', 'close'];
const SAME_ID = { routerId: 0x0a000001 };

export const OPEN_SENT: readonly Row[] = [
  ['8.2.2 event 1', 'OpenSent', 'started again', on.start, [], 'OpenSent'],
  ['8.2.2 event 2', 'OpenSent', 'stopped', on.stop, ['6/2', 'close'], 'Idle'],
  ['RFC 9384 3', 'OpenSent', 'BFD goes down', on.bfdDown, ['6/10', 'close'], 'Idle'],
  ['RFC 4486 4', 'OpenSent', 'reset', on.reset, ['6/4', 'close'], 'Idle'],
  ['RFC 4724 5', 'OpenSent', 'stopped silently', on.stopSilently, ['close'], 'Idle'],
  ['8.2.2 event 10', 'OpenSent', 'HoldTimer of 4 minutes', on.after(240_000), ['4/0', 'close'], 'Idle'],
  ['8.2.2 event 10', 'OpenSent', 'before the timer expires', on.after(239_999), [], 'OpenSent'],
  ['8.2.2 event 16', 'OpenSent', 'connected twice', on.connected, [], 'OpenSent'],
  ['6.8', 'OpenSent', 'inbound connection', on.accepted, ['adopt', 'OPEN'], 'OpenSent'],
  [
    'RFC 4486 4',
    'OpenSent',
    'inbound connection, role dial',
    on.accepted,
    ['refuse 6/5'],
    'OpenSent',
    { role: 'dial' },
  ],
  ['8.2.2 event 18', 'OpenSent', 'lost', on.closed, ['abort'], 'Active'],
  ['8.2.2 event 18', 'OpenSent', 'failed', on.failed, ['abort'], 'Active'],
  ['8.2.2 event 21', 'OpenSent', 'malformed header', on.malformed, ['1/1', 'close'], 'Idle'],
  ['8.2.2 event 24', 'OpenSent', 'version error', on.receivedNotification(2, 1), ['close'], 'Idle'],
  ['8.2.2 event 25', 'OpenSent', 'NOTIFICATION', on.receivedCease, ['close'], 'Idle'],
  ['8.2.2 event 18', 'OpenSent', 'Connection Rejected', on.receivedNotification(6, 5), ['close'], 'Active'],
  ['6.8', 'OpenSent', 'Connection Collision Resolution', on.receivedNotification(6, 7), ['close'], 'Active'],
  [
    'RFC 5492 3',
    'OpenSent',
    'Unsupported Optional Parameter',
    on.receivedNotification(2, 4),
    ['close'],
    'Idle',
  ],
  ['RFC 6608 3', 'OpenSent', 'KEEPALIVE', on.keepalive, ['5/1', 'close'], 'Idle'],
  ['RFC 6608 3', 'OpenSent', 'UPDATE', on.update, ['5/1', 'close'], 'Idle'],
  ['RFC 6608 3', 'OpenSent', 'ROUTE-REFRESH', on.refresh, ['5/1', 'close'], 'Idle'],
  ['RFC 9687 4.3', 'OpenSent', 'write progress', on.sendPending, [], 'OpenSent'],
  ...on.staleRows('OpenSent'),

  ['8.2.2 event 19', 'OpenSent', 'OPEN', on.open(), keepaliveSent, 'OpenConfirm'],
  ['6.2', 'OpenSent', 'another AS', on.open({ asn: 64_502 }), badPeerAs, 'Idle'],
  ['6.2', 'OpenSent', 'our own AS, peerASN external', on.open(LOCAL_AS), badPeerAs, 'Idle', EXTERNAL],
  ['6.2', 'OpenSent', 'another AS, peerASN internal', on.open(), badPeerAs, 'Idle', INTERNAL],
  [
    '6.2',
    'OpenSent',
    'our own AS, peerASN internal',
    on.open(LOCAL_AS),
    keepaliveSent,
    'OpenConfirm',
    INTERNAL,
  ],
  ['6.2', 'OpenSent', 'any other AS, peerASN external', on.open(), keepaliveSent, 'OpenConfirm', EXTERNAL],
  [
    'RFC 6793 4.1',
    'OpenSent',
    'a large AS',
    on.open({ asn: 4_200_000_000 }),
    keepaliveSent,
    'OpenConfirm',
    EXTERNAL,
  ],
  [
    'RFC 6286 2.2',
    'OpenSent',
    'our identifier in our AS',
    on.open({ ...LOCAL_AS, ...SAME_ID }),
    badIdentifier,
    'Idle',
    INTERNAL,
  ],
  [
    'RFC 6286 2.1',
    'OpenSent',
    'our identifier in another AS',
    on.open(SAME_ID),
    keepaliveSent,
    'OpenConfirm',
  ],
  [
    'RFC 6286 2.1',
    'OpenSent',
    'an identifier of class E',
    on.open({ routerId: 0xffffffff }),
    keepaliveSent,
    'OpenConfirm',
  ],
  ['4.2', 'OpenSent', 'a hold time of 3 s', on.open({ holdTime: 3 }), keepaliveSent, 'OpenConfirm'],
  ['4.2', 'OpenSent', 'no hold time', on.open({ holdTime: 0 }), keepaliveSent, 'OpenConfirm'],
  ['4.2', 'OpenSent', 'the longest hold time', on.open({ holdTime: 65_535 }), keepaliveSent, 'OpenConfirm'],
  ['RFC 5492 5', 'OpenSent', 'only IPv6', on.open({ capabilities: [unicast(6)] }), unsupportedFamily, 'Idle'],
  ['RFC 5492 5', 'OpenSent', 'no IPv6', on.open(), unsupportedFamily, 'Idle', { families: [6] }],
  [
    'RFC 4760 8',
    'OpenSent',
    'one of two families',
    on.open(),
    keepaliveSent,
    'OpenConfirm',
    { families: [6, 4] },
  ],
  ['RFC 4760 8', 'OpenSent', 'no capabilities', on.open({ capabilities: [] }), keepaliveSent, 'OpenConfirm'],

  [
    'RFC 5492 3',
    'OpenSent, no capabilities',
    'OPEN',
    on.open({ capabilities: [] }),
    keepaliveSent,
    'OpenConfirm',
  ],
  [
    'RFC 5492 3',
    'OpenSent, no capabilities',
    'Unsupported Optional Parameter again',
    on.receivedNotification(2, 4),
    ['close'],
    'Idle',
  ],

  ['8.2.2 event 19', 'OpenSent, inbound', 'OPEN', on.open(), keepaliveSent, 'OpenConfirm'],
  ['8.2.2 event 18', 'OpenSent, inbound', 'lost', on.closed, ['abort'], 'Active'],
  [
    '8.2.2 event 10',
    'OpenSent, inbound',
    'HoldTimer of 4 minutes',
    on.after(240_000),
    ['4/0', 'close'],
    'Idle',
  ],
];
