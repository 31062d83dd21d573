/** The addresses that a Service shows, and the pool that they belong to. */
import { type Address, parseAddress } from '../../net/address.ts';
import { type AnnouncedPool, type ResolvedPools, rangesContainAll } from '../config/pools.ts';
import type { AnnounceRefusal } from './refusal.ts';
import type { SpeakerService } from './speaker-service.ts';

/** The addresses and the pool of a Service when it was last announced. */
export type AnnouncementRecord = { readonly addresses: string; readonly pool: AnnouncedPool };

export type AddressRefusal = Extract<AnnounceRefusal, { code: 'noIPAllocated' | 'invalidIP' }>;

/** MetalLB: one entry that cannot be announced withdraws all of them. */
export function readIngress({
  ingress,
}: Pick<SpeakerService, 'ingress'>): readonly Address[] | AddressRefusal {
  if (ingress.length === 0) return { code: 'noIPAllocated' };
  const addresses: Address[] = [];
  for (const { ip } of ingress) {
    const address = ip === null ? null : parseAddress(ip);
    if (address === null || !address.ok) return { code: 'invalidIP', text: ip };
    addresses.push(address.value);
  }
  return addresses;
}

/**
 * Finds the pool that contains all addresses of a Service. An announced Service stays in its pool for as long as that lists
 * the addresses, even if an older pool now lists them as well. Where no pool contains them any more, the previous pool
 * counts: the Service keeps its addresses for `--pool-delete-grace`, and stays reachable until then.
 */
export function matchPool(
  addresses: readonly Address[],
  before: AnnouncedPool | null,
  pools: Pick<ResolvedPools, 'byName' | 'byAddress'>,
): { readonly pool: AnnouncedPool; readonly isRemoved: boolean } | null {
  const same = before === null ? undefined : pools.byName.get(before.name);
  if (same !== undefined && rangesContainAll(same.ranges, addresses)) return { pool: same, isRemoved: false };
  const now = pools.byAddress.findCommonPool(addresses);
  if (now !== null) return { pool: now, isRemoved: false };
  return before === null ? null : { pool: before, isRemoved: true };
}
