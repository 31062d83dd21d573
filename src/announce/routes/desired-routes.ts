/** Desired routes of every peer of a node, and their changes: only differences are reported. */

import { isDeepStrictEqual } from 'node:util';
import { sameItems } from '../../base/list.ts';
import { compareLargeCommunities } from '../../bgp/attributes/community.ts';
import type { Family } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';
import type { Peer } from '../config/peers.ts';
import type { ContributionIndex } from './prefix-contributions.ts';
import { aggregateRoute, type DesiredRoute, type DesiredRoutes } from './routes.ts';

/** `route` is null where the prefix is withdrawn. */
export type DesiredRouteChange = {
  readonly peer: string;
  /** The prefix as canonical text. */
  readonly prefix: string;
  readonly prefixValue: Prefix;
  readonly route: DesiredRoute | null;
};

/** The routes of a removed peer are not withdrawn one by one. */
export type PeerChanges = {
  readonly added: readonly Peer[];
  readonly changed: readonly Peer[];
  readonly removed: readonly string[];
};

export const NO_PEER_CHANGES: PeerChanges = { added: [], changed: [], removed: [] };

type PeerEntry = {
  peer: Peer;
  readonly routes: Map<string, DesiredRoute>;
  /** Of `routes`, by family. */
  readonly counts: Record<Family, number>;
};

export class DesiredRouteTables {
  /** By name, sorted by name. */
  #peers: ReadonlyMap<string, PeerEntry> = new Map();

  get sessions(): readonly { readonly peer: Peer; readonly routes: DesiredRoutes }[] {
    return [...this.#peers.values()];
  }

  routesOf(peer: string): DesiredRoutes | null {
    return this.#peers.get(peer)?.routes ?? null;
  }

  /** In constant time. */
  countRoutes(peer: string, family: Family): number {
    return this.#peers.get(peer)?.counts[family] ?? 0;
  }

  /** An unchanged peer stays the same object. BFD alone is no change of the peer: its session stays up. */
  setPeers(peers: Iterable<Peer>): PeerChanges {
    const added: Peer[] = [];
    const changed: Peer[] = [];
    const next = new Map<string, PeerEntry>();
    for (const peer of peers) {
      const known = this.#peers.get(peer.name);
      next.set(peer.name, known ?? { peer, routes: new Map(), counts: { 4: 0, 6: 0 } });
      if (known === undefined) added.push(peer);
      else if (!isSameSession(known.peer, peer)) {
        known.peer = peer;
        changed.push(peer);
      } else if (!isDeepStrictEqual(bfdFields(known.peer), bfdFields(peer)))
        known.peer = { ...known.peer, ...bfdFields(peer) };
    }
    const removed = [...this.#peers.keys()].filter((name) => !next.has(name));
    this.#peers = next;
    return { added, changed, removed };
  }

  /** Recomputes the routes of these prefixes and returns the changes. */
  recompute(prefixes: Iterable<string>, index: ContributionIndex): readonly DesiredRouteChange[] {
    const changes: DesiredRouteChange[] = [];
    for (const prefix of prefixes) {
      const prefixContributions = index.get(prefix);
      let previous: DesiredRoute | null = null;
      for (const { peer, routes, counts } of this.#peers.values()) {
        const before = routes.get(prefix) ?? null;
        const contributions = prefixContributions?.contributionsTo(peer) ?? null;
        const computed: DesiredRoute | null = contributions === null ? null : aggregateRoute(contributions);
        // Peers with equal routes share one value.
        const route: DesiredRoute | null =
          computed !== null && previous !== null && sameRoute(computed, previous) ? previous : computed;
        previous = route ?? previous;
        if (before !== null && route !== null && sameRoute(before, route)) continue;
        const present = route ?? before;
        if (present === null) continue;
        counts[present.prefix.family] += (route === null ? 0 : 1) - (before === null ? 0 : 1);
        if (route !== null) routes.set(prefix, route);
        else routes.delete(prefix);
        changes.push({ peer: peer.name, prefix, prefixValue: present.prefix, route });
      }
    }
    return changes;
  }
}

/**
 * The peer without fields that do not affect its session: the selected nodes, the source of the password, fields that only
 * validation reads (`allowBesideCalico`), and BFD, whose settings change without the session (RFC 5880 6.8.3).
 */
const withSessionFields = (peer: Peer): Peer => ({
  ...peer,
  ...{ nodeSelectors: [], password: null, passwordSecret: null, bfdProfile: null, bfd: null },
  ...{ ebgpMultiHop: false, allowBesideCalico: false },
});

/** Whether an edit of a peer leaves its session alone. */
export const isSameSession = (a: Peer, b: Peer): boolean =>
  isDeepStrictEqual(withSessionFields(a), withSessionFields(b));

/** What the BFD session of a peer depends on, and its BGP session does not. */
const bfdFields = ({ bfd, bfdProfile, ebgpMultiHop }: Peer) => ({ bfd, bfdProfile, ebgpMultiHop });

/** Compares two routes of one prefix. */
export const sameRoute = (a: DesiredRoute, b: DesiredRoute): boolean =>
  a === b ||
  (a.localPref === b.localPref &&
    a.med === b.med &&
    a.prependCount === b.prependCount &&
    a.weight?.endpoints === b.weight?.endpoints &&
    a.weight?.transitive === b.weight?.transitive &&
    sameItems(a.communities, b.communities) &&
    sameItems(
      a.largeCommunities,
      b.largeCommunities,
      (one, other) => compareLargeCommunities(one, other) === 0,
    ));
