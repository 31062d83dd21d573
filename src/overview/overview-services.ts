/**
 * All Services of type LoadBalancer with what the overview says of each, and with the sums over them. A change of one Service
 * costs work for that Service, whatever the number of the others.
 */

import { readRequestAnnotation } from '../objects/annotations.ts';
import type { Service, ServiceKey } from '../objects/service.ts';
import type {
  AnnouncedCounts,
  ReasonCount,
  RecentChange,
  ServiceOverview,
  ServicesOverview,
} from './document.ts';
import { Occupancy } from './occupancy.ts';
import { ServiceChanges } from './service-changes.ts';
import { ServiceGroups } from './service-groups.ts';
import { describeService } from './service-overview.ts';
import type { ServiceProblemSource } from './service-problems.ts';
import { SortedKeys } from './sorted-keys.ts';
import { UnreadAnnotations } from './unread-annotations.ts';

type Entry = {
  readonly service: Service;
  readonly overview: ServiceOverview;
  /** '' for none. */
  readonly requestedPool: string;
};

type Totals = { managed: number; others: number; withAddress: number; unreconciled: number };

export class OverviewServices {
  readonly occupancy = new Occupancy();
  readonly groups = new ServiceGroups();
  readonly unreadAnnotations = new UnreadAnnotations();
  /** Of Services that no controller has reconciled: those that get no address when it does. */
  readonly #foreseen = new Map<ServiceKey, Entry>();
  readonly #foreseenGroups = new ServiceGroups();
  readonly #lbClass: string | null;
  readonly #entries = new Map<ServiceKey, Entry>();
  readonly #order = new SortedKeys();
  readonly #changes = new ServiceChanges();
  readonly #totals: Totals = { managed: 0, others: 0, withAddress: 0, unreconciled: 0 };
  readonly #announced = { yes: 0, no: 0, unknown: 0, unsaid: 0 };
  readonly #byPool = new Map<string, number>();
  #owners: ReadonlyMap<ServiceKey, string> = new Map();
  #judged = 0;

  constructor(lbClass: string | null) {
    this.#lbClass = lbClass;
  }

  /** How often a Service was judged: the work done so far. */
  get judged(): number {
    return this.#judged;
  }

  serviceOf(key: ServiceKey): Service | undefined {
    return this.#entries.get(key)?.service;
  }

  /** As problems are made of them: what is foreseen of a Service explains more than that nobody has reconciled it. */
  get problemSource(): ServiceProblemSource {
    return {
      groups: [...this.groups.values(), ...this.#foreseenGroups.values()],
      serviceOf: (key) => this.#foreseen.get(key)?.service ?? this.serviceOf(key),
      overviewOf: (key) => this.#foreseen.get(key)?.overview ?? this.overviewOf(key),
    };
  }

  /** In no order. */
  *all(): Iterable<Service> {
    for (const { service } of this.#entries.values()) yield service;
  }

  overviewOf(key: ServiceKey): ServiceOverview | undefined {
    return this.#entries.get(key)?.overview;
  }

  /** Services with addresses of the pool. */
  servicesOf(pool: string): number {
    return this.#byPool.get(pool) ?? 0;
  }

  recentChanges(count: number): readonly RecentChange[] {
    return this.#changes.recent(count);
  }

  /** A Service that is new or has changed; one of another type counts as removed. */
  put(service: Service): void {
    if (service.type !== 'LoadBalancer') {
      this.remove(service.key);
      return;
    }
    this.occupancy.put(service);
    this.unreadAnnotations.put(service);
    this.#judge(service);
  }

  remove(key: ServiceKey): void {
    if (!this.#entries.has(key)) return;
    this.occupancy.remove(key);
    this.unreadAnnotations.remove(key);
    this.#forget(key);
    this.#order.delete(key);
  }

  /** What a controller would write to a Service of files that none has reconciled. Only that it gets no address is kept. */
  foresee(service: Service): void {
    const entry = this.#describe(service);
    const isNew = this.overviewOf(service.key)?.state === 'unreconciled' && !this.#foreseen.has(service.key);
    if (!isNew || entry.overview.state !== 'waiting') return;
    this.#foreseen.set(service.key, entry);
    this.#foreseenGroups.add(entry.overview, entry.requestedPool);
  }

  /** The nodes that answer for Services by layer 2. Only Services whose node differs are judged again. */
  setOwners(owners: ReadonlyMap<ServiceKey, string>): void {
    const before = this.#owners;
    this.#owners = owners;
    for (const key of new Set([...before.keys(), ...owners.keys()])) {
      const service = this.#entries.get(key)?.service;
      if (service !== undefined && before.get(key) !== owners.get(key)) this.#judge(service);
    }
  }

  describe(namespace: string | null, from: ServicesOverview['from']): ServicesOverview {
    const { managed, others, withAddress, unreconciled } = this.#totals;
    return {
      ...{ namespace, from, total: managed, withAddress },
      withoutAddress: managed - withAddress,
      ...{ unreconciled, others },
      reasons: this.#reasons(),
      announced: { ...this.#announced },
      items: this.#items(),
    };
  }

  #items(): readonly ServiceOverview[] {
    const items: ServiceOverview[] = [];
    this.#order.each((key) => {
      const entry = this.#entries.get(key);
      if (entry !== undefined) items.push(entry.overview);
    });
    return items;
  }

  #reasons(): readonly ReasonCount[] {
    const counts = new Map<string, ReasonCount>();
    for (const { trouble, reason, keys } of this.groups.values()) {
      if (trouble !== 'withoutAddress' && trouble !== 'unreconciled') continue;
      const name = trouble === 'unreconciled' ? 'Unreconciled' : reason;
      const found = counts.get(name);
      const [example = ''] = [found?.example, keys.first].filter((one) => one !== undefined).sort();
      counts.set(name, { reason: name, count: (found?.count ?? 0) + keys.size, example });
    }
    return [...counts.values()].sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
  }

  #judge(service: Service): void {
    const { key } = service;
    this.#judged++;
    this.#forget(key);
    const entry = this.#describe(service);
    const { overview, requestedPool } = entry;
    this.#entries.set(key, entry);
    this.#order.add(key);
    this.groups.add(overview, requestedPool);
    this.#changes.add(overview);
    this.#count(overview, 1);
  }

  #describe(service: Service): Entry {
    const answeredBy = this.#owners.get(service.key) ?? null;
    const overview = describeService(service, { lbClass: this.#lbClass, answeredBy });
    return {
      ...{ service, overview },
      requestedPool: readRequestAnnotation(service.annotations, 'pool')?.value ?? '',
    };
  }

  /** All sums are then as if it had never been there. */
  #forget(key: ServiceKey): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.groups.remove(entry.overview, entry.requestedPool);
    this.#changes.remove(entry.overview);
    this.#count(entry.overview, -1);
  }

  #count({ state, pool, addresses, announced }: ServiceOverview, by: 1 | -1): void {
    if (pool !== null && addresses.length > 0) {
      const services = (this.#byPool.get(pool) ?? 0) + by;
      if (services === 0) this.#byPool.delete(pool);
      else this.#byPool.set(pool, services);
    }
    if (state === 'others') {
      this.#totals.others += by;
      return;
    }
    this.#totals.managed += by;
    if (state === 'unreconciled') this.#totals.unreconciled += by;
    if (state !== 'assigned') return;
    this.#totals.withAddress += by;
    this.#announced[announcedCountOf(announced?.status)] += by;
  }
}

function announcedCountOf(status: 'True' | 'False' | 'Unknown' | undefined): keyof AnnouncedCounts {
  if (status === undefined) return 'unsaid';
  return status === 'True' ? 'yes' : status === 'False' ? 'no' : 'unknown';
}
