/** Addresses that are no business of ours: they count as taken for as long as a Service shows them. */

import type { Ledger, Transaction } from '../ipam/ledger.ts';
import type { Address } from '../net/address.ts';
import type { Service } from '../objects/service.ts';
import { includesAddress } from './ingress-status.ts';

/** Has the Service hold exactly `shown`, outside any pool, whoever else holds it and by whatever right. */
export function setForeignAddresses(
  ledger: Ledger,
  service: Service,
  published: readonly Address[],
  tx: Transaction,
): void {
  const recorded: Address[] = [];
  for (const { address, pool } of ledger.assignedTo(service.key)) {
    if (pool === null && includesAddress(published, address)) recorded.push(address);
    else tx.release(service.key, address);
  }
  const missing = published.filter((address) => !includesAddress(recorded, address));
  addForeignAddresses(service, missing, tx);
}

/** These too, beside what the Service holds. */
export function addForeignAddresses(service: Service, addresses: readonly Address[], tx: Transaction): void {
  const claim = { holder: service.key, sharing: { key: '', backend: '' }, ports: service.ports };
  for (const address of addresses) tx.adopt(claim, address, null, { force: true });
}
