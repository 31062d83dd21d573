/**
 * Addresses that a Service has lost and still shows, since the write that takes them off it is not known to
 * stand. Until then nobody else may have them: two Services would show one address, and traffic for one would
 * reach the other. They are held in the ledger by a shadow of the Service, under the terms it had them under.
 */
import type { Service, ServiceKey } from '../cluster/service.ts';
import type { Freed, Ledger, Transaction } from '../ipam/ledger.ts';
import type { Claim } from '../ipam/sharing.ts';
import type { Address } from '../net/address.ts';
import { includesAddress, readShown } from './shown.ts';

export type Standing = { readonly address: Address; readonly pool: string | null; readonly claim: Claim };

/** No Service has such a name; people may read it in an event. */
export const shadowOf = (key: ServiceKey): ServiceKey => `${key} (leaving)`;

/** What the Service both shows and holds. */
export function standingOf(ledger: Ledger, service: Service): readonly Standing[] {
  if (service.ingress.length === 0) return [];
  const shown = readShown(service).addresses;
  return ledger.holdings(service.key).flatMap(({ address, pool }) => {
    const claim = ledger.holders(address).find(({ holder }) => holder === service.key);
    return claim !== undefined && includesAddress(shown, address) ? [{ address, pool, claim }] : [];
  });
}

/** Of what stood there, what is not among `kept` lingers; where somebody else has it by now, he has it. */
export function linger(tx: Transaction, standing: readonly Standing[], kept: readonly Address[]): void {
  for (const { address, pool, claim } of standing) {
    if (includesAddress(kept, address)) continue;
    tx.adopt({ ...claim, holder: shadowOf(claim.holder) }, address, pool, { force: false });
  }
}

/** The Service shows nothing any more that it does not hold. */
export function endLingering(tx: Transaction, key: ServiceKey): Freed {
  tx.release(shadowOf(key));
  return tx.commit();
}

/** What the Service does not show any more, by whomever it was taken off. */
export function endUnseen(ledger: Ledger, tx: Transaction, service: Service): void {
  const shadow = shadowOf(service.key);
  const held = ledger.holdings(shadow);
  if (held.length === 0) return;
  const shown = readShown(service).addresses;
  for (const { address } of held) if (!includesAddress(shown, address)) tx.release(shadow, address);
}
