/** What one peer hears, prefix by prefix, and why something of it is not told. */
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
import type { PackFailure } from '../../bgp/wire/pack.ts';
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
  /** In the order of prefixes. */
  readonly routes: readonly RouteDocument[];
};

/**
 * `pending` waits to be told, or to be withdrawn; `refused` cannot be told to this peer; `untold` has no path that
 * could be told to anybody; the last two wait for a session that carries them.
 */
export type RouteStatus = 'told' | 'pending' | 'refused' | 'untold' | 'not-carried' | 'no-session';

export type RouteDocument = {
  readonly prefix: string;
  readonly status: RouteStatus;
  /** Why it is not told; null where it is. */
  readonly says: string | null;
  /** Null where there is none. */
  readonly path: PathDocument | null;
};

export type PathDocument = {
  readonly nextHop: string;
  readonly linkLocal: string | null;
  /** '' where it is empty, as inside of an AS. */
  readonly asPath: string;
  readonly localPref: number | null;
  readonly med: number | null;
  readonly communities: readonly string[];
  readonly large: readonly string[];
  readonly extended: readonly string[];
};

/** To the peer of that name, or to all where it is null. */
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

/** `wanted` is what it should hear. */
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
      path === null ? 'it is to be withdrawn' : isAdvertised ? 'it is to be told anew' : 'it is to be told';
    put(prefix, 'pending', says, path);
  }
  for (const { prefix, path, failure } of rib.unsendable())
    put(prefix, 'refused', describePackFailure(failure, prefix), path);
  for (const { prefix, reason } of unadvertisable) put(prefix, 'untold', reason, null);
  return [...entries.values()]
    .sort((a, b) => comparePrefixes(a.prefix, b.prefix))
    .map(({ document }) => document);
}

/** Of what should be heard, and stands nowhere else. */
function explainMissing({ session }: Neighbour, { family }: Prefix): readonly [RouteStatus, string] {
  if (session.negotiated === null) return ['no-session', `there is no session: it is ${session.state}`];
  if (session.negotiated.families.includes(family)) return ['pending', 'it is to be told'];
  return ['not-carried', `the session does not carry IPv${family}: the peer does not offer it`];
}

function describePackFailure(failure: PackFailure, { family }: Prefix): string {
  switch (failure.kind) {
    case 'too-large':
      return `what is said of it takes ${failure.bytes} octets, and the peer takes ${failure.bytesMax}: give it fewer communities`;
    case 'next-hop-family':
      return `the peer takes no IPv${family} prefixes with next hops of the other family (RFC 8950)`;
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
  const words = `link bandwidth ${Number(((bytesPerSecond * 8) / 1e9).toPrecision(4))} Gbit/s, of AS ${asn}`;
  return transitive ? `${words}, transitive` : words;
}
