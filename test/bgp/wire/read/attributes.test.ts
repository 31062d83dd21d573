/** Errors of single path attributes in an UPDATE, one row each, with the section of the rule. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import * as c from '../support/compose.ts';

const { attribute, update, ORIGIN, AS_PATH, NEXT_HOP, MANDATORY } = c;

type Row = c.UpdateRow;

const INTERNAL = { internal: true };
const TWO_OCTETS = { fourOctetAs: false };
const with_ = (more: string): string => update(`${MANDATORY}${more}`);
/** An UPDATE with that value of AS_PATH. */
const path = (value: string): string => update(`${ORIGIN}${attribute(0x40, 2, value)}${NEXT_HOP}`);
const hop = (value: string): string => update(`${ORIGIN}${AS_PATH}${attribute(0x40, 3, value)}`);
const reach = (value: string): string => update(`${attribute(0x80, 14, value)}${ORIGIN}${AS_PATH}`, '');
const V6 = '20010db8000000000000000000000001';
const mpData = (value: string): string => attribute(0x80, 14, value);

const values: readonly Row[] = [
  [
    'RFC 7606 7.1',
    'ORIGIN of two octets',
    update(`${attribute(0x40, 1, '0000')}${AS_PATH}${NEXT_HOP}`),
    'withdraw ORIGIN',
  ],
  [
    'RFC 7606 7.1',
    'ORIGIN of zero octets',
    update(`${attribute(0x40, 1)}${AS_PATH}${NEXT_HOP}`),
    'withdraw ORIGIN',
  ],
  ['RFC 7606 7.1', 'ORIGIN 3', update(`${attribute(0x40, 1, '03')}${AS_PATH}${NEXT_HOP}`), 'withdraw ORIGIN'],
  ['RFC 4271 4.3', 'an empty AS_PATH', path(''), 'fine'],
  ['RFC 4271 4.3', 'AS_PATH with a set', path('0201 0000fc00 0102 0000fc01 0000fc02'), 'fine'],
  ['RFC 7606 7.2', 'a segment of type 0', path('0001 0000fc00'), 'withdraw AS_PATH'],
  ['RFC 7606 7.2', 'a segment of type 5', path('0501 0000fc00'), 'withdraw AS_PATH'],
  ['RFC 7606 7.2', 'an empty segment', path('0200'), 'withdraw AS_PATH'],
  ['RFC 7606 7.2', 'a segment longer than the path', path('0202 0000fc00'), 'withdraw AS_PATH'],
  ['RFC 7606 7.2', 'a segment shorter than the path', path('0201 0000fc00 02'), 'withdraw AS_PATH'],
  ['RFC 7606 7.2', 'two-octet AS numbers where four are negotiated', path('0201 fc00'), 'withdraw AS_PATH'],
  ['RFC 7607 2', 'AS 0', path('0201 00000000'), 'withdraw AS_PATH'],
  ['RFC 5065 5', 'a confederation segment over eBGP', path('0301 0000fc00'), 'withdraw AS_PATH'],
  ['RFC 5065 3', 'a confederation segment over iBGP', path('0301 0000fc00'), 'fine', INTERNAL],
  ['RFC 7606 7.3', 'NEXT_HOP of three octets', hop('0a0000'), 'withdraw NEXT_HOP'],
  ['RFC 7606 7.3', 'NEXT_HOP of sixteen', hop(V6), 'withdraw NEXT_HOP'],
  ['RFC 4271 6.3', 'NEXT_HOP 0.0.0.0', hop('00000000'), 'withdraw NEXT_HOP'],
  ['RFC 4271 6.3', 'NEXT_HOP 127.0.0.1', hop('7f000001'), 'withdraw NEXT_HOP'],
  ['RFC 4271 6.3', 'NEXT_HOP 224.0.0.5', hop('e0000005'), 'withdraw NEXT_HOP'],
  ['RFC 7606 7.4', 'MED of three octets', with_(attribute(0x80, 4, '000001')), 'withdraw MULTI_EXIT_DISC'],
  ['RFC 7606 7.4', 'MED of zero octets', with_(attribute(0x80, 4)), 'withdraw MULTI_EXIT_DISC'],
  ['RFC 7606 7.5', 'LOCAL_PREF over eBGP', with_(attribute(0x40, 5, '00000001')), 'discard LOCAL_PREF'],
  ['RFC 7606 7.5', 'malformed LOCAL_PREF over eBGP', with_(attribute(0x40, 5, '01')), 'discard LOCAL_PREF'],
  [
    'RFC 7606 7.5',
    'LOCAL_PREF of five octets',
    with_(attribute(0x40, 5, '0000000100')),
    'withdraw LOCAL_PREF',
    INTERNAL,
  ],
  [
    'RFC 7606 7.6',
    'ATOMIC_AGGREGATE of one octet',
    with_(attribute(0x40, 6, '00')),
    'discard ATOMIC_AGGREGATE',
  ],
  [
    'RFC 7606 7.7',
    'AGGREGATOR of six octets',
    with_(attribute(0xc0, 7, 'fc00 0a000001')),
    'discard AGGREGATOR',
  ],
  [
    'RFC 7606 7.7',
    'AGGREGATOR of eight octets from a two-octet peer',
    update(`${ORIGIN}${c.AS_PATH_2}${NEXT_HOP}${attribute(0xc0, 7, '0000fc00 0a000001')}`),
    'discard AGGREGATOR',
    TWO_OCTETS,
  ],
  ['RFC 7607 2', 'AGGREGATOR of AS 0', with_(attribute(0xc0, 7, '00000000 0a000001')), 'discard AGGREGATOR'],
  [
    'RFC 7606 7.8',
    'COMMUNITIES of three octets',
    with_(attribute(0xc0, 8, '000001')),
    'withdraw COMMUNITIES',
  ],
  ['RFC 7606 7.8', 'COMMUNITIES of zero octets', with_(attribute(0xc0, 8)), 'withdraw COMMUNITIES'],
  ['RFC 7606 7.9', 'ORIGINATOR_ID over eBGP', with_(attribute(0x80, 9, '0a000001')), 'discard ORIGINATOR_ID'],
  [
    'RFC 7606 7.9',
    'ORIGINATOR_ID of three octets',
    with_(attribute(0x80, 9, '0a0000')),
    'withdraw ORIGINATOR_ID',
    INTERNAL,
  ],
  ['RFC 7606 7.10', 'CLUSTER_LIST over eBGP', with_(attribute(0x80, 10, '0a000001')), 'discard CLUSTER_LIST'],
  [
    'RFC 7606 7.10',
    'CLUSTER_LIST of five octets',
    with_(attribute(0x80, 10, '0a00000100')),
    'withdraw CLUSTER_LIST',
    INTERNAL,
  ],
  [
    'RFC 7606 7.10',
    'CLUSTER_LIST of zero octets',
    with_(attribute(0x80, 10)),
    'withdraw CLUSTER_LIST',
    INTERNAL,
  ],
  [
    'RFC 7606 7.14',
    'EXTENDED COMMUNITIES of twelve octets',
    with_(attribute(0xc0, 16, '00'.repeat(12))),
    'withdraw EXTENDED COMMUNITIES',
  ],
  [
    'RFC 7606 7.14',
    'EXTENDED COMMUNITIES of zero octets',
    with_(attribute(0xc0, 16)),
    'withdraw EXTENDED COMMUNITIES',
  ],
  [
    'RFC 7606 7.15',
    'IPv6 EXTENDED COMMUNITIES of eight octets',
    with_(attribute(0xc0, 25, '00'.repeat(8))),
    'withdraw IPv6 EXTENDED COMMUNITIES',
  ],
  [
    'RFC 8092 6',
    'LARGE_COMMUNITY of eight octets',
    with_(attribute(0xc0, 32, '00'.repeat(8))),
    'withdraw LARGE_COMMUNITY',
  ],
  ['RFC 8092 6', 'LARGE_COMMUNITY of zero octets', with_(attribute(0xc0, 32)), 'withdraw LARGE_COMMUNITY'],
];

const old = (more: string): string => update(`${ORIGIN}${c.AS_PATH_2}${NEXT_HOP}${more}`);

const fourOctets: readonly Row[] = [
  [
    'RFC 6793 6',
    'AS4_PATH from a four-octet peer',
    with_(attribute(0xc0, 17, '0201 0000fc00')),
    'discard AS4_PATH',
  ],
  [
    'RFC 6793 6',
    'AS4_AGGREGATOR from a four-octet peer',
    with_(attribute(0xc0, 18, '0000fc00 0a000001')),
    'discard AS4_AGGREGATOR',
  ],
  [
    'RFC 6793 4.2.3',
    'AS4_PATH from a two-octet peer',
    old(attribute(0xc0, 17, '0201 fa56ea01')),
    'fine',
    TWO_OCTETS,
  ],
  ['RFC 6793 6', 'an empty AS4_PATH', old(attribute(0xc0, 17)), 'discard AS4_PATH', TWO_OCTETS],
  [
    'RFC 6793 6',
    'AS4_PATH with an empty segment',
    old(attribute(0xc0, 17, '0200')),
    'discard AS4_PATH',
    TWO_OCTETS,
  ],
  [
    'RFC 6793 6',
    'AS4_PATH with a truncated segment',
    old(attribute(0xc0, 17, '0202 0000fc00')),
    'discard AS4_PATH',
    TWO_OCTETS,
  ],
  [
    'RFC 6793 6',
    'AS4_PATH with a segment of type 9',
    old(attribute(0xc0, 17, '0901 0000fc00')),
    'discard AS4_PATH',
    TWO_OCTETS,
  ],
  [
    'RFC 6793 6',
    'AS4_PATH with a confederation segment',
    old(attribute(0xc0, 17, '0301 0000fc00')),
    'fine',
    TWO_OCTETS,
  ],
  [
    'RFC 6793 6',
    'AS4_AGGREGATOR of six octets',
    old(attribute(0xc0, 18, 'fc00 0a000001')),
    'discard AS4_AGGREGATOR',
    TWO_OCTETS,
  ],
];

const families: readonly Row[] = [
  ['RFC 7606 7.11', 'MP_REACH_NLRI of four octets', reach('00020110'), `reset 3/9 ${mpData('00020110')}`],
  [
    'RFC 7606 7.11',
    'a next hop of 4 octets for IPv6',
    reach('00020104 0a000001 00'),
    `reset 3/9 ${mpData('00020104 0a000001 00')}`,
  ],
  [
    'RFC 7606 7.11',
    'a next hop of 24 octets',
    reach(`00020118 ${V6}0000000000000000 00`),
    `reset 3/9 ${mpData(`00020118 ${V6}0000000000000000 00`)}`,
  ],
  [
    'RFC 7606 7.11',
    'a next hop longer than the attribute',
    reach('00020120 2001 00'),
    `reset 3/9 ${mpData('00020120 2001 00')}`,
  ],
  [
    'RFC 7606 5.3',
    'an IPv6 prefix of 129 bits',
    reach(`00020110 ${V6} 00 81${V6}00`),
    `reset 3/9 ${mpData(`00020110 ${V6} 00 81${V6}00`)}`,
  ],
  [
    'RFC 7606 5.3',
    'a truncated IPv6 prefix',
    reach(`00020110 ${V6} 00 40 2001`),
    `reset 3/9 ${mpData(`00020110 ${V6} 00 40 2001`)}`,
  ],
  [
    'RFC 2545 3',
    'a global and a link-local next hop',
    reach(`00020120 ${V6}fe80000000000000000000000000000100 20 20010db8`),
    'fine',
  ],
  ['RFC 4760 3', 'IPv4 in MP_REACH_NLRI', reach('000101 04 0a000001 00 18c00002'), 'fine'],
  [
    'RFC 7606 7.11',
    'IPv4 with an IPv6 next hop, not negotiated',
    reach(`000101 10 ${V6} 00 18c00002`),
    `reset 3/9 ${mpData(`000101 10 ${V6} 00 18c00002`)}`,
  ],
  [
    'RFC 8950 3',
    'IPv4 with an IPv6 next hop, negotiated',
    reach(`000101 10 ${V6} 00 18c00002`),
    'fine',
    { extendedNextHop: true },
  ],
  [
    'RFC 4760 8',
    'VPN prefixes, not negotiated',
    reach('000180 0c 0000000000000000 0a000001 00 70'),
    'discard MP_REACH_NLRI',
  ],
  [
    'RFC 4760 8',
    'IPv6, not negotiated',
    reach(`00020110 ${V6} 00 2020010db8`),
    'discard MP_REACH_NLRI',
    { families: [4] },
  ],
  [
    'RFC 7606 7.12',
    'MP_UNREACH_NLRI of two octets',
    update(attribute(0x80, 15, '0002'), ''),
    `reset 3/9 ${attribute(0x80, 15, '0002')}`,
  ],
  [
    'RFC 7606 5.3',
    'a withdrawn IPv6 prefix of 200 bits',
    update(attribute(0x80, 15, '000201 c8'), ''),
    `reset 3/9 ${attribute(0x80, 15, '000201 c8')}`,
  ],
  [
    'RFC 4760 8',
    'withdrawals of a family that was not negotiated',
    update(attribute(0x80, 15, '400401 18'), ''),
    'discard MP_UNREACH_NLRI',
  ],
  ['RFC 4724 2', 'the End-of-RIB of IPv6', update(attribute(0x80, 15, '000201'), ''), 'fine'],
  ['RFC 4724 2', 'the End-of-RIB of IPv4', update('', ''), 'fine'],
];

const tables = { values, fourOctets, families };

c.testUpdates(tables);

it('covers the cases of the RFCs', () => {
  assert.ok(Object.values(tables).flat().length >= 50);
});
