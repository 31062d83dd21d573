/** UDP datagrams in Ethernet frames as a foreign host on the segment sees them, and as it sends them under the name of another. */

const [ETHERNET_BYTES, IPV4_BYTES, UDP_BYTES] = [14, 20, 8];
const UDP_AT = ETHERNET_BYTES + IPV4_BYTES;
const PAYLOAD_AT = UDP_AT + UDP_BYTES;
const [ETHERTYPE_IPV4, PROTOCOL_UDP] = [0x0800, 17];

/** The payload of a datagram to this port; null for any other frame. IPv4 without options is enough between speakers. */
export function datagramTo(port: number, frame: Buffer): Buffer | null {
  const isDatagram =
    frame.length > PAYLOAD_AT &&
    frame.readUInt16BE(ETHERNET_BYTES - 2) === ETHERTYPE_IPV4 &&
    frame[ETHERNET_BYTES] === 0x45 &&
    frame[ETHERNET_BYTES + 9] === PROTOCOL_UDP;
  if (!isDatagram || frame.readUInt16BE(UDP_AT + 2) !== port) return null;
  return frame.subarray(PAYLOAD_AT, UDP_AT + frame.readUInt16BE(UDP_AT + 4));
}

/** The same sender and receiver as `frame`, with another payload, and to another port where one is given. */
export function withPayload(frame: Buffer, payload: Uint8Array, port?: number): Buffer {
  const forged = Buffer.concat([frame.subarray(0, PAYLOAD_AT), payload]);
  forged.writeUInt16BE(IPV4_BYTES + UDP_BYTES + payload.length, ETHERNET_BYTES + 2);
  forged.writeUInt16BE(0, ETHERNET_BYTES + 10);
  forged.writeUInt16BE(headerChecksum(forged.subarray(ETHERNET_BYTES, UDP_AT)), ETHERNET_BYTES + 10);
  if (port !== undefined) forged.writeUInt16BE(port, UDP_AT + 2);
  forged.writeUInt16BE(UDP_BYTES + payload.length, UDP_AT + 4);
  forged.writeUInt16BE(0, UDP_AT + 6); // none: RFC 768 allows that over IPv4
  return forged;
}

/** RFC 791 3.1. */
function headerChecksum(header: Buffer): number {
  let sum = 0;
  for (let at = 0; at < header.length; at += 2) sum += header.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}
