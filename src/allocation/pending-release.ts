/**
 * Addresses that a Service has lost and still shows, since the write that takes them off it is not known to
 * stand. Until then nobody else may have them: two Services would show one address, and traffic for one would
 * reach the other. They are held in the ledger by a shadow of the Service, under the terms it had them under.
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

/** No Service has such a name; people may read it in an event. */
export const releaseHolderOf = (key: ServiceKey): ServiceKey => `${key} (leaving)`;

/** What the Service both shows and holds. */
export function publishedAddresses(ledger: Ledger, service: Service): readonly PublishedAddress[] {
  if (service.ingress.length === 0) return [];
  const published = readIngressStatus(service).addresses;
  return ledger.assignedTo(service.key).flatMap(({ address, pool }) => {
    const claim = ledger.claimsOn(address).find(({ holder }) => holder === service.key);
    return claim !== undefined && includesAddress(published, address) ? [{ address, pool, claim }] : [];
  });
}

/** Of what stood there, what is not among `kept` lingers; where somebody else has it by now, he has it. */
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

/** The Service shows nothing any more that it does not hold. */
export function completeRelease(tx: Transaction, key: ServiceKey): Freed {
  tx.release(releaseHolderOf(key));
  return tx.commit();
}

/** What the Service does not show any more, by whomever it was taken off. */
export function releaseUnpublished(ledger: Ledger, tx: Transaction, service: Service): void {
  const releaseHolder = releaseHolderOf(service.key);
  const pending = ledger.assignedTo(releaseHolder);
  if (pending.length === 0) return;
  const published = readIngressStatus(service).addresses;
  for (const { address } of pending)
    if (!includesAddress(published, address)) tx.release(releaseHolder, address);
}
