/** Expands groups of nodes to the nodes themselves: those that advertise the best paths of a prefix, and their next hops. */
import { type Address, formatAddress } from '../../net/address.ts';
import type { Topology } from './established-sessions.ts';
import type { OriginSource } from './originators.ts';

/** Nodes (by index) of one class that originate a prefix alike. A few of them represent all. */
export type NodeGroup = { readonly nodes: readonly number[]; readonly sources: readonly OriginSource[] };

/** A path as good as the best: the group of its sender, and the group of its next hop or an address that is no node's. */
export type EqualPath = { readonly senderGroup: number; readonly nextHopGroup: number | Address };

export type BestPaths = {
  /** Nodes that advertise the paths which are as good as the best. */
  readonly senders: readonly string[];
  /** Where traffic goes; `node` is '' for an address that is no node's. */
  readonly nextHops: readonly { readonly node: string; readonly address: string }[];
};

/** Equal for lists with the same senders and next hops. */
export const equalPathsKey = (equalPaths: readonly EqualPath[]): string =>
  equalPaths
    .map(
      ({ senderGroup, nextHopGroup }) =>
        `${senderGroup}>${typeof nextHopGroup === 'number' ? nextHopGroup : formatAddress(nextHopGroup)}`,
    )
    .join();

/** Expands each combination of groups and paths once: thousands of Services and all routers share few of them. */
export class BestPathExpander {
  readonly #topology: Topology;
  readonly #expanded = new WeakMap<readonly NodeGroup[], Map<readonly EqualPath[], BestPaths>>();

  constructor(topology: Topology) {
    this.#topology = topology;
  }

  expand(equalPaths: readonly EqualPath[], groups: readonly NodeGroup[]): BestPaths {
    const known = this.#expanded.get(groups) ?? new Map<readonly EqualPath[], BestPaths>();
    this.#expanded.set(groups, known);
    const paths = known.get(equalPaths) ?? this.#build(equalPaths, groups);
    known.set(equalPaths, paths);
    return paths;
  }

  #build(equalPaths: readonly EqualPath[], groups: readonly NodeGroup[]): BestPaths {
    const { live, family } = this.#topology;
    const nameOf = (index: number): string => live[index]?.node.name ?? '';
    const senderNames = new Set<string>();
    const nextHops = new Map<string, string>();
    for (const { senderGroup, nextHopGroup } of equalPaths) {
      const senders = groups[senderGroup]?.nodes ?? [];
      for (const index of senders) senderNames.add(nameOf(index));
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
    return {
      senders: [...senderNames],
      nextHops: [...nextHops].map(([address, node]) => ({ node, address })),
    };
  }
}
