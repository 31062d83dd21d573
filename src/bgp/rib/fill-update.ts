/** Packs one UPDATE up to the peer's maximum length; the next is packed only when the connection has room for it. */
import { invariant } from '../../base/invariant.ts';
import { ok } from '../../base/result.ts';
import type { Family } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';
import type { BgpPath } from '../attributes/path.ts';
import type { WriteTerms } from '../wire/negotiated.ts';
import { prefixBytes } from '../wire/nlri.ts';
import { type PackFailure, packAnnouncements, packWithdrawals } from '../wire/write/pack.ts';

export type UpdateInput = {
  readonly family: Family;
  /** A path without a pack failure; null: withdrawal. */
  readonly path: BgpPath | null;
  /** At least one; consumed as far as they fit. */
  readonly prefixes: Iterable<Prefix>;
};

/** `count`: prefixes in the message. */
export type FilledUpdate = { readonly message: Uint8Array; readonly count: number };

/** Why no prefix of the family can be advertised with that path, or null. */
export function packFailureOf(family: Family, path: BgpPath, terms: WriteTerms): PackFailure | null {
  const packed = packAnnouncements({ family, path, prefixes: [] }, terms);
  return packed.ok ? null : packed.error;
}

export function fillUpdate(input: UpdateInput, terms: WriteTerms): FilledUpdate {
  const packedPrefixes: Prefix[] = [];
  let message: Uint8Array | null = null;
  let room = Number.POSITIVE_INFINITY; // known once the first prefix is packed
  for (const prefix of input.prefixes) {
    room -= prefixBytes(prefix.length);
    if (room < 0) break;
    packedPrefixes.push(prefix);
    if (message !== null) continue;
    message = packOne(input, packedPrefixes, terms);
    room = terms.sendMax - message.length;
  }
  invariant(message !== null, 'an UPDATE needs a prefix');
  return {
    message: packedPrefixes.length === 1 ? message : packOne(input, packedPrefixes, terms),
    count: packedPrefixes.length,
  };
}

function packOne({ family, path }: UpdateInput, prefixes: readonly Prefix[], terms: WriteTerms): Uint8Array {
  const packed =
    path === null
      ? ok(packWithdrawals(family, prefixes, terms))
      : packAnnouncements({ family, path, prefixes }, terms);
  invariant(packed.ok, 'a path with a pack failure is never packed');
  const [message] = packed.value;
  invariant(message !== undefined && packed.value.length === 1, 'the prefixes fit into one message');
  return message;
}
