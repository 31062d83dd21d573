/** OPEN (RFC 4271 4.2), its errors (6.2), and extended optional parameters (RFC 9072). */
import { ok, type Result } from '../../base/result.ts';
import { AS_TRANS, toTwoOctetAsn } from '../attributes/asn.ts';
import { type Capability, findCapability } from './capability.ts';
import { encodeCapability, readCapabilities } from './capability-codec.ts';
import { HEADER_BYTES, MESSAGE } from './codes.ts';
import { openFailure } from './failure.ts';
import { newMessage } from './header.ts';
import type { DecodeFailure, Open } from './message.ts';
import { put16, put32, u8, u16, u32 } from './octets.ts';

const VERSION = 4;
/** Offset of the optional parameters. */
const PARAMETERS_AT = HEADER_BYTES + 10;

/** Optional parameter types: Capabilities (RFC 5492), and Extended Length (RFC 9072), after which lengths have two octets. */
const CAPABILITIES = 2;
const EXTENDED_LENGTH = 255;

/** Octets of optional parameters whose length fits one octet: longer ones are extended (RFC 9072 2). */
const PARAMETERS_BYTES_MAX = 255;

/** Smallest hold time other than 0, in seconds (RFC 4271 4.2). */
const HOLD_TIME_MIN = 3;

/** `bytes` is a message whose header has been checked. */
export function decodeOpen(bytes: Uint8Array): Result<Open, DecodeFailure> {
  const version = u8(bytes, HEADER_BYTES);
  if (version !== VERSION) {
    const data = new Uint8Array([0, VERSION]);
    return openFailure('version', `the peer's OPEN has BGP version ${version}`, 'RFC 4271 6.2', data);
  }
  const capabilities: Capability[] = [];
  const parameterError = readParameters(bytes, capabilities);
  if (parameterError !== null) return parameterError;
  const asn = readAsn(u16(bytes, HEADER_BYTES + 1), capabilities);
  if (!asn.ok) return asn;
  const holdTime = u16(bytes, HEADER_BYTES + 3);
  if (holdTime > 0 && holdTime < HOLD_TIME_MIN) {
    const reason = `the peer offers a hold time of ${holdTime} s: it must be 0 or at least ${HOLD_TIME_MIN} s`;
    return openFailure('holdTime', reason, 'RFC 4271 6.2');
  }
  const routerId = u32(bytes, HEADER_BYTES + 5);
  if (routerId === 0) {
    return openFailure('badIdentifier', "the peer's BGP Identifier is 0.0.0.0", 'RFC 6286 2.2');
  }
  return ok({ kind: 'open', asn: asn.value, holdTime, routerId, capabilities });
}

function readAsn(field: number, capabilities: readonly Capability[]): Result<number, DecodeFailure> {
  const fourOctetAsn = findCapability(capabilities, 'four-octet-as')?.asn ?? null;
  const badPeerAs = (reason: string, rfc: string) => openFailure('badPeerAs', reason, rfc);
  if (field === 0 || fourOctetAsn === 0) return badPeerAs("the peer's OPEN has AS 0", 'RFC 7607 2');
  if (fourOctetAsn === null) {
    return field === AS_TRANS
      ? badPeerAs(`the peer's OPEN has AS ${AS_TRANS} (AS_TRANS), which is reserved`, 'RFC 6793 9')
      : ok(field);
  }
  if (fourOctetAsn === AS_TRANS)
    return badPeerAs(`the peer's OPEN has AS ${AS_TRANS} (AS_TRANS), which is reserved`, 'RFC 6793 9');
  if (field !== AS_TRANS && field !== fourOctetAsn) {
    return badPeerAs(
      `the peer's OPEN has AS ${field}, but its four-octet capability has AS ${fourOctetAsn}`,
      'RFC 6793 4.1',
    );
  }
  return ok(fourOctetAsn);
}

function readParameters(bytes: Uint8Array, into: Capability[]) {
  const malformed = (reason: string, rfc: string) => openFailure('unspecific', `the OPEN ${reason}`, rfc);
  let at = PARAMETERS_AT;
  let length = u8(bytes, at - 1);
  const isExtended = length > 0 && bytes.length >= at + 3 && u8(bytes, at) === EXTENDED_LENGTH; // RFC 9072 2: whatever `length` is
  if (isExtended) {
    length = u16(bytes, at + 1);
    at += 3;
  }
  if (at + length !== bytes.length) {
    return malformed('has optional parameters that do not match their length field', 'RFC 4271 6.2');
  }
  const headerBytes = isExtended ? 3 : 2;
  while (at < bytes.length) {
    if (bytes.length - at < headerBytes)
      return malformed('ends within an optional parameter', 'RFC 4271 6.2');
    const type = u8(bytes, at);
    const size = isExtended ? u16(bytes, at + 1) : u8(bytes, at + 1);
    at += headerBytes;
    if (at + size > bytes.length) return malformed('ends within an optional parameter', 'RFC 4271 6.2');
    if (type !== CAPABILITIES) {
      const reason = `the OPEN has an optional parameter of type ${type}`;
      return openFailure('optionalParameter', reason, 'RFC 4271 6.2');
    }
    const capabilityError = readCapabilities(bytes.subarray(at, at + size), into);
    if (capabilityError !== null) return malformed(capabilityError, 'RFC 5492 4');
    at += size;
  }
  return null;
}

/** Encodes all capabilities in one optional parameter (RFC 5492 4), extended if they are too long (RFC 9072). */
export function encodeOpen({ asn, holdTime, routerId, capabilities }: Open): Uint8Array {
  const parts = capabilities.map(encodeCapability);
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const isExtended = size + 2 > PARAMETERS_BYTES_MAX;
  const headerBytes = size === 0 ? 0 : isExtended ? 6 : 2;
  const bytes = newMessage(MESSAGE.open, PARAMETERS_AT + headerBytes + size);
  bytes[HEADER_BYTES] = VERSION;
  put16(bytes, HEADER_BYTES + 1, toTwoOctetAsn(asn));
  put16(bytes, HEADER_BYTES + 3, holdTime);
  put32(bytes, HEADER_BYTES + 5, routerId);
  let at = PARAMETERS_AT;
  if (size === 0) return bytes; // no optional parameters
  if (isExtended) {
    bytes[at - 1] = EXTENDED_LENGTH;
    bytes[at] = EXTENDED_LENGTH;
    put16(bytes, at + 1, size + 3);
    bytes[at + 3] = CAPABILITIES;
    put16(bytes, at + 4, size);
  } else {
    bytes[at - 1] = size + 2;
    bytes[at] = CAPABILITIES;
    bytes[at + 1] = size;
  }
  at += headerBytes;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
