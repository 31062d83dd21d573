/** Encodes a decoded message as Berth itself encodes it. */
import { err, ok, type Result } from '../../../base/result.ts';
import { EXTENDED_BYTES_MAX } from '../../../bgp/wire/codes.ts';
import type { Message, Update } from '../../../bgp/wire/message.ts';
import type { WriteTerms } from '../../../bgp/wire/negotiated.ts';
import { decodePrefixes } from '../../../bgp/wire/nlri.ts';
import { encodeMessage } from '../../../bgp/wire/write/encode.ts';
import {
  encodeEndOfRib,
  type PackFailure,
  packAnnouncements,
  packWithdrawals,
} from '../../../bgp/wire/write/pack.ts';

/**
 * With extended messages (RFC 8654), and AS numbers of the length that was read. An UPDATE may become several: withdrawals,
 * IPv4 and IPv6 are encoded separately.
 */
export function reEncode(message: Message, fourOctetAs: boolean): Result<readonly Uint8Array[], PackFailure> {
  const terms: WriteTerms = { fourOctetAs, extendedNextHop: true, sendMax: EXTENDED_BYTES_MAX };
  return message.kind === 'update' ? reEncodeUpdate(message, terms) : ok([encodeMessage(message, terms)]);
}

function reEncodeUpdate(
  { withdrawn, announced, attributes, endOfRib: endOfRibFamily }: Update,
  terms: WriteTerms,
) {
  const messages: Uint8Array[] = endOfRibFamily === null ? [] : [encodeEndOfRib(endOfRibFamily)];
  for (const nlri of withdrawn) messages.push(...packWithdrawals(nlri.family, decodePrefixes(nlri), terms));
  if (attributes === null) return ok(messages);
  for (const { nlri, nextHop } of announced) {
    const { family } = nlri;
    const packed = packAnnouncements(
      { family, path: { nextHop, attributes }, prefixes: decodePrefixes(nlri) },
      terms,
    );
    if (!packed.ok) return err(packed.error);
    messages.push(...packed.value);
  }
  return ok(messages);
}
