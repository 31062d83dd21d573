/** Whom a session is with: what its sockets have to know. */
import { type Address, formatAddress } from '../../net/address.ts';

export type Remote = {
  readonly address: Address;
  readonly port: number;
  /** Null: the kernel picks one. */
  readonly source: Address | null;
  /** TCP MD5 (RFC 2385); null or empty for none. */
  readonly password: string | null;
  /** GTSM (RFC 5082): how many hops away the peer may be. */
  readonly ttlSecurity: number | null;
};

/** Port of BGP (RFC 4271 8.2.1). */
export const BGP_PORT = 179;

export const remoteName = ({ address, port }: Pick<Remote, 'address' | 'port'>): string =>
  port === BGP_PORT ? formatAddress(address) : `${formatAddress(address)} port ${port}`;
