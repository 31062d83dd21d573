/** Code points of messages, errors, attributes and address families (IANA, by the RFCs named here). */
import type { Family } from '../../net/address.ts';
import type { AsPathSegmentKind } from '../attributes/as-path.ts';
import type { OriginCode } from '../attributes/path.ts';

/** RFC 4271 4.1; ROUTE-REFRESH is RFC 2918. */
export const MESSAGE = { open: 1, update: 2, notification: 3, keepalive: 4, routeRefresh: 5 } as const;

/** Octets of the header: marker, length, type (RFC 4271 4.1). */
export const HEADER_BYTES = 19;
export const MESSAGE_BYTES_MAX = 4096;
/** Longest extended message (RFC 8654). */
export const EXTENDED_BYTES_MAX = 65_535;

/** Error codes of a NOTIFICATION (RFC 4271 4.5; 7 is RFC 7313 5, 8 is RFC 9687). */
export const ERROR = {
  header: 1,
  open: 2,
  update: 3,
  holdTimer: 4,
  stateMachine: 5,
  cease: 6,
  routeRefresh: 7,
  sendHoldTimer: 8,
} as const;

/** RFC 4271 6.1. */
export const HEADER_ERROR = { notSynchronized: 1, badLength: 2, badType: 3 } as const;

/** RFC 4271 6.2; 7 is RFC 5492, 11 is RFC 9234. */
export const OPEN_ERROR = {
  unspecific: 0,
  version: 1,
  badPeerAs: 2,
  badIdentifier: 3,
  optionalParameter: 4,
  holdTime: 6,
  unsupportedCapability: 7,
  roleMismatch: 11,
} as const;

/** RFC 4271 6.3. */
export const UPDATE_ERROR = {
  malformedList: 1,
  unrecognizedWellKnown: 2,
  missingWellKnown: 3,
  flags: 4,
  length: 5,
  origin: 6,
  nextHop: 8,
  optional: 9,
  network: 10,
  asPath: 11,
} as const;

/** RFC 6608: the state in which an unexpected message was received. */
export const STATE_ERROR = { unspecific: 0, inOpenSent: 1, inOpenConfirm: 2, inEstablished: 3 } as const;

/** RFC 4486; 9 is RFC 8538, 10 is RFC 9384. */
export const CEASE = {
  maximumPrefixes: 1,
  administrativeShutdown: 2,
  peerDeconfigured: 3,
  administrativeReset: 4,
  connectionRejected: 5,
  otherConfigurationChange: 6,
  collision: 7,
  outOfResources: 8,
  hardReset: 9,
  bfdDown: 10,
} as const;

/** RFC 7313 5. */
export const REFRESH_ERROR = { length: 1 } as const;

/** Type codes of path attributes. */
export const ATTRIBUTE = {
  origin: 1,
  asPath: 2,
  nextHop: 3,
  med: 4,
  localPref: 5,
  atomicAggregate: 6,
  aggregator: 7,
  communities: 8,
  originatorId: 9,
  clusterList: 10,
  mpReach: 14,
  mpUnreach: 15,
  extendedCommunities: 16,
  as4Path: 17,
  as4Aggregator: 18,
  ipv6ExtendedCommunities: 25,
  largeCommunities: 32,
} as const;

/** Values of ORIGIN, by their code (RFC 4271 4.3). */
export const ORIGIN_CODES: readonly OriginCode[] = ['igp', 'egp', 'incomplete'];

/** Segments of AS_PATH, by their type code less 1 (RFC 4271 4.3; the last two are RFC 5065 3). */
export const AS_PATH_SEGMENT_KINDS: readonly AsPathSegmentKind[] = [
  'set',
  'sequence',
  'confed-sequence',
  'confed-set',
];

/** Bits of an attribute's flags octet (RFC 4271 4.3). */
export const FLAG = { optional: 0x80, transitive: 0x40, partial: 0x20, extendedLength: 0x10 } as const;

/** Address family identifiers (RFC 4760). */
export const AFI: Readonly<Record<Family, number>> = { 4: 1, 6: 2 };
export const SAFI_UNICAST = 1;

/** Null unless it is IPv4 or IPv6 unicast. */
export function unicastFamilyOf(afi: number, safi: number): Family | null {
  if (safi !== SAFI_UNICAST) return null;
  return afi === AFI[4] ? 4 : afi === AFI[6] ? 6 : null;
}
