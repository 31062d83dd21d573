/** Decodes a stream of BGP messages; OPENs in it decide how later messages are read. */
import { err, ok, type Result } from '../../../base/result.ts';
import { findCapability } from '../../../bgp/wire/capability.ts';
import { EXTENDED_BYTES_MAX } from '../../../bgp/wire/codes.ts';
import type { DecodeFailure, Message } from '../../../bgp/wire/message.ts';
import type { ReadTerms } from '../../../bgp/wire/negotiated.ts';
import { decodeBody } from '../../../bgp/wire/read/decode.ts';
import { Framer } from '../../../bgp/wire/read/framer.ts';

export type DecodedMessage = {
  /** Offset of its first octet. */
  readonly at: number;
  readonly bytes: number;
  readonly message: Message;
  /** AS numbers were read with four octets. */
  readonly fourOctetAs: boolean;
};

/** Offset of the invalid message, and its error; null if the input ends within a message. */
export type StreamFailure = { readonly at: number; readonly failure: DecodeFailure | null };

export type DecodeOptions = { readonly external: boolean; readonly twoOctetAs: boolean };

/** Up to the first invalid message. After an OPEN without the four-octet AS capability, AS numbers have two octets. */
export function* decodeStream(
  octets: Uint8Array,
  { external, twoOctetAs }: DecodeOptions,
): Generator<Result<DecodedMessage, StreamFailure>> {
  let terms: ReadTerms = {
    internal: !external,
    fourOctetAs: !twoOctetAs,
    families: [4, 6],
    extendedNextHop: true,
    receiveMax: EXTENDED_BYTES_MAX,
  };
  const framer = new Framer(terms.receiveMax);
  framer.push(octets);
  let offset = 0;
  for (;;) {
    const next = framer.next();
    if (!next.ok) return yield err({ at: offset, failure: next.error });
    if (next.value === null) break;
    const read = decodeBody(next.value, terms);
    if (!read.ok) return yield err({ at: offset, failure: read.error });
    const message = read.value;
    yield ok({ at: offset, bytes: next.value.length, message, fourOctetAs: terms.fourOctetAs });
    if (message.kind === 'open' && findCapability(message.capabilities, 'four-octet-as') === null) {
      terms = { ...terms, fourOctetAs: false };
    }
    offset += next.value.length;
  }
  if (framer.bufferedBytes > 0) yield err({ at: offset, failure: null });
}
