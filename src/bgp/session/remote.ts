/** The remote end of a session, with what its sockets need to know. */
import { type Address, formatAddress } from '../../net/address.ts';
import { BGP_PORT } from '../../net/bgp-port.ts';

/** One end of a TCP connection. */
export type TransportAddress = { readonly address: Address; readonly port: number };

export type Remote = TransportAddress & {
  /** Local address of the connection; null: the kernel selects one. */
  readonly source: Address | null;
  /** TCP MD5 (RFC 2385); null or empty for none. */
  readonly password: string | null;
  /** GTSM (RFC 5082): how many hops away the peer may be; null for no limit. */
  readonly ttlSecurity: number | null;
};

/** `10.0.0.1`, or `10.0.0.1 port 1790` where the port is not BGP's. */
export const remoteName = ({ address, port }: TransportAddress): string =>
  port === BGP_PORT ? formatAddress(address) : `${formatAddress(address)} port ${port}`;
