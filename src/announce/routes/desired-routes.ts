/** What each peer of a node hears, and how that changes: nothing is told that was told before. */

import { isDeepStrictEqual } from 'node:util';
import { sameItems } from '../../base/list.ts';
import { compareLargeCommunities } from '../../bgp/attributes/community.ts';
import type { Prefix } from '../../net/prefix.ts';
import type { Peer } from '../config/peers.ts';
import type { ContributionIndex } from './prefix-contributions.ts';
import { aggregateRoute, type DesiredRoute, type DesiredRoutes } from './routes.ts';

/** `route` is null where the prefix is withdrawn. */
export type DesiredRouteChange = {
  readonly peer: string;
  /** Canonical text. */
  readonly prefix: string;
  /** The same as a value. */
  readonly prefixValue: Prefix;
  readonly route: DesiredRoute | null;
};

/** A peer that goes takes its routes along: they are not withdrawn one by one. */
export type PeerChanges = {
  readonly added: readonly Peer[];
  readonly changed: readonly Peer[];
  readonly removed: readonly string[];
};

export const NO_PEER_CHANGES: PeerChanges = { added: [], changed: [], removed: [] };

type PeerEntry = { peer: Peer; readonly routes: Map<string, DesiredRoute> };

export class DesiredRouteTables {
  /** By name, in the order of names. */
  #peers: ReadonlyMap<string, PeerEntry> = new Map();

  get sessions(): readonly { readonly peer: Peer; readonly routes: DesiredRoutes }[] {
    return [...this.#peers.values()];
  }

  routesOf(peer: string): DesiredRoutes | null {
    return this.#peers.get(peer)?.routes ?? null;
  }

  /** A peer of which nothing changed stays the same object. */
  setPeers(peers: Iterable<Peer>): PeerChanges {
    const added: Peer[] = [];
    const changed: Peer[] = [];
    const next = new Map<string, PeerEntry>();
    for (const peer of peers) {
      const known = this.#peers.get(peer.name);
      next.set(peer.name, known ?? { peer, routes: new Map() });
      if (known === undefined) added.push(peer);
      else if (!isDeepStrictEqual(withSessionFields(known.peer), withSessionFields(peer))) {
        known.peer = peer;
        changed.push(peer);
      }
    }
    const removed = [...this.#peers.keys()].filter((name) => !next.has(name));
    this.#peers = next;
    return { added, changed, removed };
  }

  /** Whatever is different of these prefixes. */
  recompute(prefixes: Iterable<string>, index: ContributionIndex): readonly DesiredRouteChange[] {
    const changes: DesiredRouteChange[] = [];
    for (const prefix of prefixes) {
      const prefixContributions = index.get(prefix);
      let previous: DesiredRoute | null = null;
      for (const { peer, routes } of this.#peers.values()) {
        const before = routes.get(prefix) ?? null;
        const contributions = prefixContributions?.contributionsTo(peer) ?? null;
        const computed: DesiredRoute | null = contributions === null ? null : aggregateRoute(contributions);
        // Peers that hear the same share one value.
        const route: DesiredRoute | null =
          computed !== null && previous !== null && sameRoute(computed, previous) ? previous : computed;
        previous = route ?? previous;
        if (before !== null && route !== null && sameRoute(before, route)) continue;
        const present = route ?? before;
        if (present === null) continue;
        if (route !== null) routes.set(prefix, route);
        else routes.delete(prefix);
        changes.push({ peer: peer.name, prefix, prefixValue: present.prefix, route });
      }
    }
    return changes;
  }
}

/**
 * Without what is nothing to a session: whom else the object selects, where the password is written, what only its review
 * asks for (`ebgpMultiHop`, `allowBesideCalico`), and BFD.
 */
const withSessionFields = (peer: Peer): Peer => ({
  ...peer,
  ...{ nodeSelectors: [], password: null, passwordSecret: null, bfdProfile: null },
  ...{ ebgpMultiHop: false, allowBesideCalico: false },
});

/** For two of one prefix. */
const sameRoute = (a: DesiredRoute, b: DesiredRoute): boolean =>
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
