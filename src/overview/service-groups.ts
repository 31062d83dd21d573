/** Services of one trouble: they have it for the same reason, so that one problem stands for thousands of them. */
import type { ServiceKey } from '../objects/service.ts';
import type { ServiceOverview } from './document.ts';
import { SortedKeys } from './sorted-keys.ts';

export type ServiceTrouble =
  | 'withoutAddress'
  /** It has an address, and its condition has another reason than `Assigned`. */
  | 'keptAddress'
  /** It has an address, and the condition `berth.dev/Announced` is not True. */
  | 'notAnnounced'
  | 'unreconciled';

export type ServiceGroup = {
  readonly trouble: ServiceTrouble;
  /** Of the condition; '' for `unreconciled`. */
  readonly reason: string;
  /** Whether that condition is known to be False, rather than Unknown. */
  readonly isCertain: boolean;
  /** The pool that they request by name, or have an address of; '' for none. */
  readonly pool: string;
  readonly keys: SortedKeys;
};

type GroupName = Omit<ServiceGroup, 'keys'>;

export class ServiceGroups {
  readonly #groups = new Map<string, ServiceGroup>();

  /** In no order. */
  values(): Iterable<ServiceGroup> {
    return this.#groups.values();
  }

  add(service: ServiceOverview, requestedPool: string): void {
    for (const name of troublesOf(service, requestedPool)) {
      const key = groupKey(name);
      const group = this.#groups.get(key) ?? { ...name, keys: new SortedKeys() };
      this.#groups.set(key, group);
      group.keys.add(service.service);
    }
  }

  /** `service` and `requestedPool` as they were added. */
  remove(service: ServiceOverview, requestedPool: string): void {
    for (const name of troublesOf(service, requestedPool)) {
      const key = groupKey(name);
      const keys = this.#groups.get(key)?.keys;
      keys?.delete(service.service);
      if (keys?.size === 0) this.#groups.delete(key);
    }
  }

  /** Services without an address that request the pool by name. */
  waitingFor(pool: string): number {
    let count = 0;
    for (const { trouble, pool: requested, keys } of this.#groups.values())
      if (trouble === 'withoutAddress' && requested === pool) count += keys.size;
    return count;
  }

  /** The first Service that is in the trouble; undefined for none. */
  firstWith(trouble: ServiceTrouble): ServiceKey | undefined {
    return [...this.#groups.values()].find((group) => group.trouble === trouble)?.keys.first;
  }
}

const groupKey = ({ trouble, reason, isCertain, pool }: GroupName): string =>
  [trouble, reason, isCertain, pool].join('\n');

function troublesOf(service: ServiceOverview, requestedPool: string): readonly GroupName[] {
  const { state, announced } = service;
  const reason = service.reason ?? '';
  switch (state) {
    case 'others':
      return [];
    case 'unreconciled':
      return [{ trouble: 'unreconciled', reason: '', isCertain: false, pool: '' }];
    case 'waiting':
      return [{ trouble: 'withoutAddress', reason, isCertain: true, pool: requestedPool }];
    case 'assigned': {
      const pool = service.pool ?? '';
      const isKept = reason !== '' && reason !== 'Assigned';
      return [
        ...(isKept ? [{ trouble: 'keptAddress', reason, isCertain: true, pool } as const] : []),
        ...(announced === null || announced.status === 'True'
          ? []
          : [
              {
                ...{ trouble: 'notAnnounced' as const, reason: announced.reason },
                ...{ isCertain: announced.status === 'False', pool: '' },
              },
            ]),
      ];
    }
  }
}
