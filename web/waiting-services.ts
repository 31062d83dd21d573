/** Services that wait for an address by name. */
import type { ServiceOverview } from '../src/overview/document.ts';

export type WaitingService = Pick<ServiceOverview, 'service' | 'says'> & {
  readonly names: 'address' | 'pool';
};

/**
 * `address` as the document writes addresses; it may be a block, which no Service requests. Those that name the address come before those
 * that name its pool.
 */
export function waitingFor(
  address: string,
  pool: string,
  services: readonly ServiceOverview[],
): readonly WaitingService[] {
  const [byAddress, byPool]: [WaitingService[], WaitingService[]] = [[], []];
  for (const { service, says, waitsFor } of services) {
    if (waitsFor === null) continue;
    if (waitsFor.addresses.includes(address)) byAddress.push({ service, says, names: 'address' });
    // Who names other addresses of the pool does not wait for this one.
    else if (waitsFor.addresses.length === 0 && waitsFor.pool === pool)
      byPool.push({ service, says, names: 'pool' });
  }
  return [...byAddress, ...byPool];
}
