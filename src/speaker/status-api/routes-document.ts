/** Status document of the routes to each peer: their state, path attributes, and why one is not advertised. */
import type { DesiredRoutes } from '../../announce/routes/routes.ts';
import { formatAsPath } from '../../bgp/attributes/as-path.ts';
import {
  formatLargeCommunity,
  formatStandardCommunity,
  wellKnownCommunityName,
} from '../../bgp/attributes/community.ts';
import {
  type ExtendedCommunity,
  formatExtendedCommunity,
  readLinkBandwidth,
} from '../../bgp/attributes/extended-community.ts';
import type { BgpPath } from '../../bgp/attributes/path.ts';
import type { PackFailure } from '../../bgp/wire/write/pack.ts';
import { formatAddress } from '../../net/address.ts';
import { comparePrefixes, formatPrefix, type Prefix } from '../../net/prefix.ts';
import type { Neighbour } from '../neighbour.ts';
import type { StatusApiContext } from './context.ts';
import { formatWallTime } from './wall-time.ts';

export type RoutesDocument = {
  readonly node: string;
  readonly at: string;
  readonly peers: readonly PeerRoutesDocument[];
};

export type PeerRoutesDocument = {
  readonly name: string;
  readonly address: string;
  readonly state: string;
  /** Sorted by prefix. */
  readonly routes: readonly RouteDocument[];
};

/**
 * `told`: advertised; `pending`: an UPDATE is due; `refused`: cannot be encoded for this peer; `untold`: has no valid path;
 * `not-carried` and `no-session`: waits for a session that carries it.
 */
export type RouteStatus = 'told' | 'pending' | 'refused' | 'untold' | 'not-carried' | 'no-session';

export type RouteDocument = {
  readonly prefix: string;
  readonly status: RouteStatus;
  /** Why it is not advertised; null if it is. */
  readonly says: string | null;
  /** Null without a path. */
  readonly path: PathDocument | null;
};

export type PathDocument = {
  readonly nextHop: string;
  readonly linkLocal: string | null;
  /** '' if empty, as over iBGP. */
  readonly asPath: string;
  readonly localPref: number | null;
  readonly med: number | null;
  readonly communities: readonly string[];
  readonly large: readonly string[];
  readonly extended: readonly string[];
};

/** Routes to the peer of that name, or to all peers if it is null. */
export function describeRoutes(context: StatusApiContext, name: string | null): RoutesDocument {
  const { node, clock, speaker, model } = context;
  const all = [...speaker.neighbours.values()].filter(({ peer }) => name === null || peer.name === name);
  return {
    node,
    at: formatWallTime(clock.wall()),
    peers: all.map((neighbour) => ({
      name: neighbour.peer.name,
      address: neighbour.label,
      state: neighbour.session.state,
      routes: describeRoutesTo(neighbour, model.routesOf(neighbour.peer.name)),
    })),
  };
}

type RouteEntry = { readonly prefix: Prefix; readonly document: RouteDocument };

/** Later calls of `put` override earlier ones, from desired to the exact state. */
function describeRoutesTo(neighbour: Neighbour, desired: DesiredRoutes | null): readonly RouteDocument[] {
  const { rib, unadvertisable } = neighbour;
  const entries = new Map<string, RouteEntry>();
  const put = (prefix: Prefix, status: RouteStatus, says: string | null, path: BgpPath | null): void => {
    const text = formatPrefix(prefix);
    const document = { prefix: text, status, says, path: path === null ? null : describePath(path) };
    entries.set(text, { prefix, document });
  };
  for (const { prefix } of desired?.values() ?? []) put(prefix, ...explainMissing(neighbour, prefix), null);
  for (const { prefix, path } of rib.advertised()) put(prefix, 'told', null, path);
  for (const { prefix, path } of rib.pendingRoutes()) {
    const isAdvertised = entries.get(formatPrefix(prefix))?.document.status === 'told';
    const says =
      path === null ? 'to be withdrawn' : isAdvertised ? 'to be re-advertised' : 'to be advertised';
    put(prefix, 'pending', says, path);
  }
  for (const { prefix, path, failure } of rib.unsendable())
    put(prefix, 'refused', describePackFailure(failure, prefix), path);
  for (const { prefix, reason } of unadvertisable) put(prefix, 'untold', reason, null);
  return [...entries.values()]
    .sort((a, b) => comparePrefixes(a.prefix, b.prefix))
    .map(({ document }) => document);
}

/** Why a desired route is neither advertised nor pending. */
function explainMissing({ session }: Neighbour, { family }: Prefix): readonly [RouteStatus, string] {
  if (session.negotiated === null) return ['no-session', `no session: its state is ${session.state}`];
  if (session.negotiated.families.includes(family)) return ['pending', 'to be advertised'];
  return ['not-carried', `the session does not carry IPv${family}: the peer does not offer it`];
}

function describePackFailure(failure: PackFailure, { family }: Prefix): string {
  switch (failure.kind) {
    case 'too-large':
      return `its attributes need a message of ${failure.bytes} octets, the peer accepts ${failure.bytesMax}: use fewer communities`;
    case 'next-hop-family':
      return `the peer does not accept IPv${family} prefixes with an IPv${family === 4 ? 6 : 4} next hop (RFC 8950)`;
  }
}

const describePath = ({ nextHop, attributes }: BgpPath): PathDocument => ({
  nextHop: formatAddress(nextHop.address),
  linkLocal: nextHop.linkLocal === null ? null : formatAddress(nextHop.linkLocal),
  asPath: formatAsPath(attributes.asPath),
  localPref: attributes.localPref,
  med: attributes.med,
  communities: attributes.communities.map(
    (value) => wellKnownCommunityName(value) ?? formatStandardCommunity(value),
  ),
  large: attributes.largeCommunities.map(formatLargeCommunity),
  extended: attributes.extendedCommunities.map(extendedText),
});

/** `link bandwidth 2 Gbit/s, of AS 64512`. */
function extendedText(community: ExtendedCommunity): string {
  const bandwidth = readLinkBandwidth(community);
  if (bandwidth === null) return formatExtendedCommunity(community);
  const { bytesPerSecond, asn, transitive } = bandwidth;
  const text = `link bandwidth ${Number(((bytesPerSecond * 8) / 1e9).toPrecision(4))} Gbit/s, of AS ${asn}`;
  return transitive ? `${text}, transitive` : text;
}
