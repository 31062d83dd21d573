/**
 * Pending releases: addresses that a Service has lost and that its status still shows, since the write that removes them
 * is unconfirmed. No other Service may have them before: two would show one address, and traffic for one would reach
 * the other. The ledger holds them under the Service's claim, for a release holder.
 */

import type { Freed, Ledger, Transaction } from '../ipam/ledger.ts';
import type { Claim } from '../ipam/sharing.ts';
import type { Address } from '../net/address.ts';
import type { Service, ServiceKey } from '../objects/service.ts';
import { includesAddress, readIngressStatus } from './ingress-status.ts';

export type PublishedAddress = {
  readonly address: Address;
  readonly pool: string | null;
  readonly claim: Claim;
};

/** The release holder of a Service. No Service has such a name; events may show it. */
export const releaseHolderOf = (key: ServiceKey): ServiceKey => `${key} (leaving)`;

/** The addresses that the Service holds and that its status shows. */
export function publishedAddresses(ledger: Ledger, service: Service): readonly PublishedAddress[] {
  if (service.ingress.length === 0) return [];
  const published = readIngressStatus(service).addresses;
  return ledger.assignedTo(service.key).flatMap(({ address, pool }) => {
    const claim = ledger.claimsOn(address).find(({ holder }) => holder === service.key);
    return claim !== undefined && includesAddress(published, address) ? [{ address, pool, claim }] : [];
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

/** Releases the addresses that the status does not show any more, whoever removed them. */
export function releaseUnpublished(ledger: Ledger, tx: Transaction, service: Service): void {
  const releaseHolder = releaseHolderOf(service.key);
  const pending = ledger.assignedTo(releaseHolder);
  if (pending.length === 0) return;
  const published = readIngressStatus(service).addresses;
  for (const { address } of pending)
    if (!includesAddress(published, address)) tx.release(releaseHolder, address);
}
