/**
 * Who offers which prefix. Services whose advertisements of a prefix are the same stand in one group, so that a route is
 * made of a few groups, however many Services an aggregate has.
 */
import { formatPrefix, type Prefix } from '../net/prefix.ts';
import type { Advertisement } from './advertisement.ts';
import type { Peer } from './peers.ts';
import { compareServices } from './service.ts';
import { type Announced, carries, type Heard, hears } from './table.ts';

/** `members`, at least one, in the order of Services. */
type Group = { readonly advertisements: readonly Advertisement[]; readonly members: Announced[] };

export class Claims {
  readonly prefix: Prefix;
  readonly #groups: Group[] = [];

  constructor(prefix: Prefix) {
    this.prefix = prefix;
  }

  get isEmpty(): boolean {
    return this.#groups.length === 0;
  }

  add(one: Announced, advertisements: readonly Advertisement[]): void {
    const group = this.#groups.find((known) => sameList(known.advertisements, advertisements));
    if (group === undefined) this.#groups.push({ advertisements, members: [one] });
    else group.members.splice(placeOf(one, group.members), 0, one);
  }

  remove(one: Announced, advertisements: readonly Advertisement[]): void {
    const index = this.#groups.findIndex((known) => sameList(known.advertisements, advertisements));
    const members = this.#groups[index]?.members ?? [];
    members.splice(placeOf(one, members), 1);
    if (members.length === 0) this.#groups.splice(index, 1);
  }

  /** Null for nothing. */
  heardBy(peer: Peer): Heard | null {
    if (!carries(peer, this.prefix)) return null;
    const groups = this.#groups.filter(({ advertisements }) =>
      advertisements.some((one) => hears(peer, one)),
    );
    if (groups.length === 0) return null;
    if (groups.length > 1) groups.sort((a, b) => compareEldest(a, b));
    return {
      prefix: this.prefix,
      advertisements: groups.flatMap((group) => group.advertisements.filter((one) => hears(peer, one))),
      endpoints: () => groups.flatMap(({ members }) => members.map(({ endpoints }) => endpoints)),
    };
  }
}

/** By the canonical text of the prefix. */
export class ClaimBook {
  readonly #byPrefix = new Map<string, Claims>();

  get prefixes(): Iterable<string> {
    return this.#byPrefix.keys();
  }

  get(prefix: string): Claims | undefined {
    return this.#byPrefix.get(prefix);
  }

  /** The prefixes that it offers. */
  add(one: Announced): Iterable<string> {
    const offered = offeredBy(one);
    for (const [text, { prefix, advertisements }] of offered) {
      const claims = this.#byPrefix.get(text) ?? new Claims(prefix);
      this.#byPrefix.set(text, claims);
      claims.add(one, advertisements);
    }
    return offered.keys();
  }

  /** `one` is the very value that was added. */
  remove(one: Announced): Iterable<string> {
    const offered = offeredBy(one);
    for (const [text, { advertisements }] of offered) {
      const claims = this.#byPrefix.get(text);
      claims?.remove(one, advertisements);
      if (claims?.isEmpty === true) this.#byPrefix.delete(text);
    }
    return offered.keys();
  }
}

type Offered = { readonly prefix: Prefix; readonly advertisements: Advertisement[] };

/** Of two addresses in one aggregate, the advertisement counts once. */
function offeredBy({ offers }: Announced): ReadonlyMap<string, Offered> {
  const offered = new Map<string, Offered>();
  for (const { prefix, advertisement } of offers) {
    const text = formatPrefix(prefix);
    const known = offered.get(text);
    if (known === undefined) offered.set(text, { prefix, advertisements: [advertisement] });
    else if (!known.advertisements.includes(advertisement)) known.advertisements.push(advertisement);
  }
  return offered;
}

const sameList = (a: readonly Advertisement[], b: readonly Advertisement[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index]);

function compareEldest(a: Group, b: Group): number {
  const [one, other] = [a.members[0], b.members[0]];
  return one === undefined || other === undefined ? 0 : compareServices(one.service, other.service);
}

/** Where it stands, or would stand. */
function placeOf({ service }: Announced, members: readonly Announced[]): number {
  let [low, high] = [0, members.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = members[middle]?.service;
    if (there !== undefined && there.key !== service.key && compareServices(there, service) < 0)
      low = middle + 1;
    else high = middle;
  }
  return low;
}
