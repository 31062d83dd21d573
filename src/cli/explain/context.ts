/** Allocation state that an explanation is read from: the controller's allocator with all current addresses adopted. */

import { Allocator, type AllocatorOptions } from '../../allocation/allocator.ts';
import type { AllocationContext } from '../../allocation/context.ts';
import { type AllocationSnapshot, adoptCurrent, simulateCurrent } from '../../allocation/dry-run/plan.ts';
import type { Millis } from '../../base/clock.ts';
import type { Service, ServiceKey } from '../../objects/service.ts';

export type ExplainContext = {
  readonly allocation: AllocationContext;
  readonly services: ReadonlyMap<ServiceKey, Service>;
};

/** The live cluster as it is: no address is assigned. */
export function currentContext(snapshot: AllocationSnapshot, options: AllocatorOptions): ExplainContext {
  const services = new Map([...snapshot.services].map((service) => [service.key, service]));
  const allocator = new Allocator(options, services);
  adoptCurrent(allocator, snapshot);
  return { allocation: allocator.context, services };
}

/** The cluster of files as the controller would make it: files have no addresses, so they are assigned first. */
export function convergedContext(
  snapshot: AllocationSnapshot,
  options: AllocatorOptions,
  wall: Millis,
): ExplainContext {
  const { allocator, services } = simulateCurrent(snapshot, options, wall);
  return { allocation: allocator.context, services };
}
