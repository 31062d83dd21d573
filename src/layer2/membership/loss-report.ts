/**
 * A datagram by which a speaker tells all others whom it has lost: at once, and without the API server. It is signed with each
 * key of the speakers that is accepted now (HMAC-SHA-256), and is not read before a signature was found right.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { fieldsOf, textOf, textsOf } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { SpeakerKey } from './key-ring.ts';

export type LossReport = {
  /** Name of its Node. */
  readonly sender: string;
  /** Of the sender's process: reports of an earlier one count no more. */
  readonly boot: string;
  /** Increases with every change of `lost`. */
  readonly sequence: number;
  /** Increases with every datagram of the process. 0 from a speaker of a version that did not count them. */
  readonly serial: number;
  /** All that the sender watches and does not hear, though it should. */
  readonly lost: readonly string[];
};

export type ReportFault = 'malformed' | 'forged';

/** "Berth", version 1. */
const MAGIC = new Uint8Array([0x42, 0x45, 0x52, 1]);
const KEYS_OFFSET = MAGIC.length;
const FIRST_KEY = KEYS_OFFSET + 1;
const MAC_OCTETS = 32;
/** Key ID and signature. */
const KEY_OCTETS = 1 + MAC_OCTETS;

/** Of a report; a full mesh of nodes with the longest names is shorter. */
export const REPORT_OCTETS_MAX = 16_384;

export function encodeReport(
  { sender, boot, sequence, serial, lost }: LossReport,
  keys: readonly SpeakerKey[],
): Uint8Array {
  const body = new TextEncoder().encode(JSON.stringify({ sender, boot, sequence, serial, lost }));
  const octets = new Uint8Array(FIRST_KEY + keys.length * KEY_OCTETS + body.length);
  octets.set(MAGIC);
  octets[KEYS_OFFSET] = keys.length;
  for (const [index, key] of keys.entries()) {
    octets[FIRST_KEY + index * KEY_OCTETS] = key.id;
    octets.set(macOf(body, key), FIRST_KEY + index * KEY_OCTETS + 1);
  }
  octets.set(body, FIRST_KEY + keys.length * KEY_OCTETS);
  return octets;
}

/** Never throws, whatever the octets are. */
export function decodeReport(
  octets: Uint8Array,
  keys: readonly SpeakerKey[],
): Result<LossReport, ReportFault> {
  const count = octets[KEYS_OFFSET] ?? 0;
  const bodyAt = FIRST_KEY + count * KEY_OCTETS;
  const isOurs = MAGIC.every((octet, index) => octets[index] === octet);
  if (!isOurs || octets.length <= bodyAt || octets.length > REPORT_OCTETS_MAX) return err('malformed');
  const body = octets.subarray(bodyAt);
  const isSigned = Array.from({ length: count }, (_, index) => FIRST_KEY + index * KEY_OCTETS).some((at) =>
    keys.some(
      (key) =>
        key.id === octets[at] && timingSafeEqual(octets.subarray(at + 1, at + KEY_OCTETS), macOf(body, key)),
    ),
  );
  return isSigned ? readBody(body) : err('forged');
}

const macOf = (body: Uint8Array, key: SpeakerKey): Uint8Array =>
  createHmac('sha256', key.verdict).update(body).digest();

function readBody(body: Uint8Array): Result<LossReport, ReportFault> {
  const { sender, boot, sequence, serial = 0, lost } = fieldsOf(parse(body));
  const isCounted = Number.isSafeInteger(sequence) && Number.isSafeInteger(serial);
  if (textOf(sender) === '' || textOf(boot) === '' || !isCounted) return err('malformed');
  return ok({
    ...{ sender: textOf(sender), boot: textOf(boot), sequence: Number(sequence), serial: Number(serial) },
    lost: textsOf(lost),
  });
}

/** Null for what is no JSON: a speaker of another version may have signed something else. */
function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return null;
  }
}
