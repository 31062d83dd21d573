/** P4: host routes of Local Services that lead to nodes without an endpoint, through the mesh or a route reflector. */

import { inflect, listSome } from '../../base/text.ts';
import type { ObjectEdit, Remedy } from '../../findings/finding.ts';
import { formatPrefix, type Prefix } from '../../net/prefix.ts';
import { isSingle } from '../objects/prefixes.ts';
import type { DiagnosticCheck } from './check.ts';
import type { MisdirectedAddress } from './delivery.ts';
import type { CheckResult } from './finding.ts';
import { peerRef } from './peers.ts';
import { type ClusterSnapshot, creationOf, DEFAULT_CONFIGURATION, patchOf, serviceRef } from './snapshot.ts';

const P4: DiagnosticCheck = {
  code: 'P4',
  needs: ['BGPConfiguration', 'BGPPeer', 'Node', 'Service', 'EndpointSlice'],
  question: 'whether nodes without an endpoint re-advertise addresses of Local Services',
  find(snapshot) {
    const { nodes } = snapshot.converged.cluster;
    const reflectors = new Set(nodes.filter(({ clusterId }) => clusterId !== '').map(({ name }) => name));
    const leaks = snapshot.misdirected.filter(({ prefix }) => isSingle(prefix));
    const reflected = leaks.filter((leak) => leak.nodes.some((name) => reflectors.has(name)));
    const others = leaks.filter((leak) => !reflected.includes(leak));
    return [
      ...(reflected.length === 0 ? [] : [reflectorLeak(snapshot, reflected, reflectors)]),
      ...(others.length === 0 ? [] : [meshLeak(snapshot, others)]),
    ];
  },
};

const servicesOf = (leaks: readonly MisdirectedAddress[]): readonly string[] => [
  ...new Set(leaks.flatMap(({ assigned }) => assigned.services.map(({ key }) => key))),
];

/** The fields that both kinds of leak have in common. */
function describeLeaks(
  leaks: readonly MisdirectedAddress[],
  nodes: readonly string[],
): Pick<CheckResult, 'severity' | 'problem' | 'concerns' | 'mentioned'> {
  const services = servicesOf(leaks);
  const addresses = [...new Set(leaks.map(({ assigned }) => assigned.text))];
  const routers = [...new Set(leaks.map(({ router }) => router))];
  return {
    severity: 'error',
    problem: `Requests to Local ${inflect(services.length, 'Service', 'Services')} ${listSome(services)} are dropped at ${listSome(nodes)}. ${inflect(nodes.length, 'This node has', 'These nodes have')} no endpoint, but ${inflect(nodes.length, 'is', 'are')} the next hop for ${listSome(addresses)} at ${listSome(routers)}.`,
    concerns: services.map(serviceRef),
    mentioned: addresses,
  };
}

function meshLeak(snapshot: ClusterSnapshot, leaks: readonly MisdirectedAddress[]): CheckResult {
  const nodes = [...new Set(leaks.flatMap((leak) => leak.nodes))];
  const { aggregation } = snapshot.converged.cluster.configuration;
  return {
    ...describeLeaks(leaks, nodes),
    object: DEFAULT_CONFIGURATION,
    field: aggregation ? 'spec.nodeToNodeMeshEnabled' : 'spec.serviceLoadBalancerIPs',
    remedy:
      "Add a BGPFilter to the routers' BGPPeers that rejects routes learned from other nodes. Or set nextHopMode: Keep, if routers reach all nodes directly.",
    edits: filterEdits(
      snapshot,
      leaks.map(({ prefix }) => prefix),
    ),
    alternatives: [keepNextHops(snapshot, routersOf(leaks)), policyCluster(leaks)],
  };
}

function reflectorLeak(
  snapshot: ClusterSnapshot,
  leaks: readonly MisdirectedAddress[],
  reflectors: ReadonlySet<string>,
): CheckResult {
  const nodes = [...new Set(leaks.flatMap((leak) => leak.nodes))];
  const { remedy, edits } = keepNextHops(snapshot, routersOf(leaks), reflectors);
  return {
    ...describeLeaks(leaks, nodes),
    object: edits[0]?.object ?? DEFAULT_CONFIGURATION,
    field: 'spec.nextHopMode',
    remedy,
    edits,
    alternatives: [policyCluster(leaks)],
  };
}

const routersOf = (leaks: readonly MisdirectedAddress[]): ReadonlySet<string> =>
  new Set(leaks.map(({ router }) => router));

/** Sets `nextHopMode: Keep` on the BGPPeers of sessions with these routers, of the given nodes or of all. */
function keepNextHops(
  { converged }: ClusterSnapshot,
  routers: ReadonlySet<string>,
  nodes?: ReadonlySet<string>,
): Remedy {
  const peers = new Set(
    converged.sessions
      .filter(({ live }) => nodes === undefined || nodes.has(live.node.name))
      .flatMap(({ session, outcome }) =>
        'link' in outcome && outcome.link.to === 'router' && routers.has(outcome.link.router.name)
          ? [session.bgpPeer]
          : [],
      ),
  );
  const names = [...peers];
  const { knowsNextHopMode } = converged.cluster.behaviour;
  const setting = knowsNextHopMode ? 'nextHopMode: Keep' : 'keepOriginalNextHop: true';
  const spec = knowsNextHopMode
    ? { nextHopMode: 'Keep', keepOriginalNextHop: null }
    : { keepOriginalNextHop: true };
  return {
    remedy: `Set ${setting} on BGPPeer ${listSome(names)}, if the router reaches all nodes directly. Otherwise let nodes with endpoints peer with it, or set externalTrafficPolicy: Cluster.`,
    edits: names.map((name) => patchOf(peerRef(name), { spec })),
  };
}

const policyCluster = (leaks: readonly MisdirectedAddress[]): Remedy => ({
  remedy: 'Set externalTrafficPolicy: Cluster, so that every node can serve the Service.',
  edits: servicesOf(leaks).map((key) =>
    patchOf(serviceRef(key), { spec: { externalTrafficPolicy: 'Cluster' } }),
  ),
});

const FILTER_NAME = 'own-service-routes-only';

/** A BGPFilter that rejects routes learned from other nodes, on every BGPPeer with the address of a router. */
export function filterEdits(
  { converged: { cluster, ranges } }: ClusterSnapshot,
  leaked: readonly Prefix[] = [],
): readonly ObjectEdit[] {
  const listed = cluster.configuration.loadBalancerIPs.flatMap(({ prefix }) => prefix ?? []);
  const unlisted = leaked.filter((prefix) => !ranges.allowsLoadBalancer(prefix));
  const prefixes = [...listed, ...unlisted];
  const rulesOf = (family: 4 | 6) =>
    [...new Set(prefixes.filter((one) => one.family === family).map(formatPrefix))].map((cidr) => ({
      ...{ cidr, matchOperator: 'In', source: 'RemotePeers', action: 'Reject' },
    }));
  const lists = { exportV4: rulesOf(4), exportV6: rulesOf(6) };
  const spec = Object.fromEntries(Object.entries(lists).filter(([, rules]) => rules.length > 0));
  return [
    creationOf({
      apiVersion: 'projectcalico.org/v3',
      kind: 'BGPFilter',
      metadata: { name: FILTER_NAME },
      spec,
    }),
    ...cluster.peers
      .filter(({ peerIP }) => peerIP !== '')
      .map(({ name, filters }) => patchOf(peerRef(name), { spec: { filters: [FILTER_NAME, ...filters] } })),
  ];
}

export const LOCAL_LEAK_CHECKS: readonly DiagnosticCheck[] = [P4];
