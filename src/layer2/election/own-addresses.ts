/**
 * Addresses of the nodes themselves, where a pool contains them: the InternalIP of a Node, and what its speaker has published
 * of its interfaces. The kernel of such a node answers for its address, whoever is elected. So no other node may: two would
 * answer, and the node could lose its connections.
 */
import { formatAddress } from '../../net/address.ts';
import type { WantedService } from './layer2-service.ts';
import type { ElectionNode, GroupStanding } from './standing.ts';

/** The nodes that have each address, by its text. Mostly one: an address may be moving, or a node may be gone. */
export type OwnAddresses = ReadonlyMap<string, readonly string[]>;

export function ownAddresses(nodes: readonly ElectionNode[]): OwnAddresses {
  const own = new Map<string, readonly string[]>();
  for (const one of nodes)
    for (const address of addressesOf(one)) own.set(address, [...(own.get(address) ?? []), one.name]);
  return own;
}

function addressesOf({ node, interfaces }: ElectionNode): ReadonlySet<string> {
  const internal = [node?.addresses?.[4], node?.addresses?.[6]];
  return new Set([
    ...internal.flatMap((address) => (address == null ? [] : [formatAddress(address)])),
    ...(interfaces ?? []).flatMap(({ addresses }) => addresses ?? []),
  ]);
}

/** Refuses all nodes but those that have each address of the group that a node has. */
export function reserveOwnAddresses(
  group: readonly WantedService[],
  standings: readonly GroupStanding[],
  own: OwnAddresses,
): readonly GroupStanding[] {
  const found = group.flatMap(({ addresses }) =>
    addresses.map(formatAddress).flatMap((address) => {
      const nodes = own.get(address);
      return nodes === undefined ? [] : [{ address, nodes }];
    }),
  );
  if (found.length === 0) return standings;
  return standings.map((standing) => {
    const other = found.find(({ nodes }) => !nodes.includes(standing.node));
    if (other === undefined) return standing;
    const owner = other.nodes.join(' or ');
    const refusal = { code: 'addressOfNode', address: other.address, owner } as const;
    return {
      node: standing.node,
      standings: standing.standings.map((one) =>
        one.kind === 'refused' ? one : { kind: 'refused', refusal },
      ),
    };
  });
}
