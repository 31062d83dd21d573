/** The explanation of an address as JSON. */
import type { AddressExplanation } from '../../../allocation/explain/explain-address.ts';
import { formatAddress } from '../../../net/address.ts';

export const addressJson = ({ address, pools, holders, grantable, because }: AddressExplanation) => ({
  address: formatAddress(address),
  pools,
  holders,
  grantable,
  because,
});
