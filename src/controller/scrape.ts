/** Gauges that are only worked out when somebody looks. */
import type { Clock, Millis } from '../base/clock.ts';
import type { Metrics } from '../observe/metrics.ts';
import { PoolGauges } from '../observe/poolgauges.ts';
import type { Desk } from '../plan/desk.ts';
import type { EventQueue } from '../program/eventqueue.ts';
import type { ServiceLoop } from './serviceloop.ts';

export type ScrapeOptions = {
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly isLeading: () => boolean;
  readonly desk: Desk;
  readonly loop: Pick<ServiceLoop, 'depth'>;
  readonly events: Pick<EventQueue, 'size'>;
  readonly pictures: readonly { readonly name: string; readonly age: (now: Millis) => Millis | null }[];
};

export function exportGauges(options: ScrapeOptions): void {
  const { metrics, clock, isLeading, desk, loop, events, pictures } = options;
  const pools = new PoolGauges(metrics);
  let exported = new Set<string>();
  metrics.onScrape(() => {
    const leading = isLeading();
    metrics.set('berth_leader', leading ? 1 : 0);
    metrics.set('berth_queue_depth', loop.depth, { queue: 'services' });
    metrics.set('berth_queue_depth', events.size, { queue: 'events' });
    const now = clock.now();
    for (const picture of pictures) {
      const age = picture.age(now);
      if (age !== null) metrics.set('berth_watch_age_seconds', age / 1000, { resource: picture.name });
    }
    metrics.clear('berth_services_waiting');
    const names = leading ? [...desk.book.byName.values()].filter(({ active }) => active !== null) : [];
    const present = new Set(names.map(({ name }) => name));
    for (const pool of exported) if (!present.has(pool)) pools.remove(pool);
    exported = present;
    if (!leading) return;
    for (const [reason, count] of countReasons(desk))
      metrics.set('berth_services_waiting', count, { reason });
    const services = desk.servicesByPool();
    for (const pool of present) pools.set(pool, desk.ledger.counts(pool), services.get(pool) ?? 0);
  });
}

function countReasons(desk: Desk): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const reason of desk.unserved.values()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts;
}
