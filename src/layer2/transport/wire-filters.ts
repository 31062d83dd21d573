/**
 * What the kernel lets through to the wire: ARP packets about addresses near the owned ones, and packets of neighbour
 * discovery. So the many requests of a busy segment, which are for others, cost the program nothing.
 */
import {
  acceptPacket,
  type FilterInstruction,
  jumpIfAtLeast,
  jumpIfEqual,
  jumpIfGreater,
  loadByte,
  loadWord,
  PACKET_TYPE,
  rejectPacket,
} from '../../sockets/packet-filter.ts';
import type { NumberRange } from '../packets/covering-ranges.ts';

/** Ranges of one filter: jumps reach 255 instructions, and each range takes four. */
export const FILTER_RANGES_MAX = 24;

/** Its packets are those of another host, or of a VLAN that the node does not have (`PACKET_OTHERHOST`). */
const OTHER_HOST = 3;
/** Positions in a frame. */
const [NEXT_HEADER_AT, ICMP_TYPE_AT, ARP_SENDER_AT, ARP_TARGET_AT] = [20, 54, 28, 38];
const [ICMPV6, SOLICITATION, ADVERTISEMENT] = [58, 135, 136];

export const NDP_FILTER: readonly FilterInstruction[] = [
  loadByte(NEXT_HEADER_AT),
  jumpIfEqual(ICMPV6, 0, 6),
  loadByte(ICMP_TYPE_AT),
  jumpIfEqual(SOLICITATION, 1, 0),
  jumpIfEqual(ADVERTISEMENT, 0, 3),
  loadWord(PACKET_TYPE),
  jumpIfEqual(OTHER_HOST, 1, 0),
  acceptPacket,
  rejectPacket,
];

/** Lets ARP packets through whose sender or target is in one of the ranges of IPv4 addresses; at most `FILTER_RANGES_MAX`. */
export function arpFilter(ranges: readonly NumberRange[]): readonly FilterInstruction[] {
  const checks = [ARP_TARGET_AT, ARP_SENDER_AT].flatMap((position) => [
    { position },
    ...ranges.map((range) => ({ range })),
  ]);
  const length = checks.reduce((sum, check) => sum + ('range' in check ? 2 : 1), 0);
  const program: FilterInstruction[] = [];
  for (const check of checks) {
    if ('position' in check) program.push(loadWord(check.position));
    else {
      const left = length - program.length - 2; // instructions after these two; then one rejects, and one accepts
      program.push(jumpIfAtLeast(check.range.first, 0, 1), jumpIfGreater(check.range.last, 0, left + 1));
    }
  }
  return [loadWord(PACKET_TYPE), jumpIfEqual(OTHER_HOST, length, 0), ...program, rejectPacket, acceptPacket];
}
