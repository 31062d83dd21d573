/** Errors of headers, OPEN, ROUTE-REFRESH and NOTIFICATION, one row each, with the section of the rule. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ReadTerms } from '../../../../src/bgp/wire/negotiated.ts';
import * as c from '../support/compose.ts';

const { capabilities, message, open } = c;

type Row = readonly [rfc: string, title: string, bytes: string, expected: string, terms?: Partial<ReadTerms>];

const LONG = { receiveMax: 65_535 };
const REFRESH = '0001 00 01';
const withHeader = (length: string, type: string, body = ''): string => `${c.MARKER}${length}${type}${body}`;
const refresh = (body: string): string => message(5, body);

const headers: readonly Row[] = [
  ['RFC 4271 4.4', 'a KEEPALIVE', message(4, ''), 'fine'],
  ['RFC 4271 6.1', 'a marker that does not begin with ones', `00${message(4, '').slice(2)}`, 'reset 1/1'],
  ['RFC 4271 6.1', 'a marker that does not end with ones', `${'ff'.repeat(15)}fe001304`, 'reset 1/1'],
  ['RFC 4271 6.1', 'a length of 18', withHeader('0012', '04'), 'reset 1/2 0012'],
  ['RFC 4271 6.1', 'a length of 0', withHeader('0000', '04'), 'reset 1/2 0000'],
  ['RFC 8654 4', 'a length of 4097', withHeader('1001', '02', '00'.repeat(4078)), 'reset 1/2 1001'],
  [
    'RFC 8654 4',
    'an UPDATE of 4097 octets, with extended messages',
    withHeader('1001', '02', `0000 0fea d063 0fe6 ${'00'.repeat(4070)}`),
    'fine',
    LONG,
  ],
  [
    'RFC 8654 4',
    'an OPEN of 4097 octets, with extended messages',
    withHeader('1001', '01', '00'.repeat(4078)),
    'reset 1/2 1001',
    LONG,
  ],
  ['RFC 4271 6.1', 'a type of 0', message(0, ''), 'reset 1/3 00'],
  ['RFC 4271 6.1', 'a type of 6', message(6, ''), 'reset 1/3 06'],
  ['RFC 4271 6.1', 'a type of 255', message(255, ''), 'reset 1/3 ff'],
  ['RFC 4271 6.1', 'a KEEPALIVE with a body', message(4, '00'), 'reset 1/2 0014'],
  ['RFC 4271 6.1', 'an OPEN of 28 octets', message(1, '04 fc00 005a 0a000001'), 'reset 1/2 001c'],
  ['RFC 4271 6.1', 'an UPDATE of 22 octets', message(2, '000000'), 'reset 1/2 0016'],
  ['RFC 4271 6.1', 'a NOTIFICATION of 20 octets', message(3, '06'), 'reset 1/2 0014'],
  ['RFC 4271 6.1', 'a ROUTE-REFRESH of 22 octets', message(5, '000100'), 'reset 1/2 0016'],
];

const opens: readonly Row[] = [
  ['RFC 4271 4.2', 'an OPEN without parameters', open(), 'fine'],
  ['RFC 4271 6.2', 'version 3', open('', '03 fc00 005a 0a000001'), 'reset 2/1 0004'],
  ['RFC 4271 6.2', 'version 5', open('', '05 fc00 005a 0a000001'), 'reset 2/1 0004'],
  ['RFC 7607 2', 'AS 0', open('', '04 0000 005a 0a000001'), 'reset 2/2'],
  ['RFC 7607 2', 'AS 0 in four octets', open(capabilities('41 04 00000000')), 'reset 2/2'],
  ['RFC 6793 9', 'AS 23456 without a four-octet AS', open('', '04 5ba0 005a 0a000001'), 'reset 2/2'],
  [
    'RFC 6793 9',
    'AS 23456 in four octets',
    open(capabilities('41 04 00005ba0'), '04 5ba0 005a 0a000001'),
    'reset 2/2',
  ],
  [
    'RFC 6793 4.1',
    'different AS numbers in two and in four octets',
    open(capabilities('41 04 0000fc01')),
    'reset 2/2',
  ],
  ['RFC 6793 4.1', 'a four-octet AS', open(capabilities('41 04 fa56ea01'), '04 5ba0 005a 0a000001'), 'fine'],
  ['RFC 4271 6.2', 'a hold time of 1', open('', '04 fc00 0001 0a000001'), 'reset 2/6'],
  ['RFC 4271 6.2', 'a hold time of 2', open('', '04 fc00 0002 0a000001'), 'reset 2/6'],
  ['RFC 4271 4.2', 'a hold time of 3', open('', '04 fc00 0003 0a000001'), 'fine'],
  ['RFC 4271 4.2', 'no hold time', open('', '04 fc00 0000 0a000001'), 'fine'],
  ['RFC 6286 2.2', 'identifier 0.0.0.0', open('', '04 fc00 005a 00000000'), 'reset 2/3'],
  ['RFC 6286 2.1', 'an identifier that is not a host address', open('', '04 fc00 005a ffffffff'), 'fine'],
  ['RFC 4271 6.2', 'a parameter of type 1', open('01 02 0000'), 'reset 2/4'],
  ['RFC 4271 6.2', 'a parameter longer than the message', open('02 08 0200'), 'reset 2/0'],
  ['RFC 4271 6.2', 'a parameter of one octet', open('02'), 'reset 2/0'],
  [
    'RFC 4271 6.2',
    'parameters longer than the message',
    message(1, '04 fc00 005a 0a000001 04 0200'),
    'reset 2/0',
  ],
  [
    'RFC 4271 6.2',
    'parameters shorter than the message',
    message(1, '04 fc00 005a 0a000001 00 0200'),
    'reset 2/0',
  ],
  ['RFC 5492 4', 'a truncated capability', open(capabilities('02')), 'reset 2/0'],
  ['RFC 5492 4', 'a capability longer than the parameter', open(capabilities('40 06 0078')), 'reset 2/0'],
  ['RFC 5492 4', 'multiprotocol of three octets', open(capabilities('01 03 000100')), 'reset 2/0'],
  ['RFC 5492 4', 'four-octet AS of two octets', open(capabilities('41 02 fc00')), 'reset 2/0'],
  ['RFC 5492 4', 'route refresh with a value', open(capabilities('02 01 00')), 'reset 2/0'],
  ['RFC 5492 4', 'graceful restart of five octets', open(capabilities('40 05 0078000101')), 'reset 2/0'],
  ['RFC 5492 4', 'extended next hop of five octets', open(capabilities('05 05 0001000100')), 'reset 2/0'],
  ['RFC 5492 3', 'an unknown capability', open(capabilities('f0 03 010203')), 'fine'],
  ['RFC 5492 4', 'a duplicate capability', open(capabilities('02 00 02 00')), 'fine'],
  [
    'RFC 5492 4',
    'two capability parameters',
    open(`${capabilities('02 00')}${capabilities('46 00')}`),
    'fine',
  ],
  [
    'RFC 9072 2',
    'extended optional parameters',
    message(1, '04 fc00 005a 0a000001 ff ff 0005 02 0002 0200'),
    'fine',
  ],
  [
    'RFC 9072 2',
    'extended optional parameters, with another length in the first field',
    message(1, '04 fc00 005a 0a000001 01 ff 0005 02 0002 0200'),
    'fine',
  ],
  [
    'RFC 4271 6.2',
    'truncated extended optional parameters',
    message(1, '04 fc00 005a 0a000001 ff ff 0009 02 0002 0200'),
    'reset 2/0',
  ],
];

const others: readonly Row[] = [
  ['RFC 2918 3', 'a ROUTE-REFRESH', refresh(REFRESH), 'fine'],
  ['RFC 7313 4', 'BoRR', refresh('0002 01 01'), 'fine'],
  ['RFC 7313 5', 'a ROUTE-REFRESH of an unknown subtype', refresh('0001 09 01'), 'fine'],
  [
    'RFC 7313 5',
    'a ROUTE-REFRESH of a wrong length',
    refresh('0001 01 01 00'),
    `reset 7/1 ${refresh('0001 01 01 00')}`,
  ],
  ['RFC 4271 4.5', 'a NOTIFICATION', message(3, '0602'), 'fine'],
  ['RFC 4271 4.5', 'a NOTIFICATION of an unknown code', message(3, 'ff00 01'), 'fine'],
  ['RFC 9003 4', 'a communication that is not UTF-8', message(3, '0602 02 c328'), 'fine'],
  ['RFC 9003 4', 'a communication longer than the message', message(3, '0602 ff 41'), 'fine'],
];

const tables = { headers, opens, others };

for (const [name, rows] of Object.entries(tables)) {
  describe(`errors of messages: ${name}`, () => {
    for (const [rfc, title, bytes, expected, terms] of rows) {
      it(`${title} (${rfc})`, () => {
        const [what, decided] = c.decodeOutcome(bytes.replace(/\s/g, ''), terms);
        assert.equal(what, expected);
        if (expected !== 'fine') assert.equal(decided, rfc);
      });
    }
  });
}
