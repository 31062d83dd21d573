/** Socket options of BFD that Node cannot set, in the layout of Linux. */
import type { Family } from '../../net/address.ts';
import { IS_LITTLE_ENDIAN } from '../../sockets/socket-address.ts';
import { maxTtlOption, type SocketOption } from '../../sockets/socket-options.ts';

const [SOL_SOCKET, SO_RCVBUF, SO_BINDTODEVICE] = [1, 8, 25];
const [IPPROTO_IP, IP_TOS] = [0, 1];
const [IPPROTO_IPV6, IPV6_V6ONLY, IPV6_TCLASS] = [41, 26, 67];

/** DSCP CS6, for protocols that control the network: routers that drop packets drop these last. */
const NETWORK_CONTROL = 0xc0;

/** Packets that wait while the thread is stopped must fit; the kernel may allow less. */
const RECEIVE_BUFFER_BYTES = 1024 ** 2;

/** IPv6 sockets leave IPv4 to others. */
export const receiverOptions = (family: Family): readonly SocketOption[] => [
  ...(family === 6 ? [int32Option(IPPROTO_IPV6, IPV6_V6ONLY, 1, 'an IPv6 socket')] : []),
  int32Option(SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER_BYTES, 'the receive buffer'),
];

/** TTL 255 (RFC 5881 5), the priority of routing protocols, and one interface only, if it is named. */
export const senderOptions = (family: Family, interfaceName: string | null): readonly SocketOption[] => [
  maxTtlOption(family),
  family === 4
    ? int32Option(IPPROTO_IP, IP_TOS, NETWORK_CONTROL, 'the traffic class')
    : int32Option(IPPROTO_IPV6, IPV6_TCLASS, NETWORK_CONTROL, 'the traffic class'),
  ...interfaceOption(interfaceName),
];

const interfaceOption = (name: string | null): readonly SocketOption[] =>
  name === null
    ? []
    : [
        {
          level: SOL_SOCKET,
          name: SO_BINDTODEVICE,
          value: new TextEncoder().encode(`${name}\0`),
          purpose: `the interface ${name}`,
        },
      ];

function int32Option(level: number, name: number, value: number, purpose: string): SocketOption {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, IS_LITTLE_ENDIAN);
  return { level, name, value: bytes, purpose };
}
