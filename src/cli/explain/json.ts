/** The explanations of a Service and of an address as JSON. */
import type { AddressExplanation } from '../../allocation/explain/explain-address.ts';
import type { ServiceExplanation } from '../../allocation/explain/explain-service.ts';
import { formatAddress } from '../../net/address.ts';
import { remediesOf } from './remedies.ts';

/** What the status of the Service shows, whoever wrote it. */
export type CurrentAddresses = { readonly addresses: readonly string[]; readonly pool: string | null };

export const serviceJson = (explanation: ServiceExplanation, current: CurrentAddresses) => ({
  service: explanation.key,
  addresses: current.addresses,
  pool: current.pool,
  notOurs: explanation.unmanagedReason,
  claim:
    explanation.claim === null
      ? null
      : { reason: explanation.claim.reason, message: explanation.claim.message },
  condition: explanation.condition,
  asksFor:
    explanation.request === null
      ? null
      : {
          families: explanation.request.families.map((family) => `IPv${family}`),
          addresses: explanation.request.addresses?.map(formatAddress) ?? null,
          pool: explanation.request.pool,
          sharingKey: explanation.request.sharing.key || null,
        },
  unfit: explanation.requestProblem,
  pools: explanation.pools,
  holders: explanation.holders.map(({ address, holders }) => ({ address: formatAddress(address), holders })),
  remedies: current.addresses.length > 0 ? [] : remediesOf(explanation),
});

export const addressJson = ({ address, pools, holders, grantable, because }: AddressExplanation) => ({
  address: formatAddress(address),
  pools,
  holders,
  grantable,
  because,
});
