/**
 * Pending releases: addresses that a Service has lost and that its status still shows, since the write that removes them
 * is unconfirmed, or may still come to show, by a write without an answer. No other Service may have them before: two would
 * show one address, and traffic for one would reach the other. The ledger holds them under the Service's claim, for a
 * release holder.
 */

import type { Result } from '../base/result.ts';
import type { Freed, Ledger, Transaction } from '../ipam/ledger.ts';
import type { LedgerRefusal } from '../ipam/refusal.ts';
import type { Claim } from '../ipam/sharing.ts';
import type { Address } from '../net/address.ts';
import type { Service, ServiceKey } from '../objects/service.ts';
import { type AllocationTask, claimOf } from './context.ts';
import { includesAddress, readIngressStatus } from './ingress-status.ts';

export type PublishedAddress = {
  readonly address: Address;
  readonly pool: string | null;
  readonly claim: Claim;
};

/** The release holder of a Service. No Service has such a name; events may show it. */
export const releaseHolderOf = (key: ServiceKey): ServiceKey => `${key} (leaving)`;

/** The addresses that its status shows or may come to show, by `arriving`, and that the Service holds or has lost. */
export function publishedAddresses(
  ledger: Ledger,
  service: Service,
  arriving: readonly Address[],
): readonly PublishedAddress[] {
  if (service.ingress.length === 0 && arriving.length === 0) return [];
  const published = [...readIngressStatus(service).addresses, ...arriving];
  return [service.key, releaseHolderOf(service.key)].flatMap((holder) =>
    ledger.assignedTo(holder).flatMap(({ address, pool }) => {
      const claim = ledger.claimsOn(address).find((one) => one.holder === holder);
      if (claim === undefined || !includesAddress(published, address)) return [];
      return [{ address, pool, claim: { ...claim, holder: service.key } }];
    }),
  );
}

/** Whether the Service has lost the address by a decision that is not written. */
export const isLeaving = (ledger: Ledger, key: ServiceKey, address: Address): boolean =>
  ledger.claimsOn(address).some(({ holder }) => holder === releaseHolderOf(key));

/** The Service holds an address in its status, also where it has lost it by a decision that is not written. */
export function adoptPublished(
  { service, request, tx }: Pick<AllocationTask, 'service' | 'request' | 'tx'>,
  address: Address,
  pool: string,
): Result<void, LedgerRefusal> {
  return tx.attempt(() => {
    tx.release(releaseHolderOf(service.key), address);
    return tx.adopt(claimOf({ service, request }), address, pool, { force: false });
  });
}

/** Holds published addresses that are not `retained`, unless another Service holds them by now. */
export function holdUntilUnpublished(
  tx: Transaction,
  published: readonly PublishedAddress[],
  retained: readonly Address[],
): void {
  for (const { address, pool, claim } of published) {
    if (includesAddress(retained, address)) continue;
    tx.adopt({ ...claim, holder: releaseHolderOf(claim.holder) }, address, pool, { force: false });
  }
}

/** To be called when the status shows only addresses that the Service holds. */
export function completeRelease(tx: Transaction, key: ServiceKey): Freed {
  tx.release(releaseHolderOf(key));
  return tx.commit();
}

/**
 * Releases the addresses that the status does not show any more, whoever removed them. Those that may still come to show are
 * among them: the Service itself may have them again. If it does not, the same transaction holds them again.
 */
export function releaseUnpublished(ledger: Ledger, tx: Transaction, service: Service): void {
  const releaseHolder = releaseHolderOf(service.key);
  const pending = ledger.assignedTo(releaseHolder);
  if (pending.length === 0) return;
  const published = readIngressStatus(service).addresses;
  for (const { address } of pending)
    if (!includesAddress(published, address)) tx.release(releaseHolder, address);
}
