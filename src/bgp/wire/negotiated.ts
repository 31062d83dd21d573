/** Parameters that two OPENs negotiate: how the messages after them are decoded and encoded. */
import type { Family } from '../../net/address.ts';
import { type Capability, findCapability, type GracefulRestart } from './capability.ts';
import { AFI, EXTENDED_BYTES_MAX, MESSAGE_BYTES_MAX, SAFI_UNICAST, unicastFamilyOf } from './codes.ts';
import type { Open } from './message.ts';

/** Parameters for decoding. */
export type ReadTerms = {
  /** iBGP: both speakers are in one AS. */
  readonly internal: boolean;
  /** AS numbers are encoded in four octets (RFC 6793 4.1). */
  readonly fourOctetAs: boolean;
  /** Families that the session carries; MP_REACH_NLRI and MP_UNREACH_NLRI of others are ignored. */
  readonly families: readonly Family[];
  /** IPv4 prefixes may have IPv6 next hops (RFC 8950). */
  readonly extendedNextHop: boolean;
  /** Longest message that we accept, in octets. */
  readonly receiveMax: number;
};

/** Parameters for encoding. */
export type WriteTerms = Pick<ReadTerms, 'fourOctetAs' | 'extendedNextHop'> & {
  /** Longest message that the peer accepts, in octets. */
  readonly sendMax: number;
};

export type NegotiatedTerms = ReadTerms &
  WriteTerms & {
    /** The smaller of the two, in seconds; 0 disables the hold timer (RFC 4271 4.2). */
    readonly holdTime: number;
    readonly routeRefresh: boolean;
    readonly enhancedRouteRefresh: boolean;
    /** The peer's capability; null unless both offer it. */
    readonly gracefulRestart: GracefulRestart | null;
    /** Both set the N bit: graceful restart also covers a NOTIFICATION (RFC 8538 2). */
    readonly gracefulNotification: boolean;
  };

/** Terms before both OPENs are known. */
export const BEFORE_OPEN: ReadTerms & WriteTerms = {
  internal: false,
  fourOctetAs: false,
  families: [],
  extendedNextHop: false,
  receiveMax: MESSAGE_BYTES_MAX,
  sendMax: MESSAGE_BYTES_MAX,
};

export function negotiate(localOpen: Open, peerOpen: Open): NegotiatedTerms {
  const [local, peer] = [localOpen.capabilities, peerOpen.capabilities];
  const both = (kind: Capability['kind']): boolean =>
    findCapability(local, kind) !== null && findCapability(peer, kind) !== null;
  const maxMessageBytes = (all: readonly Capability[]): number =>
    findCapability(all, 'extended-message') === null ? MESSAGE_BYTES_MAX : EXTENDED_BYTES_MAX;
  const [localRestart, peerRestart] = [
    findCapability(local, 'graceful-restart'),
    findCapability(peer, 'graceful-restart'),
  ];
  const peerFamilies = familiesOf(peer);
  return {
    internal: localOpen.asn === peerOpen.asn,
    fourOctetAs: both('four-octet-as'),
    families: familiesOf(local).filter((family) => peerFamilies.includes(family)),
    extendedNextHop: acceptsIPv6NextHops(local) && acceptsIPv6NextHops(peer),
    receiveMax: maxMessageBytes(local),
    sendMax: maxMessageBytes(peer), // RFC 8654 4: what we may send depends on the peer's capability alone
    holdTime: Math.min(localOpen.holdTime, peerOpen.holdTime),
    routeRefresh: both('route-refresh'),
    enhancedRouteRefresh: both('enhanced-route-refresh'),
    gracefulRestart: localRestart === null ? null : peerRestart,
    gracefulNotification: localRestart?.notification === true && peerRestart?.notification === true,
  };
}

/** A speaker without multiprotocol capabilities carries IPv4 unicast (RFC 4760 8). */
export function familiesOf(capabilities: readonly Capability[]): readonly Family[] {
  const multiprotocol = capabilities.flatMap((one) => (one.kind === 'multiprotocol' ? [one] : []));
  if (multiprotocol.length === 0) return [4];
  const families = multiprotocol.map(({ afi, safi }) => unicastFamilyOf(afi, safi));
  return ([4, 6] as const).filter((family) => families.includes(family));
}

const acceptsIPv6NextHops = (capabilities: readonly Capability[]): boolean =>
  capabilities.some(
    (one) =>
      one.kind === 'extended-next-hop' &&
      one.entries.some(
        ({ afi, safi, nextHopAfi }) => afi === AFI[4] && safi === SAFI_UNICAST && nextHopAfi === AFI[6],
      ),
  );
