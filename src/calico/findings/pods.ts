/** What the sessions mean for pods: P26, P42. */
import type { CalicoNode } from '../objects/nodes.ts';
import type { CalicoPool } from '../objects/pools.ts';
import { configuredSessions, isToNode } from '../picture.ts';
import { type Check, someOf } from './check.ts';
import { peerRef } from './peers.ts';
import { patchOf, refTo, type World } from './world.ts';

/** Pools whose pod routes travel by BGP: without an overlay, or with one whose routes BIRD programs. */
function byBgp({ picture: { cluster } }: World): readonly CalicoPool[] {
  return cluster.pools.filter(
    ({ vxlan, ipip, loadBalancer, disabled }) =>
      !loadBalancer && !disabled && !vxlan && !(ipip && !cluster.behaviour.programsIpip),
  );
}

const P26: Check = {
  code: 'P26',
  needs: ['BGPConfiguration', 'BGPPeer', 'Node', 'IPPool'],
  open: "whether nodes take each other's pod routes from the router",
  find(world) {
    const { cluster } = world.picture;
    const pools = byBgp(world);
    if (cluster.configuration.mesh || pools.length === 0) return [];
    const isNode = isToNode(cluster);
    const strict = configuredSessions(cluster).filter(
      (one) => !isNode(one) && one.remoteAS !== one.localAS && one.ownASAllowed === 0,
    );
    const nodesOf = new Map<number, Set<string>>();
    for (const { localAS: as, node } of strict) nodesOf.set(as, (nodesOf.get(as) ?? new Set()).add(node));
    const shared = [...nodesOf].find(([, names]) => names.size > 1);
    if (shared === undefined) return [];
    const [as, names] = shared;
    const peers = [...new Set(strict.filter((one) => one.localAS === as).map(({ by }) => by))];
    return [
      {
        severity: 'warning',
        object: peerRef(peers[0] ?? ''),
        field: 'spec.numAllowedLocalASNumbers',
        says: `The mesh is off and ${someOf([...names])} share AS ${as}: each refuses the others' pod routes from the router as a loop, so pods of IPPool ${someOf(pools.map(({ name }) => name))} on different nodes cannot talk.`,
        todo: 'Set numAllowedLocalASNumbers: 1 on the BGPPeer, have the router replace the AS, or use VXLAN pools.',
        fix: peers.map((name) => patchOf(peerRef(name), { spec: { numAllowedLocalASNumbers: 1 } })),
        concerns: pools.map(({ name }) => refTo('IPPool', name)),
      },
    ];
  },
};

const P42: Check = {
  code: 'P42',
  needs: ['BGPConfiguration', 'BGPPeer', 'Node', 'IPPool'],
  open: 'whether every node still gets pod routes without the mesh',
  find(world) {
    const { cluster } = world.picture;
    const pools = byBgp(world);
    if (cluster.configuration.mesh || pools.length === 0) return [];
    const kept = new Set(configuredSessions(cluster).map(({ node }) => node));
    const alone = cluster.nodes.filter(({ name }) => !kept.has(name)).map(({ name }: CalicoNode) => name);
    if (alone.length === 0 || cluster.nodes.length < 2) return [];
    const names = pools.map(({ name }) => name);
    return [
      {
        severity: 'error',
        object: refTo('BGPConfiguration', 'default'),
        field: 'spec.nodeToNodeMeshEnabled',
        says: `The mesh is off and ${someOf(alone)} ${alone.length > 1 ? 'keep' : 'keeps'} no BGP session at all, while IPPool ${someOf(names)} needs BGP for its pod routes: pods there cannot talk to pods on other nodes.`,
        todo: 'Give these nodes a BGPPeer, leave the mesh on, or let the pool use VXLAN.',
        fix: names.map((name) =>
          patchOf(refTo('IPPool', name), { spec: { vxlanMode: 'Always', ipipMode: 'Never' } }),
        ),
        concerns: alone.map((name) => refTo('Node', name)),
      },
    ];
  },
};

export const PODS: readonly Check[] = [P26, P42];
