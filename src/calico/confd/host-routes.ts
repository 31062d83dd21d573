/**
 * Host routes of each node: the single addresses that it announces, by Service. Most of them are the same on all nodes and
 * are kept once: 500 nodes that announce 10,000 Services would otherwise need five million entries.
 */
import type { Address, Family } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';
import type { CalicoCluster } from '../objects/cluster.ts';
import type { CalicoNode } from '../objects/nodes.ts';
import { hostPrefix } from '../objects/prefixes.ts';
import { bogusRoute } from './refused-addresses.ts';
import { type AnnouncementContext, resolveAnnouncement } from './service-announcement.ts';
import type { ServiceEvent } from './service-events.ts';

export type AddressesByService = ReadonlyMap<string, readonly Address[]>;

export type HostRoutes = {
  /** The same object for every node that has it. */
  readonly shared: AddressesByService;
  readonly own: AddressesByService;
};

/** As above, for one family and as prefixes; `shared` is the same array for every node that has it. */
export type HostPrefixes = { readonly shared: readonly Prefix[]; readonly own: readonly Prefix[] };

const NONE: AddressesByService = new Map();
export const NO_HOST_ROUTES: HostRoutes = { shared: NONE, own: NONE };

/** Result of evaluating all Services once, for all nodes. */
export type FullResync = {
  readonly everywhere: AddressesByService;
  readonly byNode: ReadonlyMap<string, AddressesByService>;
  /** Services whose host routes Calico leaves as they were. */
  readonly unchanged: readonly string[];
};

export function resyncServices(
  { services, slices }: CalicoCluster,
  context: AnnouncementContext,
): FullResync {
  const everywhere = new Map<string, readonly Address[]>();
  const byNode = new Map<string, Map<string, readonly Address[]>>();
  const unchanged: string[] = [];
  for (const [key, service] of services) {
    const announcement = resolveAnnouncement(service, slices.get(key) ?? [], context);
    if (announcement === 'unchanged') unchanged.push(key);
    else if (announcement.addresses.length === 0) continue;
    else if (announcement.nodes === 'everywhere') everywhere.set(key, announcement.addresses);
    else for (const node of announcement.nodes) getOrCreate(byNode, node).set(key, announcement.addresses);
  }
  return { everywhere, byNode, unchanged };
}

function getOrCreate<K, V>(maps: Map<string, Map<K, V>>, name: string): Map<K, V> {
  const map = maps.get(name) ?? new Map<K, V>();
  maps.set(name, map);
  return map;
}

type AnnouncingNode = Pick<CalicoNode, 'name' | 'isExcluded'>;

/** A node's host routes after a full resync. Services that are `unchanged` keep the routes that they had. */
export function resyncedHostRoutes(
  { name, isExcluded }: AnnouncingNode,
  resync: FullResync,
  previous: HostRoutes | null,
): HostRoutes {
  const own = isExcluded ? NONE : (resync.byNode.get(name) ?? NONE);
  const retained = resync.unchanged.flatMap((key) => {
    const existing = previous === null ? undefined : (previous.own.get(key) ?? previous.shared.get(key));
    return existing === undefined ? [] : [[key, existing] as const];
  });
  return {
    shared: isExcluded ? NONE : resync.everywhere,
    own: retained.length === 0 ? own : new Map([...own, ...retained]),
  };
}

/** A node's host routes after confd has handled events of single Services. */
export function updatedHostRoutes(
  previous: HostRoutes,
  { services }: CalicoCluster,
  context: AnnouncementContext,
  { node, events }: { readonly node: AnnouncingNode; readonly events: readonly ServiceEvent[] },
): HostRoutes {
  const own = new Map([...previous.shared, ...previous.own]);
  for (const event of events) {
    const service = services.get(event.service);
    if (event.kind === 'withdrawn') own.delete(event.service);
    if (event.kind === 'withdrawn' || service === undefined) continue;
    const announcement = resolveAnnouncement(service, event.slices, context);
    if (announcement === 'unchanged') continue;
    const isAnnouncedHere =
      !node.isExcluded &&
      announcement.addresses.length > 0 &&
      (announcement.nodes === 'everywhere' || announcement.nodes.has(node.name));
    if (isAnnouncedHere) own.set(event.service, announcement.addresses);
    else own.delete(event.service);
  }
  return { shared: NONE, own };
}

const NO_PREFIXES: readonly Prefix[] = [];

/** The arrays of prefixes by table, for as long as the table is in use. */
const prefixCache = new WeakMap<AddressesByService, { readonly [F in Family]: readonly Prefix[] }>();

export function prefixesOfHostRoutes({ shared, own }: HostRoutes, family: Family): HostPrefixes {
  return { shared: prefixesOfAddresses(shared)[family], own: prefixesOfAddresses(own)[family] };
}

function prefixesOfAddresses(addresses: AddressesByService): { readonly [F in Family]: readonly Prefix[] } {
  if (addresses.size === 0) return { 4: NO_PREFIXES, 6: NO_PREFIXES };
  const known = prefixCache.get(addresses);
  if (known !== undefined) return known;
  const all = [...addresses.values()].flat();
  const prefixesOf = (family: Family): readonly Prefix[] =>
    all
      .filter((one) => one.family === family)
      .map(hostPrefix)
      .filter((one) => bogusRoute(one) === null);
  const made = { 4: prefixesOf(4), 6: prefixesOf(6) };
  prefixCache.set(addresses, made);
  return made;
}
