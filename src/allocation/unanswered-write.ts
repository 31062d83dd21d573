/**
 * Writes that were sent and never answered. Such a write may still arrive, even after a later list: nothing was written to
 * the Service since, so its preconditions hold. An allocator that starts again reserves its addresses for the Service, as
 * they were before. The next write to the Service has the same addresses, and ends the other one with a 409.
 */
import { ok } from '../base/result.ts';
import type { Transaction } from '../ipam/ledger.ts';
import type { Address } from '../net/address.ts';
import type { Service } from '../objects/service.ts';
import { type AllocationContext, claimOf } from './context.ts';
import { externalClaimCondition } from './external-claims.ts';
import { holdUntilUnpublished, publishedAddresses } from './pending-release.ts';
import { readServiceRequest } from './request.ts';
import { isManaged } from './service-filter.ts';

/** What was to be written to a Service, and the preconditions of that write. */
export type UnansweredWrite = Pick<Service, 'uid' | 'resourceVersion'> & {
  readonly addresses: readonly Address[];
  readonly pool: string;
  /** Of writes before it with the same preconditions: each of them may be the one that arrives. */
  readonly earlier: readonly { readonly address: Address; readonly pool: string }[];
};

/** Whether the write would still be applied, if it arrived now. */
export const mayStillArrive = (
  write: UnansweredWrite,
  service: Pick<Service, 'uid' | 'resourceVersion'> | undefined,
): boolean => service?.uid === write.uid && service.resourceVersion === write.resourceVersion;

/** The addresses that the Service may come to show without another write. */
export function arrivingAddresses(
  service: Pick<Service, 'uid' | 'resourceVersion'>,
  write: UnansweredWrite | null,
): readonly Address[] {
  if (write === null || !mayStillArrive(write, service)) return [];
  return [...write.addresses, ...write.earlier.map(({ address }) => address)];
}

/**
 * Reserves the addresses of the write for its Service; what its status shows is held until it is unpublished. To be called
 * after adoption. Changes nothing where another Service has one of the addresses: that one keeps it. Those of earlier
 * writes are held as well.
 */
export function reserveUnanswered(
  { ledger, options, externalClaims }: Pick<AllocationContext, 'ledger' | 'options' | 'externalClaims'>,
  service: Service,
  write: UnansweredWrite,
  tx: Transaction,
): void {
  const isAssigned = isManaged(service, options) && externalClaimCondition(externalClaims, service) === null;
  const request = readServiceRequest(service);
  if (!isAssigned || service.deleting || request === null) return;
  const published = publishedAddresses(ledger, service, []);
  const claim = claimOf({ service, request });
  const earlier = write.earlier.map((one) => ({ ...one, claim }));
  tx.attempt(() => {
    tx.release(service.key);
    for (const address of write.addresses) {
      const adopted = tx.adopt(claim, address, write.pool, { force: false });
      if (!adopted.ok) return adopted;
    }
    holdUntilUnpublished(tx, [...published, ...earlier], write.addresses);
    return ok(undefined);
  });
}
