/** The kernel filter of a receiving socket: what arrives with too low a TTL is dropped before the program sees it. */
import type { Address, Family } from '../../net/address.ts';
import {
  acceptPacket,
  type FilterInstruction,
  jumpIfAtLeast,
  jumpIfEqual,
  loadByte,
  loadHalfword,
  NETWORK_HEADER,
  rejectPacket,
  ttlFilter,
} from '../../sockets/packet-filter.ts';
import type { ExpectedRemote } from './sockets.ts';

const TTL_OFFSET: Readonly<Record<Family, number>> = { 4: 8, 6: 7 };
const SOURCE_OFFSET: Readonly<Record<Family, number>> = { 4: 12, 6: 8 };
const HALFWORDS: Readonly<Record<Family, number>> = { 4: 2, 6: 8 };

/** The strictest of all remotes, for every packet. */
export const strictestFilter = (
  family: Family,
  remotes: readonly ExpectedRemote[],
): readonly FilterInstruction[] =>
  ttlFilter(family, Math.max(...remotes.map(({ minimumTtl }) => minimumTtl)));

/** Each remote has its own minimum; others have the lowest of all, and no session. */
export function remoteTtlFilter(
  family: Family,
  remotes: readonly ExpectedRemote[],
): readonly FilterInstruction[] {
  const lowest = Math.min(...remotes.map(({ minimumTtl }) => minimumTtl));
  const stricter = remotes.filter(({ minimumTtl }) => minimumTtl > lowest);
  return [...stricter.flatMap((remote) => remoteBlock(family, remote)), ...ttlFilter(family, lowest)];
}

/** Compares the source address, 16 bits at a time. If it differs, the block is left. */
function remoteBlock(family: Family, { remote, minimumTtl }: ExpectedRemote): readonly FilterInstruction[] {
  const verdict = [
    loadByte(NETWORK_HEADER + TTL_OFFSET[family]),
    jumpIfAtLeast(minimumTtl, 0, 1),
    acceptPacket,
    rejectPacket,
  ];
  const compared = HALFWORDS[family];
  const comparisons = Array.from({ length: compared }, (_, index) => {
    const left = 2 * (compared - index - 1) + verdict.length;
    return [
      loadHalfword(NETWORK_HEADER + SOURCE_OFFSET[family] + 2 * index),
      jumpIfEqual(halfwordOf(remote, compared - index - 1), 0, left),
    ];
  });
  return [...comparisons.flat(), ...verdict];
}

const halfwordOf = ({ bits }: Address, fromEnd: number): number =>
  Number((bits >> BigInt(16 * fromEnd)) & 0xffffn);
