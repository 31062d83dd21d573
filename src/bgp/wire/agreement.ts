/** What two OPENs agree on: how the messages after them are to be read and written. */
import type { Family } from '../../net/address.ts';
import { type Capability, findCapability, type GracefulRestart } from './capability.ts';
import { AFI, EXTENDED_BYTES_MAX, familyOf, MESSAGE_BYTES_MAX, SAFI_UNICAST } from './codes.ts';
import type { Open } from './message.ts';

/** What reading an UPDATE depends on. */
export type ReadTerms = {
  /** Both in one AS. */
  readonly internal: boolean;
  /** AS numbers stand in four octets (RFC 6793 4.1). */
  readonly fourOctetAs: boolean;
  /** Others in MP_REACH_NLRI and MP_UNREACH_NLRI are ignored. */
  readonly families: readonly Family[];
  /** IPv4 prefixes may have IPv6 next hops (RFC 8950). */
  readonly extendedNextHop: boolean;
  /** Longest message that we take. */
  readonly receiveMax: number;
};

/** What writing one depends on. */
export type WriteTerms = Pick<ReadTerms, 'fourOctetAs' | 'extendedNextHop'> & {
  /** Longest message that the peer takes. */
  readonly sendMax: number;
};

export type Agreement = ReadTerms &
  WriteTerms & {
    /** The shorter of the two, in seconds; 0 for none at all (RFC 4271 4.2). */
    readonly holdTime: number;
    readonly routeRefresh: boolean;
    readonly enhancedRouteRefresh: boolean;
    /** Null unless both offer it; then what the peer says of itself. */
    readonly gracefulRestart: GracefulRestart | null;
    /** Neither end takes a NOTIFICATION for the end (RFC 8538 2). */
    readonly gracefulNotification: boolean;
  };

/** Before there are two OPENs. */
export const BEFORE_OPEN: ReadTerms & WriteTerms = {
  internal: false,
  fourOctetAs: false,
  families: [],
  extendedNextHop: false,
  receiveMax: MESSAGE_BYTES_MAX,
  sendMax: MESSAGE_BYTES_MAX,
};

export function agree(ours: Open, theirs: Open): Agreement {
  const [mine, his] = [ours.capabilities, theirs.capabilities];
  const both = (kind: Capability['kind']): boolean =>
    findCapability(mine, kind) !== null && findCapability(his, kind) !== null;
  const longest = (all: readonly Capability[]): number =>
    findCapability(all, 'extended-message') === null ? MESSAGE_BYTES_MAX : EXTENDED_BYTES_MAX;
  const [ourRestart, restart] = [
    findCapability(mine, 'graceful-restart'),
    findCapability(his, 'graceful-restart'),
  ];
  const offered = familiesOf(his);
  return {
    internal: ours.asn === theirs.asn,
    fourOctetAs: both('four-octet-as'),
    families: familiesOf(mine).filter((family) => offered.includes(family)),
    extendedNextHop: takesIPv6NextHops(mine) && takesIPv6NextHops(his),
    receiveMax: longest(mine),
    sendMax: longest(his), // RFC 8654 4: what we may send depends on the peer alone
    holdTime: Math.min(ours.holdTime, theirs.holdTime),
    routeRefresh: both('route-refresh'),
    enhancedRouteRefresh: both('enhanced-route-refresh'),
    gracefulRestart: ourRestart === null ? null : restart,
    gracefulNotification: ourRestart?.notification === true && restart?.notification === true,
  };
}

/** Who says nothing of families means IPv4 unicast (RFC 4760 8, RFC 4271). */
export function familiesOf(capabilities: readonly Capability[]): readonly Family[] {
  const said = capabilities.flatMap((one) => (one.kind === 'multiprotocol' ? [one] : []));
  if (said.length === 0) return [4];
  const families = said.map(({ afi, safi }) => familyOf(afi, safi));
  return ([4, 6] as const).filter((family) => families.includes(family));
}

const takesIPv6NextHops = (capabilities: readonly Capability[]): boolean =>
  capabilities.some(
    (one) =>
      one.kind === 'extended-next-hop' &&
      one.entries.some(
        ({ afi, safi, nextHopAfi }) => afi === AFI[4] && safi === SAFI_UNICAST && nextHopAfi === AFI[6],
      ),
  );
