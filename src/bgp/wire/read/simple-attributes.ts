/** Decodes the path attributes of fixed length into the update builder; each returns its error, or null. */

import { toNextHop } from '../../attributes/path.ts';
import { ORIGIN_CODES } from '../codes.ts';
import { u8, u16, u32 } from '../octets.ts';
import {
  type AttributeError,
  attributeDiscard,
  treatAsWithdraw,
  type UpdateBuilder,
} from '../update-builder.ts';

export function readOrigin(
  builder: UpdateBuilder,
  bytes: Uint8Array,
  at: number,
  length: number,
): AttributeError | null {
  if (length !== 1) return treatAsWithdraw('length', `has ${length} octets`, 'RFC 7606 7.1');
  const origin = ORIGIN_CODES[u8(bytes, at)];
  if (origin === undefined)
    return treatAsWithdraw('origin', `has the value ${u8(bytes, at)}`, 'RFC 7606 7.1');
  builder.origin = origin;
  return null;
}

/** `isUsed`: the NLRI field has prefixes; else the value is ignored (RFC 4760 3). */
export function readNextHop(
  builder: UpdateBuilder,
  bytes: Uint8Array,
  at: number,
  length: number,
  isUsed: boolean,
): AttributeError | null {
  if (length !== 4) return treatAsWithdraw('length', `has ${length} octets`, 'RFC 7606 7.3');
  const first = u8(bytes, at);
  if (isUsed && (first === 0 || first === 127 || first >= 224)) {
    return treatAsWithdraw('nextHop', 'is not a unicast host address', 'RFC 4271 6.3');
  }
  builder.nextHop = toNextHop({ family: 4, bits: BigInt(u32(bytes, at)) });
  return null;
}

export function readMed(
  builder: UpdateBuilder,
  bytes: Uint8Array,
  at: number,
  length: number,
): AttributeError | null {
  if (length !== 4) return treatAsWithdraw('length', `has ${length} octets`, 'RFC 7606 7.4');
  builder.med = u32(bytes, at);
  return null;
}

export function readLocalPref(
  builder: UpdateBuilder,
  bytes: Uint8Array,
  at: number,
  length: number,
): AttributeError | null {
  if (length !== 4) return treatAsWithdraw('length', `has ${length} octets`, 'RFC 7606 7.5');
  builder.localPref = u32(bytes, at);
  return null;
}

export function readAtomicAggregate(builder: UpdateBuilder, length: number): AttributeError | null {
  if (length !== 0) return attributeDiscard(`has ${length} octets`, 'RFC 7606 7.6');
  builder.atomicAggregate = true;
  return null;
}

export function readAggregator(
  builder: UpdateBuilder,
  bytes: Uint8Array,
  at: number,
  length: number,
  fourOctetAs: boolean,
): AttributeError | null {
  if (length !== (fourOctetAs ? 8 : 6)) return attributeDiscard(`has ${length} octets`, 'RFC 7606 7.7');
  const asn = fourOctetAs ? u32(bytes, at) : u16(bytes, at);
  if (asn === 0) return attributeDiscard('has AS 0', 'RFC 7607 2');
  builder.aggregator = { asn, routerId: u32(bytes, at + length - 4) };
  return null;
}

export function readAs4Aggregator(
  builder: UpdateBuilder,
  bytes: Uint8Array,
  at: number,
  length: number,
): AttributeError | null {
  if (length !== 8) return attributeDiscard(`has ${length} octets`, 'RFC 6793 6');
  const asn = u32(bytes, at);
  if (asn === 0) return attributeDiscard('has AS 0', 'RFC 7607 2');
  builder.as4Aggregator = { asn, routerId: u32(bytes, at + 4) };
  return null;
}

/** Checks that a list has at least one item, each of `itemBytes` octets. */
export function checkListLength(length: number, itemBytes: number, rfc: string): AttributeError | null {
  return length > 0 && length % itemBytes === 0
    ? null
    : treatAsWithdraw('length', `has ${length} octets`, rfc);
}
