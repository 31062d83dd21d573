/** The addresses of one pool, without regard to allocations and to older pools. */
import type { Pool } from '../config/pool/pool.ts';
import { isBuggyAddress } from '../ipam/index/address-space.ts';
import type { Address } from '../net/address.ts';
import { rangeContains } from '../net/range.ts';

/** Whether the pool lists the address and does not avoid it. */
export const offersAddress = (pool: Pool, address: Address): boolean =>
  !(pool.avoidBuggyIPs && isBuggyAddress(address)) && listsAddress(pool, address);

export const listsAddress = ({ ranges }: Pick<Pool, 'ranges'>, address: Address): boolean =>
  ranges.some((range) => rangeContains(range, address));
