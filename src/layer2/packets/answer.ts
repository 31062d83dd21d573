/**
 * What is done with one frame: it is answered, it claims an address of ours for another host, or it is left alone. A pure
 * function, for ARP (RFC 826, 5227) and neighbour discovery (RFC 4861, 4862).
 */
import type { Address } from '../../net/address.ts';
import { arpReply, type ReceivedArp, readArp } from './arp-packet.ts';
import {
  BROADCAST_MAC,
  ETHERTYPE,
  isGroupMac,
  isSameMac,
  isZeroMac,
  macAt,
  type ReceivedFrame,
  readEthernetHeader,
  SOURCE_MAC_AT,
} from './ethernet-frame.ts';
import type {
  FrameResponse,
  FrameVerdict,
  IgnoredFrameReason,
  Standing,
  Standings,
} from './frame-verdict.ts';
import { ALL_NODES, groupMac, isMulticast, solicitedNodeGroup } from './ipv6-packet.ts';
import { type NeighbourPacket, neighbourAnswer, readNeighbourPacket } from './neighbour-packet.ts';

/** Decides about a frame that an interface with this MAC address received. */
export function answer(frame: ReceivedFrame, mac: Uint8Array, standings: Standings): FrameVerdict {
  const { bytes } = frame;
  const header = readEthernetHeader(frame);
  if (header === null) return ignore('too short');
  const isArp = header.type === ETHERTYPE.arp;
  if (!isArp && header.type !== ETHERTYPE.ipv6) return ignore('EtherType');
  if (header.vlan !== 0) return ignore('other VLAN');
  const isToGroup = isGroupMac(bytes, 0);
  if (frame.isForAnotherHost || (!isToGroup && !isSameMac(bytes, 0, mac))) return ignore('other host');
  if (isSameMac(bytes, SOURCE_MAC_AT, mac)) return ignore('own frame');
  if (isNoHost(bytes, SOURCE_MAC_AT)) return ignore('impossible sender');
  if (isArp) {
    if (isToGroup && !isSameMac(bytes, 0, BROADCAST_MAC)) return ignore('group destination');
    const packet = readArp(bytes, header.payload);
    return typeof packet === 'string' ? ignore(packet) : answerArp(bytes, packet, { mac, standings });
  }
  const packet = readNeighbourPacket(bytes, header.payload);
  if (typeof packet === 'string') return ignore(packet);
  const linkLayer = packet.linkLayer ?? macAt(bytes, SOURCE_MAC_AT);
  if (isNoHost(linkLayer, 0) || isSameMac(linkLayer, 0, mac) || packet.source === LOOPBACK)
    return ignore('impossible sender');
  if (isToGroup && !(isMulticast(packet.destination) && isSameMac(bytes, 0, groupMac(packet.destination))))
    return ignore('group destination');
  return packet.isSolicitation
    ? answerSolicitation(packet, linkLayer, { mac, standings })
    : judgeAdvertisement(packet, linkLayer, standings);
}

/** The interface that received the frame. */
type Receiver = { readonly mac: Uint8Array; readonly standings: Standings };

function answerArp(bytes: Uint8Array, packet: ReceivedArp, { mac, standings }: Receiver): FrameVerdict {
  const { isRequest, senderIp, targetIp, senderMacAt } = packet;
  if (isNoHost(bytes, senderMacAt) || isSameMac(bytes, senderMacAt, mac) || isNoHostIp(senderIp))
    return ignore('impossible sender');
  const isClaim = senderIp !== 0 && isInUse(standings.ofIpv4(senderIp));
  if (!isRequest) return isClaim ? claimOf(bytes, packet, senderIp, null) : ignore('reply');
  const standing = standings.ofIpv4(targetIp);
  // Another host probes for what is still probed here: neither may take it (RFC 5227 2.1.1).
  if (senderIp === 0 && standing === 'probing') return claimOf(bytes, packet, targetIp, null);
  const isAnswered = standing === 'answering' && senderIp !== targetIp;
  if (!isAnswered && !isClaim) return ignore(silence(standing));
  const response = isAnswered ? { address: ipv4(targetIp), frame: arpReply(bytes, packet, mac) } : null;
  return isClaim || response === null
    ? claimOf(bytes, packet, senderIp, response)
    : { kind: 'answer', response };
}

function claimOf(
  bytes: Uint8Array,
  { senderMacAt, senderIp, targetIp }: ReceivedArp,
  claimed: number,
  response: FrameResponse | null,
): FrameVerdict {
  return {
    kind: 'claim',
    address: ipv4(claimed),
    mac: macAt(bytes, senderMacAt),
    isAnnouncement: senderIp === targetIp,
    response,
  };
}

function answerSolicitation(
  packet: NeighbourPacket,
  asker: Uint8Array,
  { mac, standings }: Receiver,
): FrameVerdict {
  const { source, destination, target } = packet;
  if (destination !== target && destination !== solicitedNodeGroup(target) && destination !== ALL_NODES)
    return ignore('other destination');
  const standing = standings.ofIpv6(target);
  const claim = { kind: 'claim', mac: asker, isAnnouncement: false } as const;
  const address = { family: 6, bits: target } as const;
  if (source === 0n && standing === 'probing') return { ...claim, address, response: null }; // RFC 4862 5.4.3
  const response =
    standing === 'answering' && source !== target
      ? { address, frame: neighbourAnswer(packet, mac, asker) }
      : null;
  if (source !== 0n && isInUse(standings.ofIpv6(source)))
    return { ...claim, address: { family: 6, bits: source }, response };
  return response === null ? ignore(silence(standing)) : { kind: 'answer', response };
}

/** An advertisement is about its target alone: a proxy may send it from another address (RFC 4861 7.2.8). */
function judgeAdvertisement(packet: NeighbourPacket, mac: Uint8Array, standings: Standings): FrameVerdict {
  const { target, isSolicited } = packet;
  if (!isInUse(standings.ofIpv6(target))) return ignore('reply');
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

const isNoHost = (bytes: Uint8Array, at: number): boolean => isGroupMac(bytes, at) || isZeroMac(bytes, at);

/** Multicast, reserved and broadcast (224.0.0.0 and up), and loopback. 0.0.0.0 is a probe's. */
const isNoHostIp = (ip: number): boolean => ip >= 0xe000_0000 || ip >>> 24 === 127;
