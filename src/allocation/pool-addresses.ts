/** What a pool has to give by itself, whatever is taken and whoever is older. */
import type { Pool } from '../config/pool/pool.ts';
import type { Address } from '../net/address.ts';
import { rangeContains } from '../net/range.ts';

/** Whether the pool lists the address and does not avoid it. */
export const offersAddress = (pool: Pool, address: Address): boolean =>
  !(pool.avoidBuggyIPs && isBuggy(address)) && listsAddress(pool, address);

export const listsAddress = ({ ranges }: Pick<Pool, 'ranges'>, address: Address): boolean =>
  ranges.some((range) => rangeContains(range, address));

/** What `avoidBuggyIPs` avoids: IPv4 addresses that end in .0 or .255. */
const isBuggy = ({ family, bits }: Address): boolean =>
  family === 4 && ((bits & 0xffn) === 0n || (bits & 0xffn) === 0xffn);
