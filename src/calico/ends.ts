/** From the parts that nodes play for a prefix back to the nodes themselves: who sends its best paths, and where traffic goes. */
import { type Address, formatAddress } from '../net/address.ts';
import type { Neighbourhood } from './links.ts';
import type { Source } from './origins.ts';

/** Nodes that play one part for a prefix, by their places; a few of them stand for all. */
export type Part = { readonly at: readonly number[]; readonly sources: readonly Source[] };

/** Who sends a path that is as good as the best; `hop` is the part that its next hop belongs to, or an address that is no node's. */
export type Way = { readonly part: number; readonly hop: number | Address };

export type Ends = {
  /** Nodes that sent the paths which are as good as the best. */
  readonly from: readonly string[];
  /** Where the traffic goes; `node` is '' for an address that is no node's. */
  readonly hops: readonly { readonly node: string; readonly address: string }[];
};

/** Equal for ways that lead alike. */
export const wayKey = (ways: readonly Way[]): string =>
  ways.map(({ part, hop }) => `${part}>${typeof hop === 'number' ? hop : formatAddress(hop)}`).join();

/** Thousands of Services that are announced everywhere, and all routers that learn them alike, have their ends in common. */
export class EndsBook {
  readonly #around: Neighbourhood;
  readonly #known = new WeakMap<readonly Part[], Map<readonly Way[], Ends>>();

  constructor(around: Neighbourhood) {
    this.#around = around;
  }

  of(ways: readonly Way[], parts: readonly Part[]): Ends {
    const known = this.#known.get(parts) ?? new Map<readonly Way[], Ends>();
    this.#known.set(parts, known);
    const ends = known.get(ways) ?? this.#made(ways, parts);
    known.set(ways, ends);
    return ends;
  }

  #made(ways: readonly Way[], parts: readonly Part[]): Ends {
    const { live, family } = this.#around;
    const nameOf = (place: number): string => live[place]?.node.name ?? '';
    const from = new Set<string>();
    const hops = new Map<string, string>();
    for (const { part, hop } of ways) {
      const senders = parts[part]?.at ?? [];
      for (const place of senders) from.add(nameOf(place));
      if (typeof hop !== 'number') {
        hops.set(formatAddress(hop), '');
        continue;
      }
      for (const place of hop === part ? senders : (parts[hop]?.at ?? []).slice(0, 1)) {
        const address = live[place]?.node.addresses[family];
        if (address != null) hops.set(formatAddress(address), nameOf(place));
      }
    }
    return { from: [...from], hops: [...hops].map(([address, node]) => ({ node, address })) };
  }
}
