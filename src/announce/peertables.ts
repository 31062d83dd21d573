/** What each peer of a node hears, and how that changes: nothing is told that was told before. */
import { isDeepStrictEqual } from 'node:util';
import type { Prefix } from '../net/prefix.ts';
import { compareLarge } from '../routes/community.ts';
import type { ClaimBook } from './claims.ts';
import type { Peer } from './peers.ts';
import { type Route, type Routes, routeOf } from './table.ts';

/** `route` is null where the prefix is withdrawn. */
export type RouteChange = {
  readonly peer: string;
  /** Canonical text. */
  readonly prefix: string;
  /** The same as a value. */
  readonly at: Prefix;
  readonly route: Route | null;
};

/** A peer that goes takes its routes along: they are not withdrawn one by one. */
export type PeerChanges = {
  readonly came: readonly Peer[];
  readonly changed: readonly Peer[];
  readonly went: readonly string[];
};

export const NO_PEER_CHANGES: PeerChanges = { came: [], changed: [], went: [] };

type Table = { peer: Peer; readonly routes: Map<string, Route> };

export class PeerTables {
  /** By name, in the order of names. */
  #tables: ReadonlyMap<string, Table> = new Map();

  get sessions(): readonly { readonly peer: Peer; readonly routes: Routes }[] {
    return [...this.#tables.values()];
  }

  routesOf(peer: string): Routes | null {
    return this.#tables.get(peer)?.routes ?? null;
  }

  /** A peer of which nothing changed stays the same object. */
  setPeers(peers: Iterable<Peer>): PeerChanges {
    const came: Peer[] = [];
    const changed: Peer[] = [];
    const now = new Map<string, Table>();
    for (const peer of peers) {
      const known = this.#tables.get(peer.name);
      now.set(peer.name, known ?? { peer, routes: new Map() });
      if (known === undefined) came.push(peer);
      else if (!isDeepStrictEqual(inSession(known.peer), inSession(peer))) {
        known.peer = peer;
        changed.push(peer);
      }
    }
    const went = [...this.#tables.keys()].filter((name) => !now.has(name));
    this.#tables = now;
    return { came, changed, went };
  }

  /** Whatever is different of these prefixes. */
  tell(prefixes: Iterable<string>, book: ClaimBook): readonly RouteChange[] {
    const changes: RouteChange[] = [];
    for (const prefix of prefixes) {
      const claims = book.get(prefix);
      let last: Route | null = null;
      for (const { peer, routes } of this.#tables.values()) {
        const before = routes.get(prefix) ?? null;
        const heard = claims?.heardBy(peer) ?? null;
        const made: Route | null = heard === null ? null : routeOf(heard);
        // Peers that hear the same share one value.
        const route: Route | null = made !== null && last !== null && sameRoute(made, last) ? last : made;
        last = route ?? last;
        if (before !== null && route !== null && sameRoute(before, route)) continue;
        const at = route ?? before;
        if (at === null) continue;
        if (route !== null) routes.set(prefix, route);
        else routes.delete(prefix);
        changes.push({ peer: peer.name, prefix, at: at.prefix, route });
      }
    }
    return changes;
  }
}

/**
 * Without what is nothing to a session: whom else the object selects, where the password is written, what only its review
 * asks for (`ebgpMultiHop`, `allowBesideCalico`), and BFD.
 */
const inSession = (peer: Peer): Peer => ({
  ...peer,
  ...{ nodeSelectors: [], password: null, passwordSecret: null, bfdProfile: null },
  ...{ ebgpMultiHop: false, allowBesideCalico: false },
});

/** For two of one prefix. */
const sameRoute = (a: Route, b: Route): boolean =>
  a === b ||
  (a.localPref === b.localPref &&
    a.med === b.med &&
    a.prepend === b.prepend &&
    a.weight?.endpoints === b.weight?.endpoints &&
    a.weight?.transitive === b.weight?.transitive &&
    sameList(a.communities, b.communities, (one, other) => one - other) &&
    sameList(a.large, b.large, compareLarge));

const sameList = <T>(a: readonly T[], b: readonly T[], compare: (one: T, other: T) => number): boolean =>
  a.length === b.length &&
  a.every((one, index) => {
    const other = b[index];
    return other !== undefined && compare(one, other) === 0;
  });
