/**
 * Socket options that Node cannot set, in the layout of Linux: the password (TCP MD5, RFC 2385) and TTL security (GTSM,
 * RFC 5082).
 */
import type { Address, Family } from '../net/address.ts';
import { IS_LITTLE_ENDIAN, socketAddress } from './socket-address.ts';

export type SocketOption = {
  readonly level: number;
  readonly name: number;
  readonly value: Uint8Array;
  /** Names the option in the error if the kernel rejects it. */
  readonly purpose: string;
};

/** Both sides send with TTL 255, which a packet from farther away cannot have on arrival (RFC 5082 3). */
const TTL_MAX = 255;

/** `TCP_MD5SIG_MAXKEYLEN`: longest password, in octets. */
export const PASSWORD_BYTES_MAX = 80;

const [IPPROTO_IP, IPPROTO_TCP, IPPROTO_IPV6] = [0, 6, 41];
const TCP_MD5SIG = 14;

const TTL = {
  4: { level: IPPROTO_IP, send: 2 /* IP_TTL */, least: 21 /* IP_MINTTL */ },
  6: { level: IPPROTO_IPV6, send: 16 /* IPV6_UNICAST_HOPS */, least: 73 /* IPV6_MINHOPCOUNT */ },
} as const;

/** What needs these options, for `loadKernel`. */
export const PROTECTION_FEATURE = 'a password (TCP MD5) or TTL security';

/** How the connection with one peer is protected. */
export type Protection = {
  readonly address: Address;
  /** Null or empty: none. */
  readonly password: string | null;
  /** How many hops away the peer may be, from 1 to 254; null: any. */
  readonly ttlSecurity: number | null;
};

/** Options for the connection with that peer; empty if a plain socket suffices. */
export function protectionOptions({ address, password, ttlSecurity }: Protection): readonly SocketOption[] {
  return [
    ...(password ? [md5KeyOption(address, password)] : []),
    ...(ttlSecurity === null
      ? []
      : [maxTtlOption(address.family), minTtlOption(address.family, ttlSecurity)]),
  ];
}

/** An empty password removes the key. */
export function md5KeyOption(address: Address, password: string): SocketOption {
  const value = new Uint8Array(216); // struct tcp_md5sig
  const view = new DataView(value.buffer);
  const key = new TextEncoder().encode(password);
  value.set(socketAddress(address, 0));
  view.setUint16(130, key.length, IS_LITTLE_ENDIAN);
  value.set(key.subarray(0, PASSWORD_BYTES_MAX), 136);
  return {
    level: IPPROTO_TCP,
    name: TCP_MD5SIG,
    value,
    purpose: `the password (TCP MD5, at most ${PASSWORD_BYTES_MAX} octets)`,
  };
}

export const maxTtlOption = (family: Family): SocketOption => ttlOption(family, 'send', TTL_MAX);

const minTtlOption = (family: Family, hops: number): SocketOption =>
  ttlOption(family, 'least', TTL_MAX + 1 - hops);

function ttlOption(family: Family, which: 'send' | 'least', value: number): SocketOption {
  const { level, [which]: name } = TTL[family];
  return { level, name, value: int32Bytes(value), purpose: 'TTL security' };
}

function int32Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, IS_LITTLE_ENDIAN);
  return bytes;
}
