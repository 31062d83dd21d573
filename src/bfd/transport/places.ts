/** Which socket a session receives on, and with which TTL. */
import { type Address, formatAddress } from '../../net/address.ts';
import type { BfdSessionSpec } from '../settings.ts';
import type { BfdPlace } from './sockets.ts';

/** RFC 5881 4. */
export const BFD_PORT = 3784;
/** RFC 5883 5. */
export const BFD_MULTIHOP_PORT = 4784;

/** What a packet from a directly connected network has (RFC 5881 5). */
export const SINGLE_HOP_TTL = 255;

export const placeOf = (spec: BfdSessionSpec): BfdPlace => ({
  family: spec.remote.family,
  port: spec.port ?? (spec.multihop ? BFD_MULTIHOP_PORT : BFD_PORT),
});

/** A key: the same for the same socket. */
export const placeName = ({ family, port }: BfdPlace): string => `IPv${family} port ${port}`;

/** The source of the packets of a session: an address, and the interface if it is link-local. */
export const remoteName = ({
  remote,
  interface: name,
}: Pick<BfdSessionSpec, 'remote' | 'interface'>): string =>
  isLinkLocal(remote) && name !== null ? `${formatAddress(remote)}%${name}` : formatAddress(remote);

const isLinkLocal = ({ family, bits }: Address): boolean => family === 6 && bits >> 118n === LINK_LOCAL;

/** fe80::/10, without its other 118 bits. */
const LINK_LOCAL = 0xfe80n >> 6n;

export const minimumTtlOf = ({ multihop, settings }: BfdSessionSpec): number =>
  multihop ? settings.minimumTtl : SINGLE_HOP_TTL;
