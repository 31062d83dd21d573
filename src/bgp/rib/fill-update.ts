/** One UPDATE, as full as the peer takes it: the next ones are not packed before the connection has room for them. */
import { invariant } from '../../base/invariant.ts';
import { ok } from '../../base/result.ts';
import type { Family } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';
import type { BgpPath } from '../attributes/path.ts';
import type { WriteTerms } from '../wire/negotiated.ts';
import { prefixBytes } from '../wire/nlri.ts';
import { type PackFailure, packAnnouncements, packWithdrawals } from '../wire/pack.ts';

export type UpdateInput = {
  readonly family: Family;
  /** Such as can be told; null: withdrawn. */
  readonly path: BgpPath | null;
  /** One at least; read as far as they find room. */
  readonly prefixes: Iterable<Prefix>;
};

/** `count` of the prefixes stand in it. */
export type FilledUpdate = { readonly message: Uint8Array; readonly count: number };

/** Why no prefix of the family can be told with that path, or null. */
export function packFailureOf(family: Family, path: BgpPath, terms: WriteTerms): PackFailure | null {
  const packed = packAnnouncements({ family, path, prefixes: [] }, terms);
  return packed.ok ? null : packed.error;
}

export function fillUpdate(input: UpdateInput, terms: WriteTerms): FilledUpdate {
  const packedPrefixes: Prefix[] = [];
  let message: Uint8Array | null = null;
  let room = Number.POSITIVE_INFINITY; // until the first shows what the path leaves
  for (const prefix of input.prefixes) {
    room -= prefixBytes(prefix.length);
    if (room < 0) break;
    packedPrefixes.push(prefix);
    if (message !== null) continue;
    message = packOne(input, packedPrefixes, terms);
    room = terms.sendMax - message.length;
  }
  invariant(message !== null, 'there is a prefix to tell of');
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
  invariant(packed.ok, 'a path with an obstacle is not packed');
  const [message] = packed.value;
  invariant(message !== undefined && packed.value.length === 1, 'the prefixes fit into one message');
  return message;
}
