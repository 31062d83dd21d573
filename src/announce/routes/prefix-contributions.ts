/**
 * Index of contributions: the Services that contribute to each prefix. Services with the same advertisements of a prefix
 * form one group, so that a route is aggregated from a few groups, however many Services an aggregate contains.
 */

import { sameItems } from '../../base/list.ts';
import { formatPrefix, type Prefix } from '../../net/prefix.ts';
import { compareServiceAge } from '../../objects/service.ts';
import type { ResolvedAdvertisement } from '../config/advertisement.ts';
import type { Peer } from '../config/peers.ts';
import { type AnnouncedService, carriesPrefix, isTargetPeer, type PeerContributions } from './routes.ts';

/** `services` has at least one member, and is sorted by age. */
type ServiceGroup = {
  readonly advertisements: readonly ResolvedAdvertisement[];
  readonly services: AnnouncedService[];
};

export class PrefixContributions {
  readonly prefix: Prefix;
  readonly #groups: ServiceGroup[] = [];

  constructor(prefix: Prefix) {
    this.prefix = prefix;
  }

  get isEmpty(): boolean {
    return this.#groups.length === 0;
  }

  add(one: AnnouncedService, advertisements: readonly ResolvedAdvertisement[]): void {
    const group = this.#groups.find((known) => sameItems(known.advertisements, advertisements));
    if (group === undefined) this.#groups.push({ advertisements, services: [one] });
    else group.services.splice(insertionIndex(one, group.services), 0, one);
  }

  remove(one: AnnouncedService, advertisements: readonly ResolvedAdvertisement[]): void {
    const index = this.#groups.findIndex((known) => sameItems(known.advertisements, advertisements));
    const services = this.#groups[index]?.services ?? [];
    services.splice(insertionIndex(one, services), 1);
    if (services.length === 0) this.#groups.splice(index, 1);
  }

  /** The contributions for one peer; null where there are none. */
  contributionsTo(peer: Peer): PeerContributions | null {
    if (!carriesPrefix(peer, this.prefix)) return null;
    const groups = this.#groups.filter(({ advertisements }) =>
      advertisements.some((one) => isTargetPeer(peer, one)),
    );
    if (groups.length === 0) return null;
    if (groups.length > 1) groups.sort((a, b) => compareOldest(a, b));
    return {
      prefix: this.prefix,
      advertisements: groups.flatMap((group) =>
        group.advertisements.filter((one) => isTargetPeer(peer, one)),
      ),
      endpoints: () => groups.flatMap(({ services }) => services.map(({ endpoints }) => endpoints)),
    };
  }
}

/** By the prefix as canonical text. */
export class ContributionIndex {
  readonly #byPrefix = new Map<string, PrefixContributions>();

  get prefixes(): Iterable<string> {
    return this.#byPrefix.keys();
  }

  get(prefix: string): PrefixContributions | undefined {
    return this.#byPrefix.get(prefix);
  }

  /** Returns the prefixes that the Service contributes to. */
  add(one: AnnouncedService): Iterable<string> {
    const byPrefix = groupByPrefix(one);
    for (const [text, { prefix, advertisements }] of byPrefix) {
      const contributions = this.#byPrefix.get(text) ?? new PrefixContributions(prefix);
      this.#byPrefix.set(text, contributions);
      contributions.add(one, advertisements);
    }
    return byPrefix.keys();
  }

  /** `one` is the same object that was added. */
  remove(one: AnnouncedService): Iterable<string> {
    const byPrefix = groupByPrefix(one);
    for (const [text, { advertisements }] of byPrefix) {
      const contributions = this.#byPrefix.get(text);
      contributions?.remove(one, advertisements);
      if (contributions?.isEmpty === true) this.#byPrefix.delete(text);
    }
    return byPrefix.keys();
  }
}

type ContributedPrefix = { readonly prefix: Prefix; readonly advertisements: ResolvedAdvertisement[] };

/** An advertisement counts once for a prefix, even if several addresses of the Service are in it. */
function groupByPrefix({ contributions }: AnnouncedService): ReadonlyMap<string, ContributedPrefix> {
  const byPrefix = new Map<string, ContributedPrefix>();
  for (const { prefix, advertisement } of contributions) {
    const text = formatPrefix(prefix);
    const known = byPrefix.get(text);
    if (known === undefined) byPrefix.set(text, { prefix, advertisements: [advertisement] });
    else if (!known.advertisements.includes(advertisement)) known.advertisements.push(advertisement);
  }
  return byPrefix;
}

function compareOldest(a: ServiceGroup, b: ServiceGroup): number {
  const [first, other] = [a.services[0], b.services[0]];
  return first === undefined || other === undefined ? 0 : compareServiceAge(first.service, other.service);
}

/** The index of the Service in the list, or the index to insert it at. */
function insertionIndex({ service }: AnnouncedService, services: readonly AnnouncedService[]): number {
  let [low, high] = [0, services.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const candidate = services[middle]?.service;
    if (candidate !== undefined && candidate.key !== service.key && compareServiceAge(candidate, service) < 0)
      low = middle + 1;
    else high = middle;
  }
  return low;
}
