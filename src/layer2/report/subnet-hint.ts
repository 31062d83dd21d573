/**
 * Finds an address that is in no subnet of the interfaces that would answer for it. Then the hosts of the segment do not ask for
 * it by ARP or NDP, but send to their router: it works only where that has a route to the segment.
 */
import { type Address, formatAddress } from '../../net/address.ts';
import { parsePrefix, prefixContains } from '../../net/prefix.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { GroupElection } from '../election/group-election.ts';
import type { Layer2State } from '../election/layer2-state.ts';
import type { PublishedInterface } from '../membership/speaker-presence.ts';

type Interfaces = ReadonlyMap<string, readonly PublishedInterface[]>;

/** One sentence for each such address of the Service, without a full stop. None where a subnet is not known. */
export function subnetHints(
  { byService }: Layer2State,
  interfaces: Interfaces,
  key: ServiceKey,
): readonly string[] {
  const election = byService.get(key);
  if (election === undefined) return [];
  const index = election.group.findIndex(({ service }) => service.key === key);
  return (election.group[index]?.addresses ?? []).flatMap((address) => {
    const subnets = subnetsFor(election, index, { address, interfaces });
    if (subnets === null || subnets.some((one) => contains(one, address))) return [];
    const known = subnets.length === 0 ? 'they have none' : `they are ${subnets.join(', ')}`;
    const ip = formatAddress(address);
    return [
      `${ip} is in no subnet of the interfaces that can answer (${known}), so hosts do not ask for it. Take an address of such a subnet, or give the router a route for ${ip} to that interface`,
    ];
  });
}

/** Of all eligible nodes, sorted; null where no node is eligible, or one is not known. */
function subnetsFor(
  { standings }: GroupElection,
  index: number,
  { address, interfaces }: { readonly address: Address; readonly interfaces: Interfaces },
): readonly string[] | null {
  const answering = standings.flatMap(({ node, standings: own }) => {
    const standing = own[index];
    if (standing?.kind !== 'eligible') return [];
    const names = standing.answering[address.family] ?? [];
    return (interfaces.get(node) ?? []).filter(({ name }) => names.includes(name));
  });
  if (answering.length === 0) return null;
  const lists = answering.map(({ subnets }) => subnets);
  return lists.includes(null) ? null : [...new Set(lists.flatMap((one) => one ?? []))].sort();
}

function contains(text: string, address: Address): boolean {
  const prefix = parsePrefix(text);
  return prefix.ok && prefix.value.family === address.family && prefixContains(prefix.value, address);
}
