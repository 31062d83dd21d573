/** OpenSent: our OPEN is out, the peer's is waited for. */
import { unicast } from '../../../../../src/bgp/wire/capability/capability.ts';
import {
  accepted,
  after,
  closed,
  connected,
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

const LOCAL_AS = { asn: 64_500 };
const INTERNAL = { peerAsn: 'internal' } as const;
const EXTERNAL = { peerAsn: 'external' } as const;
const keepaliveSent = ['KEEPALIVE'];
const badPeerAs = ['2/2', 'close'];
const badIdentifier = ['2/3', 'close'];
const unsupportedFamily = ['2/7', 'close'];
const SAME_ID = { routerId: 0x0a000001 };

export const OPEN_SENT: readonly Row[] = [
  ['8.2.2 event 1', 'OpenSent', 'started again', start, [], 'OpenSent'],
  ['8.2.2 event 2', 'OpenSent', 'stopped', stop, ['6/2', 'close'], 'Idle'],
  ['RFC 4486 4', 'OpenSent', 'reset', reset, ['6/4', 'close'], 'Idle'],
  ['RFC 4724 5', 'OpenSent', 'left', stopSilently, ['close'], 'Idle'],
  ['8.2.2 event 10', 'OpenSent', 'the large HoldTimer', after(240_000), ['4/0', 'close'], 'Idle'],
  ['8.2.2 event 10', 'OpenSent', 'before that', after(239_999), [], 'OpenSent'],
  ['8.2.2 event 16', 'OpenSent', 'connected twice', connected, [], 'OpenSent'],
  ['8.2.2 event 16', 'OpenSent', 'a dial of before is up', onClosed(connected), [], 'OpenSent'],
  ['6.8', 'OpenSent', 'dialled', accepted, ['adopt', 'OPEN'], 'OpenSent'],
  ['RFC 4486 4', 'OpenSent', 'dialled unasked', accepted, ['refuse 6/5'], 'OpenSent', { role: 'dial' }],
  ['8.2.2 event 18', 'OpenSent', 'lost', closed, ['abort'], 'Active'],
  ['8.2.2 event 18', 'OpenSent', 'failed', failed, ['abort'], 'Active'],
  ['8.2.2 event 18', 'OpenSent', 'a dial of before fails', onClosed(failed), [], 'OpenSent'],
  ['8.2.2 event 18', 'OpenSent', 'a connection of before goes', onClosed(closed), [], 'OpenSent'],
  ['8.2.2 event 21', 'OpenSent', 'a bad header', malformed, ['1/1', 'close'], 'Idle'],
  ['8.2.2 event 24', 'OpenSent', 'version error', receivedNotification(2, 1), ['close'], 'Idle'],
  ['8.2.2 event 25', 'OpenSent', 'NOTIFICATION', receivedCease, ['close'], 'Idle'],
  ['8.2.2 event 18', 'OpenSent', 'turned away', receivedNotification(6, 5), ['close'], 'Active'],
  ['6.8', 'OpenSent', 'turned away for another', receivedNotification(6, 7), ['close'], 'Active'],
  ['RFC 5492 3', 'OpenSent', 'told of parameters', receivedNotification(2, 4), ['close'], 'Idle'],
  ['RFC 6608 3', 'OpenSent', 'KEEPALIVE', keepalive, ['5/1', 'close'], 'Idle'],
  ['RFC 6608 3', 'OpenSent', 'UPDATE', update, ['5/1', 'close'], 'Idle'],
  ['RFC 6608 3', 'OpenSent', 'ROUTE-REFRESH', refresh, ['5/1', 'close'], 'Idle'],
  ['RFC 9687 4.3', 'OpenSent', 'something goes out', sendPending, [], 'OpenSent'],

  ['8.2.2 event 19', 'OpenSent', 'OPEN', open(), keepaliveSent, 'OpenConfirm'],
  ['8.2.2 event 19', 'OpenSent', 'OPEN of before', onClosed(open()), [], 'OpenSent'],
  ['6.2', 'OpenSent', 'another AS', open({ asn: 64_502 }), badPeerAs, 'Idle'],
  ['6.2', 'OpenSent', 'our own AS', open(LOCAL_AS), badPeerAs, 'Idle', EXTERNAL],
  ['6.2', 'OpenSent', 'not our AS', open(), badPeerAs, 'Idle', INTERNAL],
  ['6.2', 'OpenSent', 'our own AS, as wished', open(LOCAL_AS), keepaliveSent, 'OpenConfirm', INTERNAL],
  ['6.2', 'OpenSent', 'any other AS, as wished', open(), keepaliveSent, 'OpenConfirm', EXTERNAL],
  [
    'RFC 6793 4.1',
    'OpenSent',
    'a large AS',
    open({ asn: 4_200_000_000 }),
    keepaliveSent,
    'OpenConfirm',
    EXTERNAL,
  ],
  [
    'RFC 6286 2.2',
    'OpenSent',
    'our identifier in our AS',
    open({ ...LOCAL_AS, ...SAME_ID }),
    badIdentifier,
    'Idle',
    INTERNAL,
  ],
  ['RFC 6286 2.1', 'OpenSent', 'our identifier in another AS', open(SAME_ID), keepaliveSent, 'OpenConfirm'],
  [
    'RFC 6286 2.1',
    'OpenSent',
    'an identifier of class E',
    open({ routerId: 0xffffffff }),
    keepaliveSent,
    'OpenConfirm',
  ],
  ['4.2', 'OpenSent', 'a hold time of 3 s', open({ holdTime: 3 }), keepaliveSent, 'OpenConfirm'],
  ['4.2', 'OpenSent', 'no hold time', open({ holdTime: 0 }), keepaliveSent, 'OpenConfirm'],
  ['4.2', 'OpenSent', 'the longest hold time', open({ holdTime: 65_535 }), keepaliveSent, 'OpenConfirm'],
  ['RFC 5492 5', 'OpenSent', 'only IPv6', open({ capabilities: [unicast(6)] }), unsupportedFamily, 'Idle'],
  ['RFC 5492 5', 'OpenSent', 'no IPv6', open(), unsupportedFamily, 'Idle', { families: [6] }],
  [
    'RFC 4760 8',
    'OpenSent',
    'one of two families',
    open(),
    keepaliveSent,
    'OpenConfirm',
    { families: [6, 4] },
  ],
  ['RFC 4760 8', 'OpenSent', 'no capabilities', open({ capabilities: [] }), keepaliveSent, 'OpenConfirm'],

  ['RFC 5492 3', 'OpenSent, plain', 'OPEN', open({ capabilities: [] }), keepaliveSent, 'OpenConfirm'],
  [
    'RFC 5492 3',
    'OpenSent, plain',
    'told of parameters again',
    receivedNotification(2, 4),
    ['close'],
    'Idle',
  ],

  ['8.2.2 event 19', 'OpenSent, dialled', 'OPEN', open(), keepaliveSent, 'OpenConfirm'],
  ['8.2.2 event 18', 'OpenSent, dialled', 'lost', closed, ['abort'], 'Active'],
  ['8.2.2 event 10', 'OpenSent, dialled', 'the large HoldTimer', after(240_000), ['4/0', 'close'], 'Idle'],
];
