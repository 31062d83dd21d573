/** Which socket a session receives on, and with which TTL. */
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
  interface: spec.interface,
});

/** A key: the same for the same socket. */
export const placeName = ({ family, port, interface: name }: BfdPlace): string =>
  `IPv${family} port ${port} ${name ?? 'any'}`;

export const minimumTtlOf = ({ multihop, settings }: BfdSessionSpec): number =>
  multihop ? settings.minimumTtl : SINGLE_HOP_TTL;
