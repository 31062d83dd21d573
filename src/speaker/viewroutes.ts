/** What one peer hears, prefix by prefix, and why something of it is not told. */
import type { Routes } from '../announce/table.ts';
import type { PackFailure } from '../bgp/wire/pack.ts';
import { formatAddress } from '../net/address.ts';
import { comparePrefixes, formatPrefix, type Prefix } from '../net/prefix.ts';
import { formatPath } from '../routes/aspath.ts';
import { formatLarge, formatStandard, wellKnownName } from '../routes/community.ts';
import { asLinkBandwidth, type ExtendedCommunity, formatExtended } from '../routes/extended.ts';
import type { Path } from '../routes/path.ts';
import type { Neighbour } from './neighbour.ts';
import type { Sight } from './viewsight.ts';
import { wallTime } from './viewtime.ts';

export type RoutesView = {
  readonly node: string;
  readonly at: string;
  readonly peers: readonly PeerRoutes[];
};

export type PeerRoutes = {
  readonly name: string;
  readonly address: string;
  readonly state: string;
  /** In the order of prefixes. */
  readonly routes: readonly RouteView[];
};

/**
 * `pending` waits to be told, or to be withdrawn; `refused` cannot be told to this peer; `untold` has no path that
 * could be told to anybody; the last two wait for a session that carries them.
 */
export type RouteStatus = 'told' | 'pending' | 'refused' | 'untold' | 'not-carried' | 'no-session';

export type RouteView = {
  readonly prefix: string;
  readonly status: RouteStatus;
  /** Why it is not told; null where it is. */
  readonly says: string | null;
  /** Null where there is none. */
  readonly path: PathView | null;
};

export type PathView = {
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
export function routesView(sight: Sight, name: string | null): RoutesView {
  const { node, clock, speaker, picture } = sight;
  const all = [...speaker.neighbours.values()].filter(({ peer }) => name === null || peer.name === name);
  return {
    node,
    at: wallTime(clock.wall()),
    peers: all.map((one) => ({
      name: one.peer.name,
      address: one.label,
      state: one.line.state,
      routes: routesTo(one, picture.routesOf(one.peer.name)),
    })),
  };
}

type Standing = { readonly prefix: Prefix; readonly view: RouteView };

/** `wanted` is what it should hear. */
function routesTo(neighbour: Neighbour, wanted: Routes | null): readonly RouteView[] {
  const { rib, untold } = neighbour;
  const found = new Map<string, Standing>();
  const put = (prefix: Prefix, status: RouteStatus, says: string | null, path: Path | null): void => {
    const text = formatPrefix(prefix);
    const view = { prefix: text, status, says, path: path === null ? null : pathView(path) };
    found.set(text, { prefix, view });
  };
  for (const { prefix } of wanted?.values() ?? []) put(prefix, ...unheard(neighbour, prefix), null);
  for (const { prefix, path } of rib.told()) put(prefix, 'told', null, path);
  for (const { prefix, path } of rib.waiting()) {
    const isTold = found.get(formatPrefix(prefix))?.view.status === 'told';
    const says =
      path === null ? 'it is to be withdrawn' : isTold ? 'it is to be told anew' : 'it is to be told';
    put(prefix, 'pending', says, path);
  }
  for (const { prefix, path, why } of rib.refused()) put(prefix, 'refused', refusedText(why, prefix), path);
  for (const { prefix, says } of untold) put(prefix, 'untold', says, null);
  return [...found.values()].sort((a, b) => comparePrefixes(a.prefix, b.prefix)).map(({ view }) => view);
}

/** Of what should be heard, and stands nowhere else. */
function unheard({ line }: Neighbour, { family }: Prefix): readonly [RouteStatus, string] {
  if (line.agreement === null) return ['no-session', `there is no session: it is ${line.state}`];
  if (line.agreement.families.includes(family)) return ['pending', 'it is to be told'];
  return ['not-carried', `the session does not carry IPv${family}: the peer does not offer it`];
}

function refusedText(why: PackFailure, { family }: Prefix): string {
  switch (why.kind) {
    case 'too-large':
      return `what is said of it takes ${why.bytes} octets, and the peer takes ${why.bytesMax}: give it fewer communities`;
    case 'next-hop-family':
      return `the peer takes no IPv${family} prefixes with next hops of the other family (RFC 8950)`;
  }
}

const pathView = ({ nextHop, attributes }: Path): PathView => ({
  nextHop: formatAddress(nextHop.address),
  linkLocal: nextHop.linkLocal === null ? null : formatAddress(nextHop.linkLocal),
  asPath: formatPath(attributes.asPath),
  localPref: attributes.localPref,
  med: attributes.med,
  communities: attributes.communities.map((value) => wellKnownName(value) ?? formatStandard(value)),
  large: attributes.largeCommunities.map(formatLarge),
  extended: attributes.extendedCommunities.map(extendedText),
});

/** `link bandwidth 2 Gbit/s, of AS 64512`. */
function extendedText(community: ExtendedCommunity): string {
  const bandwidth = asLinkBandwidth(community);
  if (bandwidth === null) return formatExtended(community);
  const { bytesPerSecond, asn, transitive } = bandwidth;
  const words = `link bandwidth ${Number(((bytesPerSecond * 8) / 1e9).toPrecision(4))} Gbit/s, of AS ${asn}`;
  return transitive ? `${words}, transitive` : words;
}
