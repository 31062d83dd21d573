/** Composes valid and invalid messages from hexadecimal, and describes the result of decoding them. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attributeName } from '../../../../src/bgp/wire/attribute-kind.ts';
import type { ReadTerms } from '../../../../src/bgp/wire/negotiated.ts';
import { decodeMessage } from '../../../../src/bgp/wire/read/decode.ts';
import { fromHex, toHex } from './captured-sessions.ts';

export const TERMS: ReadTerms = {
  internal: false,
  fourOctetAs: true,
  families: [4, 6],
  extendedNextHop: false,
  receiveMax: 4096,
};

const hexOf = (value: number, octets: number): string => value.toString(16).padStart(2 * octets, '0');

const stripBlanks = (hex: string): string => hex.replace(/\s/g, '');

const byteCount = (hex: string): number => stripBlanks(hex).length / 2;

export const MARKER = 'ff'.repeat(16);

/** A message with a valid header. */
export const message = (type: number, body: string): string =>
  `${MARKER}${hexOf(19 + byteCount(body), 2)}${hexOf(type, 1)}${stripBlanks(body)}`;

export const attribute = (flags: number, type: number, value = ''): string =>
  flags & 0x10
    ? `${hexOf(flags, 1)}${hexOf(type, 1)}${hexOf(byteCount(value), 2)}${stripBlanks(value)}`
    : `${hexOf(flags, 1)}${hexOf(type, 1)}${hexOf(byteCount(value), 1)}${stripBlanks(value)}`;

export const ORIGIN = attribute(0x40, 1, '00');
export const AS_PATH = attribute(0x40, 2, '0201 0000fc00');
export const AS_PATH_2 = attribute(0x40, 2, '0201 fc00');
export const NEXT_HOP = attribute(0x40, 3, '0a000001');
/** The mandatory attributes. */
export const MANDATORY = `${ORIGIN}${AS_PATH}${NEXT_HOP}`;
/** 192.0.2.0/24. */
export const NLRI = '18c00002';
/** 2001:db8::/32 by 2001:db8::1. */
export const MP_REACH = attribute(0x80, 14, '0002 01 10 20010db8000000000000000000000001 00 2020010db8');
export const MP_UNREACH = attribute(0x80, 15, '0002 01 2020010db8');

export const update = (attributes: string, nlri = NLRI, withdrawn = ''): string =>
  message(
    2,
    `${hexOf(byteCount(withdrawn), 2)}${withdrawn}${hexOf(byteCount(attributes), 2)}${attributes}${nlri}`,
  );

/** OPEN of AS 64512, hold time 90, 10.0.0.1, with optional parameters. */
export const open = (parameters = '', head = '04 fc00 005a 0a000001'): string =>
  message(1, `${head}${hexOf(byteCount(parameters), 1)}${parameters}`);

export const capabilities = (list: string): string => `02${hexOf(byteCount(list), 1)}${list}`;

/**
 * The result of decoding, and the RFC sections of its rules: `fine`; `discard` or `withdraw` with each attribute; or
 * `reset CODE/SUBCODE DATA`.
 */
export function decodeOutcome(
  hex: string,
  terms: Partial<ReadTerms> = {},
): readonly [outcome: string, rfcs: string] {
  const read = decodeMessage(fromHex(hex), { ...TERMS, ...terms });
  if (!read.ok) {
    const { notification, rfc } = read.error;
    return [`reset ${notification.code}/${notification.subcode} ${toHex(notification.data)}`.trimEnd(), rfc];
  }
  if (read.value.kind !== 'update') return ['fine', ''];
  const { faults, announced, withdrawn } = read.value;
  if (faults.length === 0) return ['fine', ''];
  const handlingNames = { 'attribute-discard': 'discard', 'treat-as-withdraw': 'withdraw' } as const;
  const outcome = faults.map(({ type, handling }) => `${handlingNames[handling]} ${attributeName(type)}`);
  const isWithdrawn = faults.some(({ handling }) => handling === 'treat-as-withdraw');
  if (isWithdrawn && (announced.length > 0 || withdrawn.length === 0)) outcome.push('but nothing withdrawn');
  return [outcome.join(', '), [...new Set(faults.map(({ rfc }) => rfc))].join(', ')];
}

export type UpdateRow = readonly [
  rfc: string,
  title: string,
  bytes: string,
  expected: string,
  terms?: Partial<ReadTerms>,
];

/** Defines one suite for each table and one test for each row. */
export function testUpdates(tables: Readonly<Record<string, readonly UpdateRow[]>>): void {
  for (const [name, rows] of Object.entries(tables)) {
    describe(`errors of UPDATE: ${name}`, () => {
      for (const [rfc, title, bytes, expected, terms] of rows) {
        it(`${title} (${rfc})`, () => {
          const [outcome, rfcs] = decodeOutcome(bytes, terms);
          assert.equal(outcome, expected);
          if (expected !== 'fine') assert.equal(rfcs, rfc);
        });
      }
    });
  }
}
