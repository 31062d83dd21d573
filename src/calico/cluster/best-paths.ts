/** From the parts that nodes play for a prefix back to the nodes themselves: who sends its best paths, and where traffic goes. */
import { type Address, formatAddress } from '../../net/address.ts';
import type { Topology } from './established-sessions.ts';
import type { OriginSource } from './originators.ts';

/** Nodes that play one part for a prefix, by their places; a few of them stand for all. */
export type NodeGroup = { readonly nodes: readonly number[]; readonly sources: readonly OriginSource[] };

/** Who sends a path that is as good as the best; `hop` is the part that its next hop belongs to, or an address that is no node's. */
export type EqualPath = { readonly senderGroup: number; readonly nextHopGroup: number | Address };

export type BestPaths = {
  /** Nodes that sent the paths which are as good as the best. */
  readonly senders: readonly string[];
  /** Where the traffic goes; `node` is '' for an address that is no node's. */
  readonly nextHops: readonly { readonly node: string; readonly address: string }[];
};

/** Equal for ways that lead alike. */
export const equalPathsKey = (equalPaths: readonly EqualPath[]): string =>
  equalPaths
    .map(
      ({ senderGroup, nextHopGroup }) =>
        `${senderGroup}>${typeof nextHopGroup === 'number' ? nextHopGroup : formatAddress(nextHopGroup)}`,
    )
    .join();

/** Thousands of Services that are announced everywhere, and all routers that learn them alike, have their ends in common. */
export class BestPathExpander {
  readonly #around: Topology;
  readonly #expanded = new WeakMap<readonly NodeGroup[], Map<readonly EqualPath[], BestPaths>>();

  constructor(topology: Topology) {
    this.#around = topology;
  }

  expand(equalPaths: readonly EqualPath[], groups: readonly NodeGroup[]): BestPaths {
    const known = this.#expanded.get(groups) ?? new Map<readonly EqualPath[], BestPaths>();
    this.#expanded.set(groups, known);
    const paths = known.get(equalPaths) ?? this.#build(equalPaths, groups);
    known.set(equalPaths, paths);
    return paths;
  }

  #build(equalPaths: readonly EqualPath[], groups: readonly NodeGroup[]): BestPaths {
    const { live, family } = this.#around;
    const nameOf = (index: number): string => live[index]?.node.name ?? '';
    const from = new Set<string>();
    const nextHops = new Map<string, string>();
    for (const { senderGroup, nextHopGroup } of equalPaths) {
      const senders = groups[senderGroup]?.nodes ?? [];
      for (const index of senders) from.add(nameOf(index));
      if (typeof nextHopGroup !== 'number') {
        nextHops.set(formatAddress(nextHopGroup), '');
        continue;
      }
      for (const index of nextHopGroup === senderGroup
        ? senders
        : (groups[nextHopGroup]?.nodes ?? []).slice(0, 1)) {
        const address = live[index]?.node.addresses[family];
        if (address != null) nextHops.set(formatAddress(address), nameOf(index));
      }
    }
    return { senders: [...from], nextHops: [...nextHops].map(([address, node]) => ({ node, address })) };
  }
}
