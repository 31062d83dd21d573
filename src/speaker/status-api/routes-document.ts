/**
 * Status document of the routes to each peer: their state, path attributes, and why one is not advertised. Its text is made
 * in parts, since ten thousand routes would keep sessions waiting.
 */
import type { DesiredRoutes } from '../../announce/routes/routes.ts';
import { sortInSteps } from '../../base/sort-in-steps.ts';
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

/** The text of a document, in parts. Each takes little time to make; null only lets other work run. */
export type DocumentParts = Iterable<string | null>;

/** Prefixes that are looked at for one part. */
export const PREFIXES_PER_PART = 200;

/** The text of a `RoutesDocument`: routes to the peer of that name, or to all peers if it is null. */
export function* routesDocumentParts(context: StatusApiContext, name: string | null): DocumentParts {
  const { node, clock, speaker, model } = context;
  const only = name === null ? undefined : speaker.neighbours.get(name);
  const neighbours = name === null ? [...speaker.neighbours.values()] : only === undefined ? [] : [only];
  yield `${JSON.stringify({ node, at: formatWallTime(clock.wall()) }).slice(0, -1)},"peers":[`;
  for (const [index, neighbour] of neighbours.entries()) {
    const { peer, label, session } = neighbour;
    const head = JSON.stringify({ name: peer.name, address: label, state: session.state }).slice(0, -1);
    yield `${index === 0 ? '' : ','}${head},"routes":[`;
    yield* routeParts(neighbour, () => model.routesOf(peer.name));
    yield ']}';
  }
  yield ']}';
}

/** Routes may change between two parts: each is described as it is when its part is made. */
function* routeParts(neighbour: Neighbour, desiredRoutes: () => DesiredRoutes | null): DocumentParts {
  const desired = [...(desiredRoutes()?.values() ?? [])].map(({ prefix }) => prefix);
  const all = [...desired, ...neighbour.rib.prefixes()];
  const sorted = yield* sortInSteps(all, comparePrefixes, PREFIXES_PER_PART);
  let separator = '';
  for (let start = 0; start < sorted.length; start += PREFIXES_PER_PART) {
    const current = desiredRoutes();
    const texts = sorted.slice(start, start + PREFIXES_PER_PART).flatMap((prefix, index) => {
      const previous = sorted[start + index - 1];
      if (previous !== undefined && comparePrefixes(previous, prefix) === 0) return [];
      const route = describeRoute(neighbour, prefix, current);
      return route === null ? [] : [JSON.stringify(route)];
    });
    if (texts.length === 0) continue;
    yield `${separator}${texts.join(',')}`;
    separator = ',';
  }
}

/** One route, in constant time; null where the prefix is neither desired nor advertised. */
export function describeRoute(
  neighbour: Neighbour,
  prefix: Prefix,
  desired: DesiredRoutes | null,
): RouteDocument | null {
  const text = formatPrefix(prefix);
  const state = describeState(neighbour, prefix, text);
  if (state !== null) {
    const [status, says, path] = state;
    return { prefix: text, status, says, path: path === null ? null : describePath(path) };
  }
  if (desired?.has(text) !== true) return null;
  const [status, says] = explainMissing(neighbour, prefix);
  return { prefix: text, status, says, path: null };
}

/** Null where the Adj-RIB-Out has nothing of the prefix to send or that was sent. */
function describeState(
  { rib, unadvertisable }: Neighbour,
  prefix: Prefix,
  text: string,
): readonly [status: RouteStatus, says: string | null, path: BgpPath | null] | null {
  const withoutPath = unadvertisable.get(text);
  if (withoutPath !== undefined) return ['untold', withoutPath.reason, null];
  const route = rib.routeOf(prefix);
  if (route === null) return null;
  const { desired, advertised, isPending, failure } = route;
  if (failure !== null) return ['refused', describePackFailure(failure, prefix), desired];
  if (isPending) {
    const says =
      desired === null ? 'to be withdrawn' : advertised === null ? 'to be advertised' : 'to be re-advertised';
    return ['pending', says, desired];
  }
  return advertised === null ? null : ['told', null, advertised];
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
