/**
 * The addresses that a node announces one by one, by Service. Most of them are the same for all nodes, so these are kept
 * once: 500 nodes that announce 10,000 Services would otherwise hold five million entries.
 */
import type { Address, Family } from '../net/address.ts';
import type { Prefix } from '../net/prefix.ts';
import { announcementOf, type HostRouteContext } from './hostroutes.ts';
import type { Cluster } from './objects/cluster.ts';
import { hostPrefix } from './objects/prefixes.ts';

export type ByService = ReadonlyMap<string, readonly Address[]>;

export type HostTable = {
  /** The same object for every node that has it. */
  readonly shared: ByService;
  readonly own: ByService;
};

/** The same of one family, as prefixes; `shared` is the same array for every node that has it. */
export type HostPrefixes = { readonly shared: readonly Prefix[]; readonly own: readonly Prefix[] };

const NONE: ByService = new Map();
export const NO_HOSTS: HostTable = { shared: NONE, own: NONE };

/** All Services looked at once, for all nodes. */
export type WholeLook = {
  readonly everywhere: ByService;
  readonly byNode: ReadonlyMap<string, ByService>;
  /** Services of which Calico leaves everything as it is. */
  readonly unchanged: readonly string[];
};

export function lookAtAll({ services, slices }: Cluster, context: HostRouteContext): WholeLook {
  const everywhere = new Map<string, readonly Address[]>();
  const byNode = new Map<string, Map<string, readonly Address[]>>();
  const unchanged: string[] = [];
  for (const [key, service] of services) {
    const one = announcementOf(service, slices.get(key) ?? [], context);
    if (one === 'unchanged') unchanged.push(key);
    else if (one.addresses.length === 0) continue;
    else if (one.at === 'everywhere') everywhere.set(key, one.addresses);
    else for (const node of one.at) entry(byNode, node).set(key, one.addresses);
  }
  return { everywhere, byNode, unchanged };
}

function entry<K, V>(maps: Map<string, Map<K, V>>, name: string): Map<K, V> {
  const map = maps.get(name) ?? new Map<K, V>();
  maps.set(name, map);
  return map;
}

/** What a node announces after everything was looked at again; of what is left as it is, what stood there. */
export function tableOf(node: string, look: WholeLook, before: HostTable | null): HostTable {
  const own = look.byNode.get(node) ?? NONE;
  const standing = look.unchanged.flatMap((key) => {
    const there = before === null ? undefined : (before.own.get(key) ?? before.shared.get(key));
    return there === undefined ? [] : [[key, there] as const];
  });
  return {
    shared: look.everywhere,
    own: standing.length === 0 ? own : new Map([...own, ...standing]),
  };
}

/** The same after a look at some Services alone. */
export function touchedTable(
  node: string,
  touched: ReadonlySet<string>,
  { services, slices }: Cluster,
  context: HostRouteContext,
  before: HostTable,
): HostTable {
  const own = new Map([...before.shared, ...before.own]);
  for (const key of [...own.keys()]) if (!services.has(key)) own.delete(key);
  for (const key of touched) {
    const service = services.get(key);
    if (service === undefined) continue;
    const one = announcementOf(service, slices.get(key) ?? [], context);
    if (one === 'unchanged') continue;
    const isHere = one.addresses.length > 0 && (one.at === 'everywhere' || one.at.has(node));
    if (isHere) own.set(key, one.addresses);
    else own.delete(key);
  }
  return { shared: NONE, own };
}

const NO_PREFIXES: readonly Prefix[] = [];

/** Of equal tables the same arrays, as long as anybody holds the table. */
const prefixes = new WeakMap<ByService, { readonly [F in Family]: readonly Prefix[] }>();

export function prefixesOfTable({ shared, own }: HostTable, family: Family): HostPrefixes {
  return { shared: prefixesIn(shared)[family], own: prefixesIn(own)[family] };
}

function prefixesIn(table: ByService): { readonly [F in Family]: readonly Prefix[] } {
  if (table.size === 0) return { 4: NO_PREFIXES, 6: NO_PREFIXES };
  const known = prefixes.get(table);
  if (known !== undefined) return known;
  const all = [...table.values()].flat();
  const of = (family: Family): readonly Prefix[] =>
    all.filter((one) => one.family === family).map(hostPrefix);
  const made = { 4: of(4), 6: of(6) };
  prefixes.set(table, made);
  return made;
}
