/** Where prefixes begin, of one family: at nodes one by one, and at all nodes that announce Services, of which there are many. */
import type { Family } from '../net/address.ts';
import type { Prefix } from '../net/prefix.ts';
import { Containment } from './containment.ts';
import type { LiveNode } from './links.ts';
import type { Path } from './path.ts';
import { prefixKey } from './propagation.ts';
import { ownPaths, rangesThatMatter } from './solution.ts';

/** `host` is a static route to a single address of a Service, which a node always may announce. */
export type Source = Exclude<Path['source'], 'bgp'> | 'host';

export type Origin = {
  readonly prefix: Prefix;
  /** Of nodes by their place, what they have it from. */
  readonly own: ReadonlyMap<number, readonly Source[]>;
  /** All nodes of the list `everywhere` have it as an address of a Service, too. */
  readonly everywhere: boolean;
  /** Nodes that own a block around it: what they do with it is their own. */
  readonly owners: readonly number[];
  /** Equal for prefixes that no configuration tells apart. */
  readonly signature: string;
};

export class Origins {
  /** Places of the nodes that announce what is announced everywhere. */
  readonly everywhere: readonly number[];
  readonly #byKey = new Map<string, Origin>();
  readonly #containment: Containment;
  readonly #blocks = new Map<string, number[]>();
  readonly #blockLengths: readonly number[];
  readonly #family: Family;

  constructor(live: readonly LiveNode[], family: Family) {
    this.#family = family;
    this.#containment = new Containment(rangesThatMatter(live));
    const places = live.map((_, index) => index);
    this.everywhere = places.filter((index) => live[index]?.node.excluded === false);
    for (const [index, { loaded }] of live.entries()) {
      for (const block of loaded.included.blocks) {
        const key = prefixKey(block);
        this.#blocks.set(key, [...(this.#blocks.get(key) ?? []), index]);
      }
    }
    this.#blockLengths = [
      ...new Set(live.flatMap(({ loaded }) => loaded.included.blocks.map(({ length }) => length))),
    ];
    this.#fill(live);
  }

  values(): Iterable<Origin> {
    return this.#byKey.values();
  }

  get(prefix: Prefix): Origin | undefined {
    return this.#byKey.get(prefixKey(prefix));
  }

  /** A single address begins here from now on, and nowhere else; nodes are given by their places. */
  setHost(prefix: Prefix, at: 'everywhere' | readonly number[]): void {
    const key = prefixKey(prefix);
    const others = [...(this.#byKey.get(key)?.own ?? [])].flatMap(([index, sources]) => {
      const rest = sources.filter((one) => one !== 'host');
      return rest.length === 0 ? [] : [[index, rest] as const];
    });
    const own = new Map<number, readonly Source[]>(others);
    if (at !== 'everywhere') for (const index of at) own.set(index, ['host', ...(own.get(index) ?? [])]);
    const everywhere = at === 'everywhere';
    if (own.size === 0 && !everywhere) this.#byKey.delete(key);
    else this.#byKey.set(key, this.#origin(prefix, own, everywhere));
  }

  #fill(live: readonly LiveNode[]): void {
    const own = new Map<string, { readonly prefix: Prefix; readonly at: Map<number, Source[]> }>();
    for (const [index, { node, loaded }] of live.entries()) {
      const hosts = new Set(loaded.included.hosts.own.map(prefixKey));
      for (const { prefix, source: from } of ownPaths(node, loaded, this.#family)) {
        if (from === 'bgp') continue;
        const key = prefixKey(prefix);
        const source: Source = from === 'static' && hosts.has(key) ? 'host' : from;
        const entry = own.get(key) ?? { prefix, at: new Map<number, Source[]>() };
        own.set(key, entry);
        const there = entry.at.get(index);
        if (there === undefined) entry.at.set(index, [source]);
        else if (!there.includes(source)) there.push(source);
      }
    }
    const shared = new Set(live.map(({ loaded }) => loaded.included.hosts.shared));
    for (const prefix of [...shared].flat()) {
      const key = prefixKey(prefix);
      this.#byKey.set(key, this.#origin(prefix, own.get(key)?.at ?? NOWHERE, true));
    }
    for (const [key, { prefix, at }] of own) {
      if (!this.#byKey.has(key)) this.#byKey.set(key, this.#origin(prefix, at, false));
    }
  }

  #origin(prefix: Prefix, own: Origin['own'], everywhere: boolean): Origin {
    const signature = this.#containment.signature(prefix);
    return { prefix, own, everywhere, owners: this.#ownersOf(prefix), signature };
  }

  #ownersOf({ family, bits, length }: Prefix): readonly number[] {
    const host = BigInt(family === 4 ? 32 : 128);
    return this.#blockLengths.flatMap((one) => {
      if (one > length) return [];
      const shift = host - BigInt(one);
      return this.#blocks.get(prefixKey({ family, bits: (bits >> shift) << shift, length: one })) ?? [];
    });
  }
}

const NOWHERE: Origin['own'] = new Map();
