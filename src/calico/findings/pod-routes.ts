/** Checks of pod routes that BGP has to carry: P26, P42. */

import { listSome } from '../../base/text.ts';
import type { ObjectRef } from '../../findings/finding.ts';
import { bgpPeerSessions, isSessionToNode } from '../cluster/converged-cluster.ts';
import type { CalicoNode } from '../objects/nodes.ts';
import type { CalicoPool } from '../objects/pools.ts';
import type { DiagnosticCheck } from './check.ts';
import { peerRef } from './peers.ts';
import { type ClusterSnapshot, makeRef, patchOf } from './snapshot.ts';

/** Pools whose pod routes BGP carries: without an overlay, or with one whose routes BIRD programs. */
function bgpRoutedPools({ converged: { cluster } }: ClusterSnapshot): readonly CalicoPool[] {
  return cluster.pools.filter(
    ({ vxlan, ipip, loadBalancer, disabled }) =>
      !loadBalancer && !disabled && !vxlan && !(ipip && !cluster.behaviour.programsIpip),
  );
}

const P26: DiagnosticCheck = {
  code: 'P26',
  needs: ['BGPConfiguration', 'BGPPeer', 'Node', 'IPPool'],
  question: "whether nodes accept each other's pod routes from the router",
  find(snapshot) {
    const { cluster } = snapshot.converged;
    const pools = bgpRoutedPools(snapshot);
    if (cluster.configuration.mesh || pools.length === 0) return [];
    const isNodeSession = isSessionToNode(cluster);
    const strictSessions = bgpPeerSessions(cluster).filter(
      (one) => !isNodeSession(one) && one.remoteAS !== one.localAS && one.allowedLocalAS === 0,
    );
    const nodesOf = new Map<number, Set<string>>();
    for (const { localAS: as, node } of strictSessions)
      nodesOf.set(as, (nodesOf.get(as) ?? new Set()).add(node));
    const shared = [...nodesOf].find(([, names]) => names.size > 1);
    if (shared === undefined) return [];
    const [as, names] = shared;
    const peers = [
      ...new Set(strictSessions.filter((one) => one.localAS === as).map(({ bgpPeer }) => bgpPeer)),
    ];
    return [
      {
        severity: 'error',
        object: peerRef(peers[0] ?? ''),
        field: 'spec.numAllowedLocalASNumbers',
        problem: `Pods of IPPool ${listSome(pools.map(({ name }) => name))} on different nodes cannot communicate, unless the router replaces the AS. The mesh is off, and ${listSome([...names])} share AS ${as}: each rejects the others' pod routes from the router as a loop.`,
        remedy:
          'Set numAllowedLocalASNumbers: 1 on the BGPPeer, let the router replace the AS, or use VXLAN pools.',
        edits: peers.map((name) => patchOf(peerRef(name), { spec: { numAllowedLocalASNumbers: 1 } })),
        concerns: concerned(pools, [...names]),
      },
    ];
  },
};

const P42: DiagnosticCheck = {
  code: 'P42',
  needs: ['BGPConfiguration', 'BGPPeer', 'Node', 'IPPool'],
  question: 'whether every node still gets pod routes without the mesh',
  find(snapshot) {
    const { cluster } = snapshot.converged;
    const pools = bgpRoutedPools(snapshot);
    if (cluster.configuration.mesh || pools.length === 0) return [];
    const nodesWithSessions = new Set(bgpPeerSessions(cluster).map(({ node }) => node));
    const withoutSessions = cluster.nodes
      .filter(({ name }) => !nodesWithSessions.has(name))
      .map(({ name }: CalicoNode) => name);
    if (withoutSessions.length === 0 || cluster.nodes.length < 2) return [];
    const names = pools.map(({ name }) => name);
    return [
      {
        severity: 'error',
        object: makeRef('BGPConfiguration', 'default'),
        field: 'spec.nodeToNodeMeshEnabled',
        problem: `Pods on ${listSome(withoutSessions)} cannot communicate with pods on other nodes. The mesh is off and no BGPPeer selects these nodes, but IPPool ${listSome(names)} needs BGP for its pod routes.`,
        remedy: 'Give these nodes a BGPPeer, turn the mesh on, or let the pool use VXLAN.',
        edits: names.map((name) =>
          patchOf(makeRef('IPPool', name), { spec: { vxlanMode: 'Always', ipipMode: 'Never' } }),
        ),
        concerns: concerned(pools, withoutSessions),
      },
    ];
  },
};

const concerned = (pools: readonly CalicoPool[], nodes: readonly string[]): readonly ObjectRef[] => [
  ...pools.map(({ name }) => makeRef('IPPool', name)),
  ...nodes.map((name) => makeRef('Node', name)),
];

export const POD_ROUTE_CHECKS: readonly DiagnosticCheck[] = [P26, P42];

/** Findings about pods that cannot communicate. */
export const POD_ROUTE_CODES: ReadonlySet<string> = new Set(POD_ROUTE_CHECKS.map(({ code }) => code));
