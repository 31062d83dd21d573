/** The peers of a node as a document: what each session is, what was agreed on it, and what is wrong with it. */
import { type Complaint, formatComplaint } from '../announce/complaint.ts';
import type { StateName } from '../bgp/session/session.ts';
import { openOf } from '../bgp/session/settings.ts';
import { keepaliveSeconds } from '../bgp/session/timing.ts';
import type { Agreement } from '../bgp/wire/agreement.ts';
import { capabilityText } from '../bgp/wire/capabilitytext.ts';
import { type Family, formatAddress, formatIPv4 } from '../net/address.ts';
import { type Prefix, prefixContains } from '../net/prefix.ts';
import type { Milestone } from './milestone.ts';
import type { Neighbour } from './neighbour.ts';
import type { Sight } from './viewsight.ts';
import { wallTime } from './viewtime.ts';

/** Times are ISO 8601, in UTC. */
export type PeersView = {
  readonly node: string;
  readonly at: string;
  /** `waiting` for the first whole picture; then `speaking`, or `draining` and `left` where the node goes. */
  readonly phase: string;
  /** What is missing before it speaks; null where nothing is. */
  readonly notReady: string | null;
  readonly peers: readonly PeerView[];
  /** BGPPeers of this node that were never valid: there is no session. */
  readonly notInForce: readonly { readonly name: string; readonly says: string }[];
  /** What is wrong with all other objects that this node goes by. */
  readonly complaints: readonly string[];
  readonly warnings: readonly string[];
};

export type PeerView = {
  /** Of the BGPPeer. */
  readonly name: string;
  /** `10.0.0.1:179`. */
  readonly address: string;
  readonly state: StateName;
  /** Since when it stands; null where it does not. */
  readonly since: string | null;
  /** Since when it does not stand any more; null where it never did, or does. */
  readonly downSince: string | null;
  readonly lastError: { readonly says: string; readonly at: string } | null;
  readonly local: { readonly address: string | null; readonly asn: number; readonly routerId: string };
  /** `expected` is what its object says; the others what it says of itself, null before it has. */
  readonly remote: {
    readonly expected: number | 'internal' | 'external';
    readonly asn: number | null;
    readonly routerId: string | null;
    readonly capabilities: readonly string[];
  };
  readonly offers: { readonly holdTime: number; readonly capabilities: readonly string[] };
  /** Null unless it stands. */
  readonly agreed: AgreedView | null;
  readonly md5: boolean;
  /** Hops that the peer may be away (RFC 5082); null where nobody looks. */
  readonly ttlSecurity: number | null;
  /** The interface in whose network the peer is; null where it is in none, and is reached by way of others. */
  readonly link: string | null;
  /** It is asked to prefer other nodes (RFC 8326). */
  readonly draining: boolean;
  readonly prefixes: { readonly ipv4: CountsView; readonly ipv6: CountsView };
  readonly sent: TrafficView;
  readonly received: TrafficView & { readonly routesDropped: number };
  /** How often it stood and did not any more. */
  readonly drops: number;
  /** The newest last. */
  readonly history: readonly {
    readonly what: Milestone;
    readonly says: string;
    /** The NOTIFICATION that the peer got. */
    readonly told: string | null;
    readonly times: number;
    readonly from: string;
    readonly at: string;
  }[];
  readonly warnings: readonly string[];
};

export type AgreedView = {
  /** Seconds; 0 and null: none. */
  readonly holdTime: number;
  readonly keepaliveTime: number | null;
  /** `says` is why not; null for what is carried. */
  readonly families: readonly { readonly family: string; readonly says: string | null }[];
  readonly internal: boolean;
  readonly fourOctetAs: boolean;
  readonly extendedNextHop: boolean;
  readonly routeRefresh: boolean;
  /** Null: it is not agreed on, and a restart of either side ends the routes. */
  readonly gracefulRestart: { readonly restartTime: number; readonly peerRestarting: boolean } | null;
};

export type CountsView = {
  readonly wanted: number;
  readonly told: number;
  readonly pending: number;
  /** Those that have no path that could be told among them. */
  readonly refused: number;
  readonly notCarried: number;
};

export type TrafficView = { readonly messages: Readonly<Record<string, number>>; readonly octets: number };

export function peersView(sight: Sight): PeersView {
  const { node, clock, notReady, speaker, picture } = sight;
  const { peers, complaints = [], warnings = [] } = picture.settings ?? {};
  const ofPeer = ({ kind }: Complaint): boolean => kind === 'BGPPeer';
  const absent = [...(peers?.objects ?? [])].flatMap(([name, { active, faults }]) =>
    active !== null ? [] : [{ name, says: faults.map((fault) => fault.text ?? fault.message).join('; ') }],
  );
  return {
    node,
    at: wallTime(clock.wall()),
    phase: speaker.phase,
    notReady: notReady(),
    peers: [...speaker.neighbours.values()].map((one) =>
      peerView(one, sight, [...complaints, ...warnings].filter(isAbout(one))),
    ),
    notInForce: absent,
    complaints: complaints.filter((one) => !ofPeer(one)).map(formatComplaint),
    warnings: warnings.filter((one) => !ofPeer(one)).map(formatComplaint),
  };
}

const isAbout =
  ({ peer }: Neighbour) =>
  ({ kind, name }: Complaint): boolean =>
    kind === 'BGPPeer' && name === peer.name;

function peerView(neighbour: Neighbour, sight: Sight, remarks: readonly Complaint[]): PeerView {
  const { peer, label, line, settings } = neighbour;
  const { clock, history, interfaces, speaker } = sight;
  const { sent, received, drops, lastError } = line.counters;
  const { happenings, downSince, dropped } = history.of(neighbour);
  const wallOf = (at: number): string => wallTime(clock.wall() - (clock.now() - at));
  return {
    name: peer.name,
    address: label,
    state: line.state,
    since: line.since === null ? null : wallOf(line.since),
    downSince: downSince === null ? null : wallTime(downSince),
    lastError: lastError === null ? null : { says: lastError.says, at: wallTime(lastError.at) },
    local: {
      address: line.local === null ? null : formatAddress(line.local.address),
      asn: settings.asn,
      routerId: formatIPv4(settings.routerId),
    },
    remote: {
      expected: settings.peerAsn,
      asn: line.peer?.asn ?? null,
      routerId: line.peer === null ? null : formatIPv4(line.peer.routerId),
      capabilities: line.peer?.capabilities.map(capabilityText) ?? [],
    },
    offers: { holdTime: settings.holdTime, capabilities: openOf(settings).capabilities.map(capabilityText) },
    agreed: line.agreement === null ? null : agreedView(neighbour, line.agreement),
    md5: peer.secret !== null,
    ttlSecurity: peer.ttlSecurity,
    link: interfaces().find(({ network }) => prefixContains(network, peer.address))?.name ?? null,
    draining: speaker.phase === 'draining',
    prefixes: { ipv4: countsOf(neighbour, sight, 4), ipv6: countsOf(neighbour, sight, 6) },
    sent: { messages: { ...sent.messages }, octets: sent.octets },
    received: { messages: { ...received.messages }, octets: received.octets, routesDropped: dropped },
    drops,
    history: happenings.map((one) => ({ ...one, from: wallTime(one.from), at: wallTime(one.at) })),
    warnings: remarks.map(formatComplaint),
  };
}

function agreedView({ settings }: Neighbour, agreement: Agreement): AgreedView {
  const { holdTime, families, internal, fourOctetAs, extendedNextHop, routeRefresh } = agreement;
  const restart = agreement.gracefulRestart;
  return {
    holdTime,
    keepaliveTime: keepaliveSeconds(agreement, settings),
    families: settings.families.map((family) => ({
      family: `IPv${family}`,
      says: families.includes(family) ? null : `the peer does not offer IPv${family} unicast`,
    })),
    ...{ internal, fourOctetAs, extendedNextHop, routeRefresh },
    gracefulRestart:
      restart === null ? null : { restartTime: restart.restartTime, peerRestarting: restart.restarting },
  };
}

function countsOf({ peer, rib, untold }: Neighbour, { picture }: Sight, family: Family): CountsView {
  const isOfIt = ({ prefix }: { readonly prefix: Prefix }): boolean => prefix.family === family;
  const counts = rib.counts(family);
  return {
    ...counts,
    wanted: [...(picture.routesOf(peer.name)?.values() ?? [])].filter(isOfIt).length,
    refused: counts.refused + untold.filter(isOfIt).length,
  };
}
