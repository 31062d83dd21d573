/** What a host on the segment asks for an address, by ARP or NDP, and what the frames of others say about addresses. */
import { arpFrame, readArp } from '../../../../../src/layer2/packets/arp-packet.ts';
import {
  BROADCAST_MAC,
  ETHERTYPE,
  formatMac,
  macAt,
  readEthernetHeader,
} from '../../../../../src/layer2/packets/ethernet-frame.ts';
import {
  groupMac,
  icmpFrame,
  solicitedNodeGroup,
  writeAddressBits,
} from '../../../../../src/layer2/packets/ipv6-packet.ts';
import { readNeighbourPacket } from '../../../../../src/layer2/packets/neighbour-packet.ts';
import { type Address, formatAddress, formatIPv4, parseAddress } from '../../../../../src/net/address.ts';

/** An answer to a question, or an announcement unasked: a gratuitous ARP packet, or an unsolicited advertisement. */
export type Claim = {
  readonly kind: 'answer' | 'announcement';
  readonly address: string;
  readonly mac: string;
};

const [SOLICITATION, SOURCE_LINK_LAYER, SOLICITATION_BYTES] = [135, 1, 32];

/** To all hosts, from `source` of the same family. */
export function neighbourQuestion(target: Address, source: Address, mac: Uint8Array): Uint8Array {
  if (target.family === 4)
    return arpFrame(BROADCAST_MAC, {
      ...{ isRequest: true, senderMac: mac, targetMac: new Uint8Array(6) },
      ...{ senderIp: Number(source.bits), targetIp: Number(target.bits) },
    });
  const group = solicitedNodeGroup(target.bits);
  const message = new Uint8Array(SOLICITATION_BYTES);
  message[0] = SOLICITATION;
  writeAddressBits(message, 8, target.bits);
  message.set([SOURCE_LINK_LAYER, 1, ...mac], 24);
  return icmpFrame(
    { sourceMac: mac, destinationMac: groupMac(group), source: source.bits, destination: group },
    message,
  );
}

/** Null for frames that claim no address. */
export function claimIn(bytes: Uint8Array): Claim | null {
  const header = readEthernetHeader({ bytes, vlanTag: null, isForAnotherHost: false });
  if (header?.type === ETHERTYPE.arp) {
    const packet = readArp(bytes, header.payload);
    if (typeof packet === 'string') return null;
    const isAnnouncement = packet.senderIp === packet.targetIp;
    if (packet.isRequest && !isAnnouncement) return null;
    const kind = isAnnouncement ? 'announcement' : 'answer';
    return { kind, address: formatIPv4(packet.senderIp), mac: formatMac(macAt(bytes, packet.senderMacAt)) };
  }
  if (header?.type !== ETHERTYPE.ipv6) return null;
  const packet = readNeighbourPacket(bytes, header.payload);
  if (typeof packet === 'string' || packet.isSolicitation || packet.linkLayer === null) return null;
  const address = formatAddress({ family: 6, bits: packet.target });
  return { kind: packet.isSolicited ? 'answer' : 'announcement', address, mac: formatMac(packet.linkLayer) };
}

export function addressOf(text: string): Address {
  const parsed = parseAddress(text);
  if (!parsed.ok) throw new Error(`${text} ${parsed.error}`);
  return parsed.value;
}
