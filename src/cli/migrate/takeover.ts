/** Dry run of the takeover: which Services would change once Berth assigns addresses. */

import type { AllocatorOptions } from '../../allocation/allocator.ts';
import { ASSIGNED_CONDITION } from '../../allocation/condition-reasons.ts';
import { type AllocationSnapshot, simulateCurrent } from '../../allocation/dry-run/plan.ts';
import { readIngressStatus, sameAddresses } from '../../allocation/ingress-status.ts';
import { isManaged } from '../../allocation/service-filter.ts';
import type { Millis } from '../../base/clock.ts';
import { formatAddress } from '../../net/address.ts';
import type { ServiceKey } from '../../objects/service.ts';

export type ServiceAddressChange = {
  readonly service: ServiceKey;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly says: string;
};

export type Takeover = {
  /** Services that keep exactly the addresses they have. */
  readonly keep: number;
  /** Services without an address that stay without. */
  readonly wait: number;
  /** Services that have none and get one. */
  readonly get: readonly ServiceAddressChange[];
  /** Services that have an address and would have another, or none. */
  readonly change: readonly ServiceAddressChange[];
};

export function planTakeover(
  snapshot: AllocationSnapshot,
  options: AllocatorOptions,
  wall: Millis,
): Takeover {
  const { services } = simulateCurrent(snapshot, options, wall);
  const get: ServiceAddressChange[] = [];
  const change: ServiceAddressChange[] = [];
  let keep = 0;
  let wait = 0;
  for (const service of snapshot.services) {
    if (!isManaged(service, options)) continue;
    const planned = services.get(service.key) ?? service;
    const [currentAddresses, plannedAddresses] = [
      readIngressStatus(service).addresses,
      readIngressStatus(planned).addresses,
    ];
    const message = planned.conditions.find(({ type }) => type === ASSIGNED_CONDITION)?.message ?? '';
    const changed = {
      service: service.key,
      before: currentAddresses.map(formatAddress),
      after: plannedAddresses.map(formatAddress),
      says: message,
    };
    if (currentAddresses.length === 0 && plannedAddresses.length === 0) wait++;
    else if (sameAddresses(currentAddresses, plannedAddresses)) keep++;
    else if (currentAddresses.length === 0) get.push(changed);
    else change.push(changed);
  }
  return { keep, wait, get, change };
}
