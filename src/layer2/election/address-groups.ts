/**
 * Groups of Services that one node has to answer for: those that have an address in common, directly or through others.
 * MetalLB elects for each Service apart, so that two nodes may answer for one address.
 */
import { formatAddress } from '../../net/address.ts';
import { compareServiceAge } from '../../objects/service.ts';
import type { WantedService } from './layer2-service.ts';

/** Not empty; the oldest Service first. */
export type AddressGroup = readonly WantedService[];

/** In the order of the first Service of each. */
export function groupByAddress(wanted: readonly WantedService[]): readonly AddressGroup[] {
  const sorted = wanted.toSorted((a, b) => compareServiceAge(a.service, b.service));
  const parents = sorted.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    for (let parent = parents[root]; parent !== undefined && parent !== root; parent = parents[root])
      root = parent;
    parents[index] = root;
    return root;
  };
  const holders = new Map<string, number>();
  for (const [index, { addresses }] of sorted.entries()) {
    for (const address of addresses.map(formatAddress)) {
      const holder = holders.get(address);
      if (holder === undefined) holders.set(address, index);
      else {
        const [a, b] = [rootOf(holder), rootOf(index)];
        parents[Math.max(a, b)] = Math.min(a, b);
      }
    }
  }
  const groups = new Map<number, WantedService[]>();
  for (const [index, one] of sorted.entries()) {
    const root = rootOf(index);
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}
