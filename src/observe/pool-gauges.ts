/**
 * Gauges of pools, with MetalLB's names. Only the leader exports them: a process that loses the lease clears them. The series
 * of a deleted pool are removed, so that no alert fires for it.
 */
import type { Metrics } from './metrics.ts';

/** Counts as in the status of an IPAddressPool, at most 2^53−1 each. */
export type PoolCounts = {
  readonly assigned4: number;
  readonly assigned6: number;
  readonly available4: number;
  readonly available6: number;
};

const GAUGES = [
  'metallb_allocator_addresses_total',
  'metallb_allocator_ipv4_addresses_total',
  'metallb_allocator_ipv6_addresses_total',
  'metallb_allocator_addresses_in_use_total',
  'metallb_allocator_ipv4_addresses_in_use_total',
  'metallb_allocator_ipv6_addresses_in_use_total',
  'metallb_allocator_services_allocated_total',
] as const;

type PoolGauge = (typeof GAUGES)[number];

export class PoolGauges {
  readonly #metrics: Metrics;

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  /** `services`: number of Services with addresses of the pool. */
  set(pool: string, counts: PoolCounts, services: number): void {
    const total4 = saturatingSum(counts.assigned4, counts.available4);
    const total6 = saturatingSum(counts.assigned6, counts.available6);
    const values: Readonly<Record<PoolGauge, number>> = {
      metallb_allocator_addresses_total: saturatingSum(total4, total6),
      metallb_allocator_ipv4_addresses_total: total4,
      metallb_allocator_ipv6_addresses_total: total6,
      metallb_allocator_addresses_in_use_total: saturatingSum(counts.assigned4, counts.assigned6),
      metallb_allocator_ipv4_addresses_in_use_total: counts.assigned4,
      metallb_allocator_ipv6_addresses_in_use_total: counts.assigned6,
      metallb_allocator_services_allocated_total: services,
    };
    for (const gauge of GAUGES) this.#metrics.set(gauge, values[gauge], { pool });
  }

  /** Removes all series of a deleted pool. */
  remove(pool: string): void {
    for (const gauge of GAUGES) this.#metrics.remove(gauge, { pool });
    this.#metrics.remove('berth_grants_total', { pool });
  }

  /** Removes all series, when this process is no longer the leader. */
  clear(): void {
    for (const gauge of GAUGES) this.#metrics.clear(gauge);
  }
}

const saturatingSum = (a: number, b: number): number => Math.min(a + b, Number.MAX_SAFE_INTEGER);
