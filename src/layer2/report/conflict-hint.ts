/** Finds addresses of a Service that another host uses, as the node that answers has published it. */
import { formatAddress } from '../../net/address.ts';
import type { ServiceKey } from '../../objects/service.ts';
import type { Layer2State } from '../election/layer2-state.ts';
import type { AddressConflict, PublishedSpeaker } from '../membership/speaker-presence.ts';

/** What the speakers have published, by node; of those that have stopped, nothing. */
export type PublishedConflicts = Pick<ReadonlyMap<string, readonly AddressConflict[]>, 'get'>;

export const publishedConflicts = (speakers: readonly PublishedSpeaker[]): PublishedConflicts =>
  new Map(speakers.flatMap((one) => (one.hasStopped ? [] : [[one.node, one.conflicts] as const])));

/** One sentence for each such address, without a full stop. */
export function conflictHints(
  { byService }: Layer2State,
  conflicts: PublishedConflicts,
  key: ServiceKey,
): readonly string[] {
  const election = byService.get(key);
  const node = election?.owner?.node;
  if (election === undefined || node === undefined) return [];
  const own = election.group.find(({ service }) => service.key === key);
  const addresses = new Set(own?.addresses.map(formatAddress));
  return (conflicts.get(node) ?? [])
    .filter(({ address }) => addresses.has(address))
    .map(
      ({ address, mac, interface: name }) =>
        `another host uses ${address}: node ${node} sees its MAC address ${mac} on ${name}. To fix it: take the address off that host, or out of the pool`,
    );
}
