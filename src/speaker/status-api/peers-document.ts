/** Status document of a node's peers: session state, negotiated parameters, counters, history and errors. */
import { formatObjectIssue, type ObjectIssue } from '../../announce/config/object-issue.ts';
import type { StateName } from '../../bgp/session/session.ts';
import { buildOpen } from '../../bgp/session/settings.ts';
import { keepaliveSeconds } from '../../bgp/session/timers.ts';
import { capabilityText } from '../../bgp/wire/capability-text.ts';
import type { NegotiatedTerms } from '../../bgp/wire/negotiated.ts';
import { type Family, formatAddress, formatIPv4 } from '../../net/address.ts';
import { interfaceTowards, type NetworkInterface } from '../../net/network-interface.ts';
import type { Neighbour } from '../neighbour.ts';
import type { SessionTransition } from '../session-transition.ts';
import { type BfdDocument, describeBfd } from './bfd-document.ts';
import type { StatusApiContext } from './context.ts';
import { formatWallTime } from './wall-time.ts';

/** Times are ISO 8601, in UTC. */
export type PeersDocument = {
  readonly node: string;
  readonly at: string;
  /** `waiting` until the informers have synced; then `speaking`, or `draining` and `left` during a drain. */
  readonly phase: string;
  /** Why the speaker does not announce yet, or null. */
  readonly notReady: string | null;
  readonly peers: readonly PeerDocument[];
  /** BGPPeers of this node that were never valid, and have no session. */
  readonly notInForce: readonly { readonly name: string; readonly says: string }[];
  /** Errors of all other configuration objects of this node. */
  readonly complaints: readonly string[];
  readonly warnings: readonly string[];
};

export type PeerDocument = {
  /** Name of the BGPPeer. */
  readonly name: string;
  /** `10.0.0.1:179`. */
  readonly address: string;
  readonly state: StateName;
  /** When the session was established; null unless it is. */
  readonly since: string | null;
  /** When the session was lost; null if it never was established, or is. */
  readonly downSince: string | null;
  readonly lastError: { readonly says: string; readonly at: string } | null;
  readonly local: { readonly address: string | null; readonly asn: number; readonly routerId: string };
  /** `expected` is from the BGPPeer, the others from the peer's OPEN, null before it arrives. */
  readonly remote: {
    readonly expected: number | 'internal' | 'external';
    readonly asn: number | null;
    readonly routerId: string | null;
    readonly capabilities: readonly string[];
  };
  readonly offers: { readonly holdTime: number; readonly capabilities: readonly string[] };
  /** Null unless the session is established. */
  readonly agreed: NegotiatedDocument | null;
  readonly md5: boolean;
  /** Maximum hops to the peer (RFC 5082); null without TTL security. */
  readonly ttlSecurity: number | null;
  /** Null for a peer without a BFD session. */
  readonly bfd: BfdDocument | null;
  /** Interface whose network contains the peer; null if it is reached through a gateway. */
  readonly link: string | null;
  /** Routes are advertised with GRACEFUL_SHUTDOWN (RFC 8326). */
  readonly draining: boolean;
  readonly prefixes: { readonly ipv4: PrefixCountsDocument; readonly ipv6: PrefixCountsDocument };
  readonly sent: TrafficDocument;
  readonly received: TrafficDocument & { readonly routesDropped: number };
  /** How often an established session was lost. */
  readonly drops: number;
  /** The newest last. */
  readonly history: readonly {
    readonly what: SessionTransition;
    readonly says: string;
    /** The NOTIFICATION sent to the peer. */
    readonly told: string | null;
    readonly times: number;
    readonly from: string;
    readonly at: string;
  }[];
  readonly warnings: readonly string[];
};

export type NegotiatedDocument = {
  /** Seconds; 0 (or null for keepalives): disabled. */
  readonly holdTime: number;
  readonly keepaliveTime: number | null;
  /** `says` is why the family is not carried; null if it is. */
  readonly families: readonly { readonly family: string; readonly says: string | null }[];
  readonly internal: boolean;
  readonly fourOctetAs: boolean;
  readonly extendedNextHop: boolean;
  readonly routeRefresh: boolean;
  /** Null if not negotiated: a restart of either side drops the routes. */
  readonly gracefulRestart: { readonly restartTime: number; readonly peerRestarting: boolean } | null;
};

export type PrefixCountsDocument = {
  readonly wanted: number;
  readonly told: number;
  readonly pending: number;
  /** Routes that cannot be advertised to this peer, including those without a valid path. */
  readonly refused: number;
  readonly notCarried: number;
};

export type TrafficDocument = {
  readonly messages: Readonly<Record<string, number>>;
  readonly octets: number;
};

export function describePeers(context: StatusApiContext): PeersDocument {
  const { node, clock, notReady, speaker, model } = context;
  const { peers, errors = [], warnings = [] } = model.nodeConfig ?? {};
  const interfaces = context.interfaces();
  const isPeerComplaint = ({ kind }: ObjectIssue): boolean => kind === 'BGPPeer';
  const invalidPeers = [...(peers?.objects ?? [])].flatMap(([name, { active, issues }]) =>
    active !== null
      ? []
      : [{ name, says: issues.map((fault) => fault.metallbText ?? fault.message).join('; ') }],
  );
  return {
    node,
    at: formatWallTime(clock.wall()),
    phase: speaker.phase,
    notReady: notReady(),
    peers: [...speaker.neighbours.values()].map((neighbour) =>
      describePeer(neighbour, context, interfaces, [...errors, ...warnings].filter(concerns(neighbour))),
    ),
    notInForce: invalidPeers,
    complaints: errors.filter((neighbour) => !isPeerComplaint(neighbour)).map(formatObjectIssue),
    warnings: warnings.filter((neighbour) => !isPeerComplaint(neighbour)).map(formatObjectIssue),
  };
}

const concerns =
  ({ peer }: Neighbour) =>
  ({ kind, name }: ObjectIssue): boolean =>
    kind === 'BGPPeer' && name === peer.name;

function describePeer(
  neighbour: Neighbour,
  context: StatusApiContext,
  interfaces: readonly NetworkInterface[],
  remarks: readonly ObjectIssue[],
): PeerDocument {
  const { peer, label, session, settings } = neighbour;
  const { clock, history, speaker } = context;
  const { sent, received, drops, lastError } = session.counters;
  const { entries, downSince, routesDropped } = history.of(neighbour);
  const toWallTime = (at: number): string => formatWallTime(clock.wall() - (clock.now() - at));
  return {
    name: peer.name,
    address: label,
    state: session.state,
    since: session.establishedAt === null ? null : toWallTime(session.establishedAt),
    downSince: downSince === null ? null : formatWallTime(downSince),
    lastError: lastError === null ? null : { says: lastError.message, at: formatWallTime(lastError.at) },
    local: {
      address: session.localAddress === null ? null : formatAddress(session.localAddress.address),
      asn: settings.asn,
      routerId: formatIPv4(session.routerId),
    },
    remote: {
      expected: settings.peerAsn,
      asn: session.peerOpen?.asn ?? null,
      routerId: session.peerOpen === null ? null : formatIPv4(session.peerOpen.routerId),
      capabilities: session.peerOpen?.capabilities.map(capabilityText) ?? [],
    },
    offers: {
      holdTime: settings.holdTime,
      capabilities: buildOpen(settings).capabilities.map(capabilityText),
    },
    agreed: session.negotiated === null ? null : describeNegotiated(neighbour, session.negotiated),
    md5: peer.sessionPassword !== null,
    ttlSecurity: peer.ttlSecurity,
    bfd: describeBfd(speaker.bfd.of(peer.name)),
    link: interfaceTowards(interfaces, peer.address)?.name ?? null,
    draining: speaker.phase === 'draining',
    prefixes: { ipv4: describeCounts(neighbour, context, 4), ipv6: describeCounts(neighbour, context, 6) },
    sent: { messages: { ...sent.messages }, octets: sent.octets },
    received: { messages: { ...received.messages }, octets: received.octets, routesDropped: routesDropped },
    drops,
    history: entries.map((one) => ({ ...one, from: formatWallTime(one.from), at: formatWallTime(one.at) })),
    warnings: remarks.map(formatObjectIssue),
  };
}

function describeNegotiated({ settings }: Neighbour, negotiated: NegotiatedTerms): NegotiatedDocument {
  const { holdTime, families, internal, fourOctetAs, extendedNextHop, routeRefresh } = negotiated;
  const restart = negotiated.gracefulRestart;
  return {
    holdTime,
    keepaliveTime: keepaliveSeconds(negotiated, settings),
    families: settings.families.map((family) => ({
      family: `IPv${family}`,
      says: families.includes(family) ? null : `the peer does not offer IPv${family} unicast`,
    })),
    ...{ internal, fourOctetAs, extendedNextHop, routeRefresh },
    gracefulRestart:
      restart === null ? null : { restartTime: restart.restartTime, peerRestarting: restart.restarting },
  };
}

function describeCounts(
  { peer, rib, unadvertisable }: Neighbour,
  { model }: StatusApiContext,
  family: Family,
): PrefixCountsDocument {
  const { advertised, pending, unsendable, notCarried } = rib.counts(family);
  return {
    wanted: model.countRoutes(peer.name, family),
    told: advertised,
    pending,
    refused: unsendable + unadvertisable.count(family),
    notCarried,
  };
}
