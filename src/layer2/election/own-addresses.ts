/**
 * Addresses of the nodes themselves, where a pool contains them. The kernel of such a node answers for its address, whoever is
 * elected. So no other node may: two would answer, and the node could lose its connections.
 */
import { formatAddress } from '../../net/address.ts';
import type { WantedService } from './layer2-service.ts';
import type { ElectionNode, GroupStanding } from './standing.ts';

/** The node of each address, by its text. */
export type OwnAddresses = ReadonlyMap<string, string>;

export const ownAddresses = (nodes: readonly ElectionNode[]): OwnAddresses =>
  new Map(
    nodes.flatMap(({ name, node }) =>
      [node?.addresses?.[4], node?.addresses?.[6]].flatMap((address) =>
        address == null ? [] : [[formatAddress(address), name] as const],
      ),
    ),
  );

/** Refuses all nodes but the one that an address of the group is from. */
export function reserveOwnAddresses(
  group: readonly WantedService[],
  standings: readonly GroupStanding[],
  own: OwnAddresses,
): readonly GroupStanding[] {
  const found = group.flatMap(({ addresses }) =>
    addresses.map(formatAddress).flatMap((address) => {
      const node = own.get(address);
      return node === undefined ? [] : [{ address, node }];
    }),
  );
  if (found.length === 0) return standings;
  return standings.map((standing) => {
    const other = found.find(({ node }) => node !== standing.node);
    if (other === undefined) return standing;
    const refusal = { code: 'addressOfNode', address: other.address, owner: other.node } as const;
    return {
      node: standing.node,
      standings: standing.standings.map((one) =>
        one.kind === 'refused' ? one : { kind: 'refused', refusal },
      ),
    };
  });
}
