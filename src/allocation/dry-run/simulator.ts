/**
 * Simulator of the controller: an allocator with Services of its own, to which every patch is applied at once. It shows
 * the state that the controller would bring a cluster to.
 */
import type { Millis } from '../../base/clock.ts';
import { invariant } from '../../base/invariant.ts';
import { formatAddress } from '../../net/address.ts';
import { ALLOCATED_FROM_ANNOTATION } from '../../objects/annotations.ts';
import type { Service, ServiceKey } from '../../objects/service.ts';
import { Allocator, type AllocatorOptions } from '../allocator.ts';
import type { ReconcileResult } from '../reconcile-result.ts';
import type { StatusPatch } from '../status-patch.ts';

/** More reconciles than any cluster needs: beyond it Services would requeue each other for ever. */
const RECONCILES_MAX = 10_000_000;

export class AllocationSimulator {
  readonly services: Map<ServiceKey, Service>;
  readonly allocator: Allocator;
  readonly #startWallTime: Millis;
  /** The monotonic clock, for grace periods; the caller moves it. */
  now: Millis = 0;

  constructor(options: AllocatorOptions, services: Iterable<Service>, wall: Millis) {
    this.services = new Map([...services].map((service) => [service.key, service]));
    this.allocator = new Allocator(options, this.services);
    this.#startWallTime = wall;
  }

  /** Reconciles the keys and those that they requeue, until none is left. Each patch is applied before the next one. */
  runUntilIdle(keys: Iterable<ServiceKey>): readonly ReconcileResult[] {
    const queue = new Set(keys);
    const results: ReconcileResult[] = [];
    for (const key of queue) {
      queue.delete(key);
      const result = this.allocator.reconcile(key, { now: this.now, wall: this.#startWallTime + this.now });
      results.push(result);
      invariant(results.length < RECONCILES_MAX, 'Services requeue each other for ever');
      if (result.service !== null && result.patch !== null) {
        this.services.set(key, applyStatusPatch(result.service, result.patch));
        for (const requeued of this.allocator.confirmWrite(key, this.now)) queue.add(requeued);
      }
      for (const requeued of result.requeue) queue.add(requeued);
    }
    return results;
  }
}

/** The Service after the patch. */
export function applyStatusPatch(service: Service, patch: StatusPatch): Service {
  const { [ALLOCATED_FROM_ANNOTATION]: from, ...rest } = service.annotations;
  const pool = patch.pool === undefined ? from : (patch.pool ?? undefined);
  const replacedTypes = new Set([...patch.conditions.map(({ type }) => type), ...patch.removedConditions]);
  return {
    ...service,
    annotations: pool === undefined ? rest : { ...rest, [ALLOCATED_FROM_ANNOTATION]: pool },
    ingress:
      patch.ingress?.map((address) => ({ ip: formatAddress(address), hostname: null, ipMode: 'VIP' })) ??
      service.ingress,
    conditions: [...service.conditions.filter(({ type }) => !replacedTypes.has(type)), ...patch.conditions],
  };
}
