/** Index of the originators of each prefix of one family: single nodes, or all announcing nodes at once. */
import type { Family } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';
import { PrefixPartition } from '../bird/prefix-partition.ts';
import type { RibPath } from '../bird/rib-path.ts';
import { distinguishingRanges, originatedByNode } from './converged-ribs.ts';
import type { LiveNode } from './established-sessions.ts';
import { familyPrefixKey } from './propagation.ts';

/** `host` is a static route to one address of a Service; the export rules always let it pass. */
export type OriginSource = Exclude<RibPath['source'], 'bgp'> | 'host';

export type PrefixOrigin = {
  readonly prefix: Prefix;
  /** By index of the node: the sources of its own routes to the prefix. */
  readonly sourcesByNode: ReadonlyMap<number, readonly OriginSource[]>;
  /** All of `announcingNodes` originate it as an address of a Service, too. */
  readonly isEverywhere: boolean;
  /** Indices of nodes that own an IPAM block around it, which changes what they export. */
  readonly blockOwners: readonly number[];
  /** Equal for prefixes that no node's configuration tells apart. */
  readonly partitionKey: string;
};

export class Originators {
  /** Indices of the nodes that announce Services of all nodes, i.e. those without the exclude label. */
  readonly announcingNodes: readonly number[];
  readonly #byKey = new Map<string, PrefixOrigin>();
  readonly #partition: PrefixPartition;
  readonly #blocks = new Map<string, number[]>();
  readonly #blockLengths: readonly number[];
  readonly #family: Family;

  constructor(live: readonly LiveNode[], family: Family) {
    this.#family = family;
    this.#partition = new PrefixPartition(distinguishingRanges(live));
    const indices = live.map((_, index) => index);
    this.announcingNodes = indices.filter((index) => live[index]?.node.isExcluded === false);
    for (const [index, { loaded }] of live.entries()) {
      for (const block of loaded.included.blocks) {
        const key = familyPrefixKey(block);
        this.#blocks.set(key, [...(this.#blocks.get(key) ?? []), index]);
      }
    }
    this.#blockLengths = [
      ...new Set(live.flatMap(({ loaded }) => loaded.included.blocks.map(({ length }) => length))),
    ];
    this.#fill(live);
  }

  values(): Iterable<PrefixOrigin> {
    return this.#byKey.values();
  }

  get(prefix: Prefix): PrefixOrigin | undefined {
    return this.#byKey.get(familyPrefixKey(prefix));
  }

  /** Sets the nodes (by index) that originate this single address, in place of those before. */
  setHost(prefix: Prefix, nodes: 'everywhere' | readonly number[]): void {
    const key = familyPrefixKey(prefix);
    const others = [...(this.#byKey.get(key)?.sourcesByNode ?? [])].flatMap(([index, sources]) => {
      const rest = sources.filter((one) => one !== 'host');
      return rest.length === 0 ? [] : [[index, rest] as const];
    });
    const own = new Map<number, readonly OriginSource[]>(others);
    if (nodes !== 'everywhere')
      for (const index of nodes) own.set(index, ['host', ...(own.get(index) ?? [])]);
    const everywhere = nodes === 'everywhere';
    if (own.size === 0 && !everywhere) this.#byKey.delete(key);
    else this.#byKey.set(key, this.#makeOrigin(prefix, own, everywhere));
  }

  #fill(live: readonly LiveNode[]): void {
    const own = new Map<string, { readonly prefix: Prefix; readonly at: Map<number, OriginSource[]> }>();
    for (const [index, { node, loaded }] of live.entries()) {
      const hosts = new Set(loaded.included.hostPrefixes.own.map(familyPrefixKey));
      for (const { prefix, source: from } of originatedByNode(node, loaded, this.#family)) {
        if (from === 'bgp') continue;
        const key = familyPrefixKey(prefix);
        const source: OriginSource = from === 'static' && hosts.has(key) ? 'host' : from;
        const entry = own.get(key) ?? { prefix, at: new Map<number, OriginSource[]>() };
        own.set(key, entry);
        const there = entry.at.get(index);
        if (there === undefined) entry.at.set(index, [source]);
        else if (!there.includes(source)) there.push(source);
      }
    }
    const shared = new Set(live.map(({ loaded }) => loaded.included.hostPrefixes.shared));
    for (const prefix of [...shared].flat()) {
      const key = familyPrefixKey(prefix);
      this.#byKey.set(key, this.#makeOrigin(prefix, own.get(key)?.at ?? NO_NODES, true));
    }
    for (const [key, { prefix, at: nodes }] of own) {
      if (!this.#byKey.has(key)) this.#byKey.set(key, this.#makeOrigin(prefix, nodes, false));
    }
  }

  #makeOrigin(
    prefix: Prefix,
    sourcesByNode: PrefixOrigin['sourcesByNode'],
    isEverywhere: boolean,
  ): PrefixOrigin {
    const partitionKey = this.#partition.partitionKey(prefix);
    return { prefix, sourcesByNode, isEverywhere, blockOwners: this.#blockOwnersOf(prefix), partitionKey };
  }

  #blockOwnersOf({ family, bits, length }: Prefix): readonly number[] {
    const host = BigInt(family === 4 ? 32 : 128);
    return this.#blockLengths.flatMap((one) => {
      if (one > length) return [];
      const shift = host - BigInt(one);
      return this.#blocks.get(familyPrefixKey({ family, bits: (bits >> shift) << shift, length: one })) ?? [];
    });
  }
}

const NO_NODES: PrefixOrigin['sourcesByNode'] = new Map();
