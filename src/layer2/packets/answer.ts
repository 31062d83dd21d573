/**
 * What is done with one frame: it is answered, it claims an address of ours for another host, or it is left alone. A pure
 * function, for ARP (RFC 826, 5227) and neighbour discovery (RFC 4861, 4862).
 */
import type { Address, Family } from '../../net/address.ts';
import { type ArpPacket, arpReply, readArp } from './arp-packet.ts';
import {
  BROADCAST_MAC,
  destinationMac,
  ETHERTYPE,
  isGroupMac,
  isZero,
  type ReceivedFrame,
  readEthernetHeader,
  sameBytes,
  sourceMac,
} from './ethernet-frame.ts';
import type { FrameVerdict, IgnoredFrameReason, Standing } from './frame-verdict.ts';
import { ALL_NODES, groupMac, isMulticast, solicitedNodeGroup } from './ipv6-packet.ts';
import { type NeighbourPacket, neighbourAnswer, readNeighbourPacket } from './neighbour-packet.ts';

/** How the addresses of this node stand on the interface that received the frame. */
export type StandingOf = (family: Family, bits: bigint) => Standing;

/** Decides about a frame that an interface with this MAC address received. */
export function answer(frame: ReceivedFrame, mac: Uint8Array, standingOf: StandingOf): FrameVerdict {
  const { bytes } = frame;
  const header = readEthernetHeader(frame);
  if (header === null) return ignore('too short');
  const isArp = header.type === ETHERTYPE.arp;
  if (!isArp && header.type !== ETHERTYPE.ipv6) return ignore('EtherType');
  if (header.vlan !== 0) return ignore('other VLAN');
  const [to, from] = [destinationMac(bytes), sourceMac(bytes)];
  if (frame.isForAnotherHost || (!isGroupMac(to) && !sameBytes(to, mac))) return ignore('other host');
  if (sameBytes(from, mac)) return ignore('own frame');
  if (isNoHost(from)) return ignore('impossible sender');
  if (isArp) {
    if (isGroupMac(to) && !sameBytes(to, BROADCAST_MAC)) return ignore('group destination');
    const packet = readArp(bytes, header.payload);
    return typeof packet === 'string' ? ignore(packet) : answerArp(packet, mac, standingOf);
  }
  const packet = readNeighbourPacket(bytes, header.payload);
  if (typeof packet === 'string') return ignore(packet);
  const linkLayer = packet.linkLayer ?? from.slice();
  if (isNoHost(linkLayer) || sameBytes(linkLayer, mac) || packet.source === LOOPBACK)
    return ignore('impossible sender');
  if (isGroupMac(to) && !(isMulticast(packet.destination) && sameBytes(to, groupMac(packet.destination))))
    return ignore('group destination');
  return packet.isSolicitation
    ? answerSolicitation(packet, { own: mac, sender: linkLayer }, standingOf)
    : judgeAdvertisement(packet, linkLayer, standingOf);
}

function answerArp(packet: ArpPacket, mac: Uint8Array, standingOf: StandingOf): FrameVerdict {
  const { isRequest, senderMac, senderIp, targetIp } = packet;
  if (isNoHost(senderMac) || sameBytes(senderMac, mac) || isNoHostIp(senderIp))
    return ignore('impossible sender');
  const [sender, target] = [ipv4(senderIp), ipv4(targetIp)];
  const claim = { kind: 'claim', mac: senderMac, isAnnouncement: senderIp === targetIp } as const;
  const isClaim = senderIp !== 0 && isInUse(standingOf(4, sender.bits));
  if (!isRequest) return isClaim ? { ...claim, address: sender, response: null } : ignore('reply');
  const standing = standingOf(4, target.bits);
  // Another host probes for what is still probed here: neither may take it (RFC 5227 2.1.1).
  if (senderIp === 0 && standing === 'probing') return { ...claim, address: target, response: null };
  const response =
    standing === 'answering' && senderIp !== targetIp
      ? { address: target, frame: arpReply(packet, mac) }
      : null;
  if (isClaim) return { ...claim, address: sender, response };
  return response === null ? ignore(silence(standing)) : { kind: 'answer', ...response };
}

/** MAC addresses of the two ends of a packet. */
type Ends = { readonly own: Uint8Array; readonly sender: Uint8Array };

function answerSolicitation(packet: NeighbourPacket, ends: Ends, standingOf: StandingOf): FrameVerdict {
  const { source, destination, target } = packet;
  if (destination !== target && destination !== solicitedNodeGroup(target) && destination !== ALL_NODES)
    return ignore('other destination');
  const standing = standingOf(6, target);
  const claim = { kind: 'claim', mac: ends.sender, isAnnouncement: false } as const;
  const address = { family: 6, bits: target } as const;
  if (source === 0n && standing === 'probing') return { ...claim, address, response: null }; // RFC 4862 5.4.3
  const response =
    standing === 'answering' && source !== target
      ? { address, frame: neighbourAnswer(packet, ends.own, ends.sender) }
      : null;
  if (source !== 0n && isInUse(standingOf(6, source)))
    return { ...claim, address: { family: 6, bits: source }, response };
  return response === null ? ignore(silence(standing)) : { kind: 'answer', ...response };
}

/** An advertisement is about its target alone: a proxy may send it from another address (RFC 4861 7.2.8). */
function judgeAdvertisement(packet: NeighbourPacket, mac: Uint8Array, standingOf: StandingOf): FrameVerdict {
  const { target, isSolicited } = packet;
  if (!isInUse(standingOf(6, target))) return ignore('reply');
  const address = { family: 6, bits: target } as const;
  return { kind: 'claim', address, mac, isAnnouncement: !isSolicited, response: null };
}

/** Whether another host must not use the address on this segment. Elsewhere, it may be another network's. */
const isInUse = (standing: Standing): boolean => standing === 'answering' || standing === 'probing';

/** Why an address is not answered for. */
function silence(standing: Standing): IgnoredFrameReason {
  if (standing === 'not owned' || standing === 'probing') return standing;
  return 'not here';
}

const ipv4 = (ip: number): Address => ({ family: 4, bits: BigInt(ip) });

const ignore = (reason: IgnoredFrameReason): FrameVerdict => ({ kind: 'ignore', reason });

const LOOPBACK = 1n;

const isNoHost = (mac: Uint8Array): boolean => isGroupMac(mac) || isZero(mac);

/** Multicast, reserved and broadcast (224.0.0.0 and up), and loopback. 0.0.0.0 is a probe's. */
const isNoHostIp = (ip: number): boolean => ip >= 0xe000_0000 || ip >>> 24 === 127;
