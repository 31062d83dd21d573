/** Nodes that announce, and nodes that do not: P12, P13, P38, P39, P42. */

import { fieldsOf, listOf, textOf } from '../../base/json.ts';
import { formatAddress } from '../../net/address.ts';
import { specOf } from '../../objects/metadata.ts';
import { bgpPeerSessions, isSessionToNode } from '../cluster/converged-cluster.ts';
import { appliesToNode, localAS } from '../confd/sessions.ts';
import type { CalicoNode } from '../objects/nodes.ts';
import { EXCLUDE_LABEL } from '../objects/nodes.ts';
import type { BGPPeer } from '../objects/peers.ts';
import { matches, parseSelector } from '../selector/selector.ts';
import { abbreviateList, type DiagnosticCheck } from './check.ts';
import { type ClusterSnapshot, creationOf, findObject, makeRef, patchOf } from './snapshot.ts';

const CONTROL_PLANE = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

const nodeRef = (name: string) => makeRef('Node', name);

/** Names of nodes that are told to keep a session with a router. */
export function nodesWithRouterPeers(snapshot: ClusterSnapshot): ReadonlySet<string> {
  const { cluster } = snapshot.converged;
  const isNodeSession = isSessionToNode(cluster);
  return new Set(
    bgpPeerSessions(cluster)
      .filter((one) => !isNodeSession(one))
      .map(({ node }) => node),
  );
}

/** Nodes that a route reflector speaks for. */
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

/** Someone chose not to have it peer: its role says so, or a selector names a label that it has in order to leave it out. */
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
  question: 'whether every node has a session with a router',
  find(snapshot) {
    const { cluster } = snapshot.converged;
    const peered = nodesWithRouterPeers(snapshot);
    if (peered.size === 0) return [];
    const clients = reflectorClients(snapshot);
    const unpeered = cluster.nodes.filter(
      (node) =>
        !node.isExcluded &&
        !peered.has(node.name) &&
        !clients.has(node.name) &&
        // One that a peer is meant for lacks something else, which is said elsewhere.
        !cluster.peers.some((peer) => peer.peerIP !== '' && appliesToNode(peer, node)) &&
        !isDeliberatelyUnpeered(node, cluster.peers),
    );
    const template = cluster.peers.find(({ peerIP }) => peerIP !== '');
    if (unpeered.length === 0 || template === undefined) return [];
    const names = unpeered.map(({ name }) => name);
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
        problem: `No BGPPeer makes ${abbreviateList(names)} peer with a router${cluster.configuration.mesh ? ', only with other nodes' : ''}: routers never send traffic there, and Local Services with endpoints there alone are not reached.`,
        remedy: `Have a BGPPeer select ${names.length > 1 ? 'them' : 'it'}, or label ${names.length > 1 ? 'them' : 'it'} ${EXCLUDE_LABEL}=true if that is meant.`,
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
      ...(peering.length > 0 && peering.every(({ isExcluded }) => isExcluded)
        ? [
            {
              severity: 'error',
              object: nodeRef(all[0] ?? ''),
              field: `metadata.labels[${EXCLUDE_LABEL}]`,
              problem: `Every node that peers with a router (${abbreviateList(all)}) carries ${EXCLUDE_LABEL}=true, so none of them announces any Service.`,
              remedy: `Take the label off the nodes that are to announce (kubectl label node ${all[0]} ${EXCLUDE_LABEL}-).`,
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
              problem: `${names.length > 1 ? 'Nodes' : 'Node'} ${abbreviateList(names)} ${names.length > 1 ? 'carry' : 'carries'} ${EXCLUDE_LABEL} with a value that is not true: Calico honours no other value, so ${names.length > 1 ? 'they announce' : 'it announces'} Services all the same.`,
              remedy: `Give the label the value true: kubectl label node ${names[0]} --overwrite ${EXCLUDE_LABEL}=true`,
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

/** As kubelet reports it; '' where it does not. */
function internalIP(snapshot: ClusterSnapshot, name: string): string {
  const addresses = listOf(fieldsOf(findObject(snapshot, 'Node', name)['status'])['addresses']).map(fieldsOf);
  const one = addresses.find(({ type, address }) => type === 'InternalIP' && textOf(address).includes('.'));
  return textOf(one?.['address']);
}

const P38: DiagnosticCheck = {
  code: 'P38',
  needs: ['Node'],
  question: 'whether every node has an address for BGP',
  find(snapshot) {
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
        problem: `${names.length > 1 ? 'Nodes' : 'Node'} ${abbreviateList(names)} ${names.length > 1 ? 'have' : 'has'} no IPv4 address for BGP, so BIRD has no router ID there: neither its IPv4 nor its IPv6 daemon runs, and nothing is announced from there.`,
        remedy:
          'Let calico-node find the address (IP_AUTODETECTION_METHOD), annotate the node, or set CALICO_ROUTER_ID=hash where there is no IPv4.',
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
        problem: `Some nodes have an AS number of their own and ${abbreviateList(names)} ${names.length > 1 ? 'have' : 'has'} none: mesh sessions between the two kinds never come up (bad peer AS), and pod routes between them are missing.`,
        remedy: 'Give every node an AS number of its own, or none of them.',
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
