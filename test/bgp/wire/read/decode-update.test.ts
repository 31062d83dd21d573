/** Errors of UPDATE messages, one row each, with the section of the rule (RFC 7606 before RFC 4271). */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import * as c from '../support/compose.ts';

const { attribute, update, ORIGIN, AS_PATH, NEXT_HOP, MANDATORY, NLRI, MP_REACH, MP_UNREACH } = c;

type Row = c.UpdateRow;

const INTERNAL = { internal: true };
const with_ = (more: string, nlri = NLRI): string => update(`${MANDATORY}${more}`, nlri);
const V6 = '20010db8000000000000000000000001';

const lengths: readonly Row[] = [
  ['RFC 4271 4.3', 'a valid UPDATE', with_(''), 'fine'],
  ['RFC 4271 4.3', 'only withdrawals', update('', '', NLRI), 'fine'],
  [
    'RFC 7606 3 a',
    'withdrawn routes longer than the message',
    c.message(2, '0009 18c00002 0000'),
    'reset 3/1',
  ],
  ['RFC 7606 3 a', 'attributes longer than the message', c.message(2, `0000 0040 ${MANDATORY}`), 'reset 3/1'],
  ['RFC 7606 3 a', 'attributes longer by one octet', c.message(2, '0000 0001'), 'reset 3/1'],
  ['RFC 7606 5.3', 'a withdrawn prefix of 33 bits', update('', '', '21c000020100'), 'reset 3/10'],
  ['RFC 7606 5.3', 'a truncated withdrawn prefix', update('', '', '18c000'), 'reset 3/10'],
  ['RFC 7606 5.3', 'an announced prefix of 33 bits', with_('', '21c000020100'), 'reset 3/10'],
  ['RFC 7606 5.3', 'an announced prefix of 255 bits', with_('', 'ff'), 'reset 3/10'],
  ['RFC 7606 5.3', 'a truncated announced prefix', with_('', '18c000'), 'reset 3/10'],
  ['RFC 4271 4.3', 'bits set after the length of a prefix', with_('', '14c0ffff'), 'fine'],
  ['RFC 7606 4', 'an attribute truncated in its header', with_('c0'), 'withdraw attribute 0'],
  ['RFC 7606 4', 'one truncated before its length', with_('c008'), 'withdraw COMMUNITIES'],
  ['RFC 7606 4', 'one truncated in its extended length', with_('d00800'), 'withdraw COMMUNITIES'],
  ['RFC 7606 4', 'one longer than the field', with_('c00808 0001'), 'withdraw COMMUNITIES'],
  [
    'RFC 7606 4',
    'one of extended length longer than the field',
    with_('d0080100 00'),
    'withdraw COMMUNITIES',
  ],
  ['RFC 7606 5.3', 'MP_REACH_NLRI longer than the field', with_('800e40 0002'), 'reset 3/1 800e400002'],
  ['RFC 7606 5.3', 'MP_UNREACH_NLRI longer than the field', with_('800f40 0002'), 'reset 3/1 800f400002'],
];

const flags: readonly Row[] = [
  ['RFC 7606 3 c', 'ORIGIN optional', update(`c0010100${AS_PATH}${NEXT_HOP}`), 'withdraw ORIGIN'],
  [
    'RFC 7606 3 c',
    'AS_PATH not transitive',
    update(`${ORIGIN}0002060201${'0000fc00'}${NEXT_HOP}`),
    'withdraw AS_PATH',
  ],
  ['RFC 7606 3 c', 'NEXT_HOP optional', update(`${ORIGIN}${AS_PATH}c003040a000001`), 'withdraw NEXT_HOP'],
  ['RFC 7606 3 c', 'MED transitive', with_(attribute(0xc0, 4, '00000001')), 'withdraw MULTI_EXIT_DISC'],
  [
    'RFC 7606 3 c',
    'LOCAL_PREF optional, inside',
    with_(attribute(0xc0, 5, '00000001')),
    'withdraw LOCAL_PREF',
    INTERNAL,
  ],
  ['RFC 7606 3 c', 'ATOMIC_AGGREGATE optional', with_(attribute(0xc0, 6)), 'withdraw ATOMIC_AGGREGATE'],
  [
    'RFC 7606 3 c',
    'COMMUNITIES not transitive',
    with_(attribute(0x80, 8, '00000001')),
    'withdraw COMMUNITIES',
  ],
  ['RFC 7606 3 c', 'COMMUNITIES well-known', with_(attribute(0x40, 8, '00000001')), 'withdraw COMMUNITIES'],
  [
    'RFC 7606 3 c',
    'LARGE_COMMUNITY not transitive',
    with_(attribute(0x80, 32, '00'.repeat(12))),
    'withdraw LARGE_COMMUNITY',
  ],
  [
    'RFC 7606 3 c',
    'EXTENDED COMMUNITIES well-known',
    with_(attribute(0x40, 16, '00'.repeat(8))),
    'withdraw EXTENDED COMMUNITIES',
  ],
  [
    'RFC 7606 3 c',
    'MP_REACH_NLRI transitive',
    update(`${attribute(0xc0, 14, `000201 10 ${V6} 00 2020010db8`)}${ORIGIN}${AS_PATH}`, ''),
    'withdraw MP_REACH_NLRI',
  ],
  [
    'RFC 7606 3 c',
    'MP_UNREACH_NLRI transitive',
    update(attribute(0xc0, 15, '000201 2020010db8'), ''),
    'withdraw MP_UNREACH_NLRI',
  ],
  ['RFC 4271 4.3', 'the partial bit', with_(attribute(0xe0, 8, '00000001')), 'fine'],
  ['RFC 4271 4.3', 'the four reserved bits', with_(attribute(0xcf, 8, '00000001')), 'fine'],
  ['RFC 4271 4.3', 'extended length of a short attribute', with_(attribute(0xd0, 8, '00000001')), 'fine'],
];

const missing: readonly Row[] = [
  ['RFC 7606 3 d', 'no ORIGIN', update(`${AS_PATH}${NEXT_HOP}`), 'withdraw ORIGIN'],
  ['RFC 7606 3 d', 'no AS_PATH', update(`${ORIGIN}${NEXT_HOP}`), 'withdraw AS_PATH'],
  ['RFC 7606 3 d', 'no NEXT_HOP', update(`${ORIGIN}${AS_PATH}`), 'withdraw NEXT_HOP'],
  ['RFC 7606 3 d', 'no attributes', update(''), 'withdraw ORIGIN, withdraw AS_PATH, withdraw NEXT_HOP'],
  ['RFC 7606 3 d', 'IPv6 without an AS_PATH', update(`${MP_REACH}${ORIGIN}`, ''), 'withdraw AS_PATH'],
  ['RFC 4760 3', 'IPv6 without a NEXT_HOP', update(`${MP_REACH}${ORIGIN}${AS_PATH}`, ''), 'fine'],
  ['RFC 4760 3', 'IPv4 and IPv6, each with its next hop', update(`${MP_REACH}${MANDATORY}`), 'fine'],
  ['RFC 4271 5', 'attributes without prefixes', update(ORIGIN, ''), 'fine'],
  ['RFC 4760 4', 'only withdrawals, with attributes', update(`${MP_UNREACH}${ORIGIN}`, ''), 'fine'],
];

const doubled: readonly Row[] = [
  ['RFC 7606 3 g', 'ORIGIN twice', update(`${ORIGIN}${MANDATORY}`), 'discard ORIGIN'],
  ['RFC 7606 3 g', 'ORIGIN twice, the second malformed', with_('40010107'), 'discard ORIGIN'],
  [
    'RFC 7606 3 g',
    'COMMUNITIES twice',
    with_(attribute(0xc0, 8, '00000001').repeat(2)),
    'discard COMMUNITIES',
  ],
  [
    'RFC 7606 3 g',
    'an unknown one twice',
    with_(attribute(0xc0, 99, '01').repeat(2)),
    'discard attribute 99',
  ],
  [
    'RFC 7606 3 g',
    'MP_REACH_NLRI twice',
    update(`${MP_REACH}${MP_REACH}${ORIGIN}${AS_PATH}`, ''),
    `reset 3/1 ${MP_REACH}`,
  ],
  [
    'RFC 7606 3 g',
    'MP_UNREACH_NLRI twice',
    update(`${MP_UNREACH}${MP_UNREACH}`, ''),
    `reset 3/1 ${MP_UNREACH}`,
  ],
  ['RFC 7606 5.2', 'treat-as-withdraw without prefixes', update('40010107', ''), 'reset 3/6 40010107'],
  [
    'RFC 7606 5.2',
    'treat-as-withdraw with withdrawn prefixes only',
    update(attribute(0xc0, 8, '01'), '', NLRI),
    'reset 3/5 c0080101',
  ],
  [
    'RFC 7606 5.2',
    'treat-as-withdraw with MP_UNREACH_NLRI only',
    update(`${MP_UNREACH}${attribute(0xc0, 8, '01')}`, ''),
    'reset 3/5 c0080101',
  ],
  [
    'RFC 7606 7.6',
    'attribute discard without prefixes',
    update(attribute(0x40, 6, '00'), ''),
    'discard ATOMIC_AGGREGATE',
  ],
  ['RFC 4271 6.3', 'an unknown well-known attribute', with_(attribute(0x40, 99, '01')), 'reset 3/2 40630101'],
  ['RFC 4271 5', 'an unknown optional transitive attribute', with_(attribute(0xc0, 99, '01')), 'fine'],
  ['RFC 4271 5', 'an unknown optional non-transitive attribute', with_(attribute(0x80, 99)), 'fine'],
];

const tables = { lengths, flags, missing, doubled };

c.testUpdates(tables);

it('covers the cases of the RFCs', () => {
  assert.ok(Object.values(tables).flat().length >= 50);
});
