/** Gauges that are computed when the metrics are scraped. */

import type { Allocator } from '../allocation/allocator.ts';
import type { Clock, Millis } from '../base/clock.ts';
import type { Metrics } from '../observe/metrics.ts';
import { PoolGauges } from '../observe/pool-gauges.ts';
import type { EventQueue } from '../runtime/event-queue.ts';

export type GaugeOptions = {
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly isLeading: () => boolean;
  readonly allocator: Allocator;
  /** The queue of Services: how many wait. */
  readonly reconciler: { readonly depth: number };
  readonly events: Pick<EventQueue, 'size'>;
  readonly informers: readonly { readonly name: string; readonly age: (now: Millis) => Millis | null }[];
};

export function registerGauges(options: GaugeOptions): void {
  const { metrics, clock, isLeading, allocator, reconciler, events, informers } = options;
  const pools = new PoolGauges(metrics);
  let exported = new Set<string>();
  metrics.onScrape(() => {
    const isLeader = isLeading();
    metrics.set('berth_leader', isLeader ? 1 : 0);
    metrics.set('berth_queue_depth', reconciler.depth, { queue: 'services' });
    metrics.set('berth_queue_depth', events.size, { queue: 'events' });
    const now = clock.now();
    for (const informer of informers) {
      const age = informer.age(now);
      if (age !== null) metrics.set('berth_watch_age_seconds', age / 1000, { resource: informer.name });
    }
    metrics.clear('berth_services_waiting');
    const activePools = isLeader
      ? [...allocator.poolSet.byName.values()].filter(({ active }) => active !== null)
      : [];
    const present = new Set(activePools.map(({ name }) => name));
    for (const pool of exported) if (!present.has(pool)) pools.remove(pool);
    exported = present;
    if (!isLeader) return;
    for (const [reason, count] of countReasons(allocator))
      metrics.set('berth_services_waiting', count, { reason });
    const services = allocator.servicesByPool();
    for (const pool of present) pools.set(pool, allocator.ledger.counts(pool), services.get(pool) ?? 0);
  });
}

function countReasons(allocator: Allocator): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const reason of allocator.unassignedReasons.values())
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts;
}
