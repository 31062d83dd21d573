/** Checks of nodes that do not announce, or should not: P12, P13, P38, P39. */
import { inflect, listSome } from '../../base/text.ts';
import { formatAddress } from '../../net/address.ts';
import { specOf } from '../../objects/metadata.ts';
import { EXCLUDE_LABEL } from '../../objects/node.ts';
import { bgpPeerSessions, isSessionToNode, routerFamily } from '../cluster/converged-cluster.ts';
import { appliesToNode } from '../confd/peer-sessions.ts';
import { localAS } from '../confd/session-config.ts';
import type { CalicoNode } from '../objects/nodes.ts';
import type { BGPPeer } from '../objects/peers.ts';
import { matches, parseSelector } from '../selector/selector.ts';
import type { DiagnosticCheck } from './check.ts';
import { type ClusterSnapshot, creationOf, findObject, makeRef, patchOf } from './snapshot.ts';

const CONTROL_PLANE = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

const nodeRef = (name: string) => makeRef('Node', name);

/** Names of nodes that BGPPeers give a session with a router. */
export function nodesWithRouterPeers(snapshot: ClusterSnapshot): ReadonlySet<string> {
  const { cluster } = snapshot.converged;
  const isNodeSession = isSessionToNode(cluster);
  return new Set(
    bgpPeerSessions(cluster)
      .filter((one) => !isNodeSession(one))
      .map(({ node }) => node),
  );
}

/** Nodes with a session to a route reflector. */
function reflectorClients(snapshot: ClusterSnapshot): ReadonlySet<string> {
  const { cluster } = snapshot.converged;
  const reflectors = new Set(
    cluster.nodes
      .filter(({ clusterId }) => clusterId !== '')
      .flatMap(({ addresses }) => [addresses[4], addresses[6]])
      .flatMap((own) => (own === null ? [] : [formatAddress(own)])),
  );
  if (reflectors.size === 0) return reflectors;
  return new Set(
    bgpPeerSessions(cluster)
      .filter(({ peer, kind }) => kind !== 'mesh' && reflectors.has(formatAddress(peer)))
      .map(({ node }) => node),
  );
}

/** Whether the node has no router on purpose: it is of the control plane, or a selector excludes it by one of its labels. */
function isDeliberatelyUnpeered(node: CalicoNode, peers: readonly BGPPeer[]): boolean {
  if (CONTROL_PLANE.some((label) => Object.hasOwn(node.labels, label))) return true;
  return peers.some(({ nodeSelector }) => {
    const read = parseSelector(nodeSelector);
    if (nodeSelector === '' || !read.ok || matches(read.value, node.labels)) return false;
    return Object.keys(node.labels).some((label) => {
      const { [label]: _, ...others } = node.labels;
      return matches(read.value, others);
    });
  });
}

const P12: DiagnosticCheck = {
  code: 'P12',
  needs: ['BGPPeer', 'Node', 'BGPConfiguration'],
  needsAll: ['Node'],
  question: 'whether every node has a session with a router',
  find(snapshot) {
    if (!snapshot.isKindComplete('Node')) return [];
    const { cluster } = snapshot.converged;
    const peered = nodesWithRouterPeers(snapshot);
    if (peered.size === 0) return [];
    const clients = reflectorClients(snapshot);
    const unpeered = cluster.nodes.filter(
      (node) =>
        !node.isExcluded &&
        !peered.has(node.name) &&
        !clients.has(node.name) &&
        // A node that a BGPPeer selects lacks something else, which another check reports.
        !cluster.peers.some((peer) => peer.peerIP !== '' && appliesToNode(peer, node)) &&
        !isDeliberatelyUnpeered(node, cluster.peers),
    );
    const template = cluster.peers.find(({ peerIP }) => peerIP !== '');
    if (unpeered.length === 0 || template === undefined) return [];
    const learned = snapshot.learnedNodes();
    const names = unpeered.map(({ name }) => name).filter((name) => !learned.has(name));
    if (names.length === 0) return [];
    const {
      nodeSelector: _,
      node: __,
      ...spec
    } = specOf(findObject(snapshot, 'BGPPeer', template.name)) as Record<string, unknown>;
    return [
      {
        severity: 'warning',
        object: nodeRef(names[0] ?? ''),
        field: 'metadata.labels',
        problem: `Routers send no traffic to ${listSome(names)}, since no BGPPeer configures a session with a router there. Local Services with endpoints only there cannot be reached.`,
        remedy: `Select ${inflect(names.length, 'the node', 'the nodes')} with a BGPPeer. If this is intended, set the label ${EXCLUDE_LABEL}=true.`,
        edits: names.map((name) =>
          creationOf({
            apiVersion: 'projectcalico.org/v3',
            kind: 'BGPPeer',
            metadata: { name: `${template.name}-${name}` },
            spec: { node: name, ...spec },
          }),
        ),
        concerns: names.map(nodeRef),
      },
    ];
  },
};

/** Whether some router learns a route in the listed ranges: from nodes behind an excluded route reflector, for instance. */
function learnsServiceRoutes({ converged: { routers, ribs, ranges } }: ClusterSnapshot): boolean {
  return routers.some((router) =>
    ribs[routerFamily(router)]
      .allRoutes(router)
      .some(({ prefix }) => ranges.allowsLoadBalancer(prefix) || ranges.allowsExternal(prefix)),
  );
}

const P13: DiagnosticCheck = {
  code: 'P13',
  needs: ['Node', 'BGPPeer', 'BGPConfiguration'],
  question: 'which nodes are excluded from announcing',
  find(snapshot) {
    const { cluster } = snapshot.converged;
    const peered = nodesWithRouterPeers(snapshot);
    const peering = cluster.nodes.filter(({ name }) => peered.has(name));
    const mislabelled = peering.filter(
      ({ labels, isExcluded }) => Object.hasOwn(labels, EXCLUDE_LABEL) && !isExcluded,
    );
    const names = mislabelled.map(({ name }) => name);
    const all = peering.map(({ name }) => name);
    return [
      ...(peering.length > 0 &&
      peering.every(({ isExcluded }) => isExcluded) &&
      !learnsServiceRoutes(snapshot)
        ? [
            {
              severity: 'error',
              object: nodeRef(all[0] ?? ''),
              field: `metadata.labels[${EXCLUDE_LABEL}]`,
              problem: `No node announces Services: every node that peers with a router (${listSome(all)}) has the label ${EXCLUDE_LABEL}=true.`,
              remedy: `Remove the label from nodes that should announce (kubectl label node ${all[0]} ${EXCLUDE_LABEL}-).`,
              edits: all.map((name) =>
                patchOf(nodeRef(name), { metadata: { labels: { [EXCLUDE_LABEL]: null } } }),
              ),
              concerns: all.map(nodeRef),
              explains: ({ isListed }: { readonly isListed: boolean }) => isListed,
            } as const,
          ]
        : []),
      ...(mislabelled.length > 0
        ? [
            {
              severity: 'warning',
              object: nodeRef(names[0] ?? ''),
              field: `metadata.labels[${EXCLUDE_LABEL}]`,
              problem: `${inflect(names.length, 'Node', 'Nodes')} ${listSome(names)} ${inflect(names.length, 'announces', 'announce')} Services despite the label ${EXCLUDE_LABEL}. Calico honours only the value true.`,
              remedy: `Set the value: kubectl label node ${names[0]} --overwrite ${EXCLUDE_LABEL}=true`,
              edits: names.map((name) =>
                patchOf(nodeRef(name), { metadata: { labels: { [EXCLUDE_LABEL]: 'true' } } }),
              ),
              concerns: names.map(nodeRef),
            } as const,
          ]
        : []),
    ];
  },
};

/** The node's first IPv4 InternalIP, as kubelet reports it; '' for none. */
function internalIP(snapshot: ClusterSnapshot, name: string): string {
  const address = snapshot.nodes.get(name)?.addresses[4] ?? null;
  return address === null ? '' : formatAddress(address);
}

const P38: DiagnosticCheck = {
  code: 'P38',
  needs: ['Node'],
  needsAll: ['Node'],
  question: 'whether every node has an address for BGP',
  find(snapshot) {
    if (!snapshot.isKindComplete('Node')) return [];
    const { nodeStates } = snapshot.converged;
    const affected = nodeStates.filter(({ birds }) =>
      birds[4].mainErrors.some((one) => one.startsWith('Node ')),
    );
    if (affected.length === 0) return [];
    const names = affected.map(({ node }) => node.name);
    return [
      {
        severity: 'error',
        object: nodeRef(names[0] ?? ''),
        field: 'metadata.annotations[projectcalico.org/IPv4Address]',
        problem: `Nothing is announced from ${inflect(names.length, 'node', 'nodes')} ${listSome(names)}, where BIRD does not run. Without an IPv4 address for BGP, neither its IPv4 nor its IPv6 daemon has a router ID.`,
        remedy:
          'Let calico-node detect the address (IP_AUTODETECTION_METHOD), or annotate the node. Without IPv4, set CALICO_ROUTER_ID=hash.',
        edits: names.flatMap((name) => {
          const address = internalIP(snapshot, name);
          if (address === '') return [];
          const annotations = { 'projectcalico.org/IPv4Address': address };
          return [patchOf(nodeRef(name), { metadata: { annotations } })];
        }),
        concerns: names.map(nodeRef),
        explains: ({ isListed }) => isListed,
      },
    ];
  },
};

const P39: DiagnosticCheck = {
  code: 'P39',
  needs: ['Node', 'BGPConfiguration'],
  question: 'whether the nodes of the mesh agree on AS numbers',
  find(snapshot) {
    const { cluster, sessions } = snapshot.converged;
    const failing = sessions.filter(
      ({ session, outcome }) =>
        session.kind === 'mesh' && 'trouble' in outcome && outcome.trouble === 'as-mismatch',
    );
    if (failing.length === 0) return [];
    const withoutOwnAS = cluster.nodes.filter(
      ({ asNumber, clusterId }) => asNumber === null && clusterId === '',
    );
    const names = withoutOwnAS.map(({ name }) => name);
    return [
      {
        severity: 'warning',
        object: nodeRef(names[0] ?? ''),
        field: 'metadata.annotations[projectcalico.org/ASNumber]',
        problem: `Mesh sessions of ${listSome(names)} with nodes that have their own AS number are never established (bad peer AS). Pod routes between them are missing.`,
        remedy: 'Give all nodes an AS number of their own, or none.',
        edits: withoutOwnAS.map((node) =>
          patchOf(nodeRef(node.name), {
            metadata: { annotations: { 'projectcalico.org/ASNumber': String(localAS(cluster, node)) } },
          }),
        ),
        concerns: names.map(nodeRef),
      },
    ];
  },
};

export const NODE_CHECKS: readonly DiagnosticCheck[] = [P12, P13, P38, P39];
