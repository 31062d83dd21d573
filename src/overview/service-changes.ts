/** The changes of Services that their conditions tell, by time. */
import type { RecentChange, ServiceOverview } from './document.ts';
import { SortedKeys } from './sorted-keys.ts';

type Change = RecentChange & { readonly key: string };

export class ServiceChanges {
  readonly #order = new SortedKeys();
  readonly #byKey = new Map<string, RecentChange>();

  add(service: ServiceOverview): void {
    for (const { key, ...change } of changesOf(service)) {
      this.#order.add(key);
      this.#byKey.set(key, change);
    }
  }

  /** `service` as it was added. */
  remove(service: ServiceOverview): void {
    for (const { key } of changesOf(service)) {
      this.#order.delete(key);
      this.#byKey.delete(key);
    }
  }

  /** The most recent first. */
  recent(count: number): readonly RecentChange[] {
    return this.#order.highest(count).flatMap((key) => this.#byKey.get(key) ?? []);
  }
}

/** Times are RFC 3339 in UTC and whole seconds, so that their order is that of their texts. */
function changesOf({
  service,
  addresses,
  pool,
  reason,
  since,
  announced,
}: ServiceOverview): readonly Change[] {
  const change = (time: string, about: string, says: string): readonly Change[] =>
    time === '' ? [] : [{ key: `${time}\n${service}\n${about}`, time, kind: 'Service', name: service, says }];
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
