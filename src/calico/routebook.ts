/**
 * The routes that routers end up with, of one family, worked out when they are asked for. Routes whose origins are alike
 * fare alike, and a few nodes of each class stand for the rest (`classes.ts`), so that neither the number of Services nor
 * that of nodes in a mesh counts.
 */
import type { Address, Family } from '../net/address.ts';
import { networkMask, type Prefix } from '../net/prefix.ts';
import { type Classes, classesOf } from './classes.ts';
import { type Ends, EndsBook, type Part, type Way, wayKey } from './ends.ts';
import type { LiveNode, Neighbourhood } from './links.ts';
import { type BuiltNetwork, buildNetwork, nodeSpeaker, routerSpeaker } from './network.ts';
import { type Origin, Origins } from './origins.ts';
import { comparePlaces, ownPath, type Path } from './path.ts';
import { travel } from './propagation.ts';
import type { Router } from './routers.ts';

/** How a router gets to a prefix. */
export type Route = Ends & {
  readonly prefix: Prefix;
  /** One of the best paths: what they have in common is in it. */
  readonly best: Path;
};

/** What a router has of prefixes that fare alike: which parts send the best paths, and whose next hops these have. */
type Shape = { readonly best: Path; readonly ways: readonly Way[] };

/** By router. */
type Fate = ReadonlyMap<string, Shape>;

type Outcome = { readonly parts: readonly Part[]; readonly fate: Fate };

/** Of those who announce, two: how a router chooses between equals is seen with them. Of others, one. */
const ORIGINS_STAND_IN = 2;
const OTHERS_STAND_IN = 1;

export class RouteBook {
  readonly origins: Origins;
  readonly classes: Classes;
  readonly #around: Neighbourhood;
  readonly #networks = new Map<string, BuiltNetwork>();
  readonly #fates = new Map<string, Fate>();
  readonly #known = new WeakMap<Origin, Outcome>();
  /** Of what begins everywhere and nowhere else. */
  #common: readonly Part[] | null = null;
  readonly #ends: EndsBook;
  /** Of prefixes, the longest first. */
  #lengths: readonly number[] = [];
  readonly #anything: Prefix;
  /** Places by router ID and address, and of each place where it stands among them (RFC 4271, 9.1.2.2). */
  readonly #byRank: readonly number[];
  readonly #rank: readonly number[];
  readonly #places: ReadonlyMap<string, number>;

  constructor(around: Neighbourhood) {
    this.#around = around;
    this.#anything = { family: around.family, bits: 0n, length: 0 };
    this.classes = classesOf(around);
    this.#ends = new EndsBook(around);
    this.#byRank = ranked(around);
    const rank: number[] = [];
    for (const [index, place] of this.#byRank.entries()) rank[place] = index;
    this.#rank = rank;
    this.origins = new Origins(around.live, around.family);
    this.#places = new Map(around.live.map(({ node }, index) => [node.name, index]));
    for (const { prefix } of this.origins.values()) if (prefix.length > 0) this.#mind(prefix.length);
  }

  get family(): Family {
    return this.#around.family;
  }

  placeOf(node: string): number | undefined {
    return this.#places.get(node);
  }

  /** A single address begins at these nodes from now on. */
  setHost(prefix: Prefix, at: 'everywhere' | readonly number[]): void {
    this.#mind(prefix.length);
    this.origins.setHost(prefix, at);
  }

  #mind(length: number): void {
    if (!this.#lengths.includes(length)) this.#lengths = [...this.#lengths, length].sort((a, b) => b - a);
  }

  /** The longest route that the router has to the address. */
  routeTo(router: Router, { family, bits }: Address): Route | null {
    for (const length of this.#lengths) {
      const route = this.routeOf(router, { family, bits: bits & networkMask(family, length), length });
      if (route !== null) return route;
    }
    return null;
  }

  /** The router's route to this very prefix, whatever else it has that leads there. */
  routeOf(router: Router, prefix: Prefix): Route | null {
    const origin = this.origins.get(prefix);
    return origin === undefined ? null : this.#routeOf(origin, router);
  }

  routesOf(router: Router): readonly Route[] {
    return [...this.origins.values()].flatMap((origin) => this.#routeOf(origin, router) ?? []);
  }

  #routeOf(origin: Origin, router: Router): Route | null {
    const { parts, fate } = this.#outcomeOf(origin);
    const shape = fate.get(router.name);
    if (shape === undefined) return null;
    return { prefix: origin.prefix, best: shape.best, ...this.#ends.of(shape.ways, parts) };
  }

  #outcomeOf(origin: Origin): Outcome {
    const before = this.#known.get(origin);
    if (before !== undefined) return before;
    const parts = this.#partsOf(origin);
    const outcome = { parts, fate: this.#fateOf(origin, parts) };
    this.#known.set(origin, outcome);
    return outcome;
  }

  #partsOf(origin: Origin): readonly Part[] {
    if (origin.own.size > 0 || origin.owners.length > 0) return this.#split(origin);
    this.#common ??= this.#split(origin);
    return this.#common;
  }

  /** Sorted by class, so that equal origins give equal lists. */
  #split({ own, everywhere, owners }: Origin): readonly Part[] {
    const parts = new Map<string, { readonly at: number[]; readonly sources: Part['sources'] }>();
    const isOwner = new Set(owners);
    const begins = new Set(everywhere ? this.origins.everywhere : []);
    // In this order the first of a part is the one that others would choose among equals.
    for (const place of this.#byRank) {
      const mine = own.get(place) ?? [];
      const sources = begins.has(place) && !mine.includes('host') ? (['host', ...mine] as const) : mine;
      const key = `${this.classes.of[place]} ${isOwner.has(place) ? place : ''} ${[...sources].sort().join('+')}`;
      const part = parts.get(key);
      if (part === undefined) parts.set(key, { at: [place], sources });
      else part.at.push(place);
    }
    return [...parts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
  }

  #fateOf(origin: Origin, parts: readonly Part[]): Fate {
    const places = parts.map(({ at, sources }) =>
      at.slice(0, sources.length > 0 ? ORIGINS_STAND_IN : OTHERS_STAND_IN),
    );
    const names = parts.map(({ at, sources }, index) => {
      const id = origin.owners.includes(at[0] ?? -1) ? `=${at[0]}` : String(this.classes.of[at[0] ?? 0]);
      return `${id}:${sources.join('+')}:${places[index]?.length}`;
    });
    const order = parts
      .map(({ at }, index) => [this.#rank[at[0] ?? 0] ?? 0, index] as const)
      .sort(([a], [b]) => a - b)
      .map(([, index]) => index);
    const signature = `${origin.signature};${names.join(' ')};${order.join()}`;
    const known = this.#fates.get(signature);
    if (known !== undefined) return known;
    const fate = this.#workOut(origin.prefix, parts, places);
    this.#fates.set(signature, fate);
    return fate;
  }

  #workOut(prefix: Prefix, parts: readonly Part[], places: readonly (readonly number[])[]): Fate {
    const announcing = places.filter((_, part) => parts[part]?.sources.includes('host') === true).flat();
    const { network } = this.#networkOf(places.flat(), new Set(announcing));
    const partOf = new Map<string, number>();
    const addresses = new Map<bigint, number>();
    const own = new Map<string, readonly Path[]>();
    for (const [part, list] of places.entries()) {
      for (const place of list) {
        const { node } = this.#around.live[place] as LiveNode;
        const speaker = nodeSpeaker(node.name);
        partOf.set(node.name, part);
        addresses.set(node.addresses[this.family]?.bits ?? 0n, part);
        const sources = new Set((parts[part]?.sources ?? []).map((one) => (one === 'host' ? 'static' : one)));
        const paths = [...sources].map((source) => ownPath(prefix, source));
        if (paths.length > 0) own.set(speaker, paths);
      }
    }
    const { routers } = this.#around;
    const { tables } = travel(network, own, new Set(routers.map(routerSpeaker)));
    const shapes = new Map<string, Shape>();
    const alike = new Map<string, readonly Way[]>();
    for (const router of routers) {
      const table = tables.get(routerSpeaker(router)) ?? [];
      const [best] = table;
      if (best === undefined) continue;
      const ways = table
        .filter((one) => comparePlaces(one, best) === 0)
        .flatMap(({ via, nextHop }) => {
          const part = partOf.get(via.slice(0, via.indexOf(' > ')));
          if (part === undefined || nextHop === null) return [];
          return [{ part, hop: addresses.get(nextHop.bits) ?? nextHop }];
        });
      const key = wayKey(ways);
      if (!alike.has(key)) alike.set(key, ways);
      shapes.set(router.name, { best, ways: alike.get(key) ?? ways });
    }
    return shapes;
  }

  /** `announcing` have the single address in question among their own, whichever it is; the others have none. */
  #networkOf(places: readonly number[], announcing: ReadonlySet<number>): BuiltNetwork {
    const sorted = [...places].sort((a, b) => a - b);
    const key = sorted.map((place) => (announcing.has(place) ? `+${place}` : String(place))).join();
    const known = this.#networks.get(key);
    if (known !== undefined) return known;
    const live = sorted.flatMap((place) => {
      const one = this.#around.live[place];
      return one === undefined ? [] : [withHosts(one, announcing.has(place) ? [this.#anything] : [])];
    });
    const byAddress = new Map(live.map((one) => [one.node.addresses[this.family]?.bits ?? 0n, one]));
    const made = buildNetwork({ ...this.#around, live, byAddress }, NOBODY_SILENT);
    this.#networks.set(key, made);
    return made;
  }
}

function ranked({ live, family }: Neighbourhood): readonly number[] {
  const ranks = live.map(
    ({ node, loaded }) => [loaded.main.routerId, node.addresses[family]?.bits ?? 0n] as const,
  );
  return [...live.keys()].sort((a, b) => {
    const [one, other] = [ranks[a], ranks[b]];
    if (one === undefined || other === undefined) return 0;
    return one[0] - other[0] || (one[1] < other[1] ? -1 : 1);
  });
}

const withHosts = (live: LiveNode, own: readonly Prefix[]): LiveNode => ({
  ...live,
  loaded: { ...live.loaded, included: { ...live.loaded.included, hosts: { shared: [], own } } },
});

const NOBODY_SILENT: ReadonlySet<string> = new Set();
