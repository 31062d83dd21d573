/** Foreign addresses: those that Berth did not assign count as taken while they are in the status of a Service. */

import type { Ledger, Transaction } from '../ipam/ledger.ts';
import type { Address } from '../net/address.ts';
import type { Service } from '../objects/service.ts';
import { includesAddress } from './ingress-status.ts';

/** Records exactly `published` for the Service, outside any pool, whether or not other Services hold it. */
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

/** Records these addresses, too. */
export function addForeignAddresses(service: Service, addresses: readonly Address[], tx: Transaction): void {
  const claim = { holder: service.key, sharing: { key: '', backend: '' }, ports: service.ports ?? [] };
  for (const address of addresses) tx.adopt(claim, address, null, { force: true });
}
