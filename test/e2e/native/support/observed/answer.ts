/** Whether a frame answers for an address, whomever it is sent to. */
import { readArp } from '../../../../../src/layer2/packets/arp-packet.ts';
import {
  ETHERTYPE,
  formatMac,
  macAt,
  readEthernetHeader,
} from '../../../../../src/layer2/packets/ethernet-frame.ts';
import { readNeighbourPacket } from '../../../../../src/layer2/packets/neighbour-packet.ts';
import { formatAddress, formatIPv4 } from '../../../../../src/net/address.ts';

/**
 * The MAC address that the frame gives; null for a frame that is no answer. A packet that nobody asked for is none, except to
 * who has no address yet: duplicate address detection is answered to all nodes (RFC 4861 7.2.4).
 */
export function answerTo(address: string, bytes: Uint8Array, isDetection = false): string | null {
  const header = readEthernetHeader({ bytes, vlanTag: null, isForAnotherHost: false });
  if (header?.type === ETHERTYPE.arp) {
    const packet = readArp(bytes, header.payload);
    if (typeof packet === 'string') return null;
    const { isRequest, senderMacAt, senderIp, targetIp } = packet;
    const isAnswer = !isRequest && senderIp !== targetIp && formatIPv4(senderIp) === address;
    return isAnswer ? formatMac(macAt(bytes, senderMacAt)) : null;
  }
  if (header?.type !== ETHERTYPE.ipv6) return null;
  const packet = readNeighbourPacket(bytes, header.payload);
  if (typeof packet === 'string' || packet.isSolicitation || packet.linkLayer === null) return null;
  const isForAsker = isDetection || packet.isSolicited;
  const isAnswer = isForAsker && formatAddress({ family: 6, bits: packet.target }) === address;
  return isAnswer ? formatMac(packet.linkLayer) : null;
}
