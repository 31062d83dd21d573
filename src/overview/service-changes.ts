/** The changes of Services that their conditions tell, by time. */
import type { RecentChange, ServiceOverview } from './document.ts';
import { SortedKeys } from './sorted-keys.ts';

export type ServiceChange = RecentChange & {
  /** Whose condition it is. */
  readonly about: 'assigned' | 'announced';
};

export class ServiceChanges {
  readonly #order = new SortedKeys();
  readonly #byKey = new Map<string, RecentChange>();

  add(service: ServiceOverview): void {
    for (const { about, ...change } of changesOf(service)) {
      const key = keyOf({ about, ...change });
      this.#order.add(key);
      this.#byKey.set(key, change);
    }
  }

  /** `service` as it was added. */
  remove(service: ServiceOverview): void {
    for (const change of changesOf(service)) {
      const key = keyOf(change);
      this.#order.delete(key);
      this.#byKey.delete(key);
    }
  }

  /** The most recent first. */
  recent(count: number): readonly RecentChange[] {
    return this.#order.highest(count).flatMap((key) => this.#byKey.get(key) ?? []);
  }
}

const keyOf = ({ time, name, about }: ServiceChange): string => `${time}\n${name}\n${about}`;

/** Times are RFC 3339 in UTC and whole seconds, so that their order is that of their texts. */
export function changesOf({
  service,
  addresses,
  pool,
  reason,
  since,
  announced,
}: ServiceOverview): readonly ServiceChange[] {
  const change = (time: string, about: ServiceChange['about'], says: string): readonly ServiceChange[] =>
    time === '' ? [] : [{ time, kind: 'Service', name: service, says, about }];
  const from = pool === null ? '' : ` from pool ${pool}`;
  return [
    ...(since === null
      ? []
      : change(
          since,
          'assigned',
          addresses.length > 0 ? `got ${addresses.join(' and ')}${from}` : `has no address (${reason})`,
        )),
    ...(announced === null || announced.status === 'Unknown'
      ? []
      : change(
          announced.since,
          'announced',
          announced.status === 'True' ? 'is announced' : `is not announced (${announced.reason})`,
        )),
  ];
}
