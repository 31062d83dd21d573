/** The Services as the allocator reads them, and selections of their keys, the oldest first. */
import { ALLOCATED_FROM_ANNOTATION } from '../objects/annotations.ts';
import type { Service, ServiceKey } from '../objects/service.ts';
import { compareServiceAge } from '../objects/service.ts';

export type ServiceSource = {
  get(key: ServiceKey): Service | undefined;
  values(): Iterable<Service>;
};

export const selectKeys = (
  services: ServiceSource,
  matches: (service: Service) => boolean,
): readonly ServiceKey[] => sortKeysByAge([...services.values()].filter(matches));

/** Keys without a Service are left out. */
export const lookUpServices = (services: ServiceSource, keys: Iterable<ServiceKey>): readonly Service[] =>
  [...keys].flatMap((key) => services.get(key) ?? []);

export const sortKeysByAge = (services: readonly Service[]): readonly ServiceKey[] =>
  [...services].sort(compareServiceAge).map(({ key }) => key);

/** The number of Services with addresses of each pool, by their statuses and annotations. */
export function countServicesByPool(services: ServiceSource): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { ingress, annotations } of services.values()) {
    const pool = annotations[ALLOCATED_FROM_ANNOTATION];
    if (pool !== undefined && ingress.length > 0) counts.set(pool, (counts.get(pool) ?? 0) + 1);
  }
  return counts;
}
