/**
 * The routes of a cluster that goes on changing. What endpoints change is worked out for the Service that they are of;
 * anything else makes everything anew.
 */
import { nameOf, namespaceOf, type Raw, textOf } from '../cluster/fields.ts';
import { type Address, formatAddress } from '../net/address.ts';
import { type Announcement, announcementOf, type HostRouteContext } from './hostroutes.ts';
import { hostPrefix } from './objects/prefixes.ts';
import { type CalicoService, type CalicoSlice, readService, readSlice } from './objects/services.ts';
import type { Picture } from './picture.ts';

export type Change =
  | { readonly kind: 'put'; readonly object: Raw }
  | { readonly kind: 'gone'; readonly object: Raw };

export class Tracker {
  readonly #make: (objects: readonly Raw[]) => Picture;
  readonly #objects = new Map<string, Raw>();
  /** Services by the addresses that they hold: one that is shared is announced where any of them is. */
  readonly #holders = new Map<string, Set<string>>();
  /** EndpointSlices by Service. */
  readonly #slices = new Map<string, Map<string, Raw>>();
  readonly #services = new Map<string, CalicoService>();
  #picture: Picture | null = null;
  /** The slices that the picture shows, once one has changed: to copy all of them each time would cost more than all else. */
  #followed: Map<string, readonly CalicoSlice[]> | null = null;

  constructor(objects: readonly Raw[], make: (objects: readonly Raw[]) => Picture) {
    this.#make = make;
    for (const raw of objects) this.#objects.set(keyOf(raw), raw);
  }

  get objects(): readonly Raw[] {
    return [...this.#objects.values()];
  }

  /** As everything stands now. */
  get picture(): Picture {
    this.#picture ??= this.#anew();
    return this.#picture;
  }

  apply({ kind, object }: Change): void {
    const key = keyOf(object);
    const before = this.#objects.get(key);
    if (kind === 'put') this.#objects.set(key, object);
    else this.#objects.delete(key);
    if (this.#picture === null) return;
    if (object['kind'] !== 'EndpointSlice') {
      this.#picture = null;
      return;
    }
    const owners = new Set(
      [before, kind === 'put' ? object : undefined].flatMap((raw) => serviceOf(raw) ?? []),
    );
    if (before !== undefined) this.#slices.get(serviceOf(before) ?? '')?.delete(key);
    if (kind === 'put') into(this.#slices, serviceOf(object) ?? '').set(key, object);
    for (const owner of owners) this.#endpointsChanged(this.#picture, owner);
    this.#picture = this.#withSlices(this.#picture, owners);
  }

  /** The same picture, but for the slices of some Services. */
  #withSlices(picture: Picture, owners: ReadonlySet<string>): Picture {
    const slices = this.#followed ?? new Map(picture.cluster.slices);
    for (const owner of owners) {
      const now = [...(this.#slices.get(owner)?.values() ?? [])].map(readSlice);
      if (now.length > 0) slices.set(owner, now);
      else slices.delete(owner);
    }
    if (this.#followed !== null) return picture;
    this.#followed = slices;
    return { ...picture, cluster: { ...picture.cluster, slices } };
  }

  #anew(): Picture {
    const picture = this.#make(this.objects);
    this.#holders.clear();
    this.#slices.clear();
    this.#services.clear();
    this.#followed = null;
    for (const raw of this.#objects.values()) {
      if (raw['kind'] === 'EndpointSlice') into(this.#slices, serviceOf(raw) ?? '').set(keyOf(raw), raw);
      if (raw['kind'] !== 'Service') continue;
      const service = readService(raw);
      this.#services.set(service.key, service);
      for (const address of addressesOf(service)) {
        const text = formatAddress(address);
        this.#holders.set(text, (this.#holders.get(text) ?? new Set()).add(service.key));
      }
    }
    return picture;
  }

  #endpointsChanged(picture: Picture, key: string): void {
    const service = this.#services.get(key);
    if (service === undefined || !picture.ranges.any) return;
    for (const address of addressesOf(service)) this.#hostChanged(picture, address);
  }

  #hostChanged(picture: Picture, address: Address): void {
    const { cluster, ranges, books } = picture;
    const context: HostRouteContext = {
      ranges,
      aggregation: cluster.configuration.aggregation,
      behaviour: cluster.behaviour,
    };
    const book = books[address.family];
    const places = new Set<number>();
    let isEverywhere = false;
    for (const key of this.#holders.get(formatAddress(address)) ?? []) {
      const one = this.#announcement(key, context);
      if (
        one === 'unchanged' ||
        !one.addresses.some((ip) => ip.bits === address.bits && ip.family === address.family)
      )
        continue;
      if (one.at === 'everywhere') isEverywhere = true;
      else
        for (const node of one.at) {
          const place = book.placeOf(node);
          if (place !== undefined && book.origins.everywhere.includes(place)) places.add(place);
        }
    }
    book.setHost(hostPrefix(address), isEverywhere ? 'everywhere' : [...places]);
  }

  #announcement(key: string, context: HostRouteContext): Announcement | 'unchanged' {
    const service = this.#services.get(key);
    if (service === undefined) return 'unchanged';
    const slices = [...(this.#slices.get(key)?.values() ?? [])].map(readSlice);
    return announcementOf(service, slices, context);
  }
}

const keyOf = (raw: Raw): string => `${textOf(raw['kind'])} ${namespaceOf(raw)}/${nameOf(raw)}`;

const serviceOf = (raw: Raw | undefined): string | null =>
  raw === undefined ? null : readSlice(raw).service;

/** All that Calico may announce of it. */
const addressesOf = ({ clusterIPs, externalIPs, statusIPs }: CalicoService): readonly Address[] => [
  ...clusterIPs,
  ...externalIPs,
  ...statusIPs,
];

function into<V>(maps: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const map = maps.get(key) ?? new Map<string, V>();
  maps.set(key, map);
  return map;
}
