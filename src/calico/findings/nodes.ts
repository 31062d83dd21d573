/** Nodes that announce, and nodes that do not: P12, P13, P38, P39, P42. */
import { fieldsOf, listOf, specOf, textOf } from '../../cluster/fields.ts';
import { formatAddress } from '../../net/address.ts';
import type { CalicoNode } from '../objects/nodes.ts';
import { EXCLUDE_LABEL } from '../objects/nodes.ts';
import type { BGPPeer } from '../objects/peers.ts';
import { configuredSessions, isToNode } from '../picture.ts';
import { matches, parseSelector } from '../selector/selector.ts';
import { concerns, localAS } from '../sessions.ts';
import { type Check, someOf } from './check.ts';
import { creation, patchOf, rawNamed, refTo, type World } from './world.ts';

const CONTROL_PLANE = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

const nodeRef = (name: string) => refTo('Node', name);

/** Names of nodes that are told to keep a session with a router. */
export function routed(world: World): ReadonlySet<string> {
  const { cluster } = world.picture;
  const isNode = isToNode(cluster);
  return new Set(
    configuredSessions(cluster)
      .filter((one) => !isNode(one))
      .map(({ node }) => node),
  );
}

/** Nodes that a route reflector speaks for. */
function behindReflectors(world: World): ReadonlySet<string> {
  const { cluster } = world.picture;
  const reflectors = new Set(
    cluster.nodes
      .filter(({ clusterId }) => clusterId !== '')
      .flatMap(({ addresses }) => [addresses[4], addresses[6]])
      .flatMap((own) => (own === null ? [] : [formatAddress(own)])),
  );
  if (reflectors.size === 0) return reflectors;
  return new Set(
    configuredSessions(cluster)
      .filter(({ peer, kind }) => kind !== 'mesh' && reflectors.has(formatAddress(peer)))
      .map(({ node }) => node),
  );
}

/** Someone chose not to have it peer: its role says so, or a selector names a label that it has in order to leave it out. */
function isLeftOut(node: CalicoNode, peers: readonly BGPPeer[]): boolean {
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

const P12: Check = {
  code: 'P12',
  needs: ['BGPPeer', 'Node', 'BGPConfiguration'],
  open: 'whether every node has a session with a router',
  find(world) {
    const { cluster } = world.picture;
    const with_ = routed(world);
    if (with_.size === 0) return [];
    const reflected = behindReflectors(world);
    const without = cluster.nodes.filter(
      (node) =>
        !node.excluded &&
        !with_.has(node.name) &&
        !reflected.has(node.name) &&
        // One that a peer is meant for lacks something else, which is said elsewhere.
        !cluster.peers.some((peer) => peer.peerIP !== '' && concerns(peer, node)) &&
        !isLeftOut(node, cluster.peers),
    );
    const model = cluster.peers.find(({ peerIP }) => peerIP !== '');
    if (without.length === 0 || model === undefined) return [];
    const names = without.map(({ name }) => name);
    const {
      nodeSelector: _,
      node: __,
      ...spec
    } = specOf(rawNamed(world, 'BGPPeer', model.name)) as Record<string, unknown>;
    return [
      {
        severity: 'warning',
        object: nodeRef(names[0] ?? ''),
        field: 'metadata.labels',
        says: `No BGPPeer makes ${someOf(names)} peer with a router${cluster.configuration.mesh ? ', only with other nodes' : ''}: routers never send traffic there, and Local Services with endpoints there alone are not reached.`,
        todo: `Have a BGPPeer select ${names.length > 1 ? 'them' : 'it'}, or label ${names.length > 1 ? 'them' : 'it'} ${EXCLUDE_LABEL}=true if that is meant.`,
        fix: names.map((name) =>
          creation({
            apiVersion: 'projectcalico.org/v3',
            kind: 'BGPPeer',
            metadata: { name: `${model.name}-${name}` },
            spec: { node: name, ...spec },
          }),
        ),
        concerns: names.map(nodeRef),
      },
    ];
  },
};

const P13: Check = {
  code: 'P13',
  needs: ['Node', 'BGPPeer', 'BGPConfiguration'],
  open: 'which nodes are excluded from announcing',
  find(world) {
    const { cluster } = world.picture;
    const with_ = routed(world);
    const peering = cluster.nodes.filter(({ name }) => with_.has(name));
    const odd = peering.filter(({ labels, excluded }) => Object.hasOwn(labels, EXCLUDE_LABEL) && !excluded);
    const names = odd.map(({ name }) => name);
    const all = peering.map(({ name }) => name);
    return [
      ...(peering.length > 0 && peering.every(({ excluded }) => excluded)
        ? [
            {
              severity: 'error',
              object: nodeRef(all[0] ?? ''),
              field: `metadata.labels[${EXCLUDE_LABEL}]`,
              says: `Every node that peers with a router (${someOf(all)}) carries ${EXCLUDE_LABEL}=true, so none of them announces any Service.`,
              todo: `Take the label off the nodes that are to announce (kubectl label node ${all[0]} ${EXCLUDE_LABEL}-).`,
              fix: all.map((name) =>
                patchOf(nodeRef(name), { metadata: { labels: { [EXCLUDE_LABEL]: null } } }),
              ),
              concerns: all.map(nodeRef),
              hurts: ({ listed }: { readonly listed: boolean }) => listed,
            } as const,
          ]
        : []),
      ...(odd.length > 0
        ? [
            {
              severity: 'warning',
              object: nodeRef(names[0] ?? ''),
              field: `metadata.labels[${EXCLUDE_LABEL}]`,
              says: `${names.length > 1 ? 'Nodes' : 'Node'} ${someOf(names)} ${names.length > 1 ? 'carry' : 'carries'} ${EXCLUDE_LABEL} with a value that is not true: Calico honours no other value, so ${names.length > 1 ? 'they announce' : 'it announces'} Services all the same.`,
              todo: `Give the label the value true: kubectl label node ${names[0]} --overwrite ${EXCLUDE_LABEL}=true`,
              fix: names.map((name) =>
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
function internalIP(world: World, name: string): string {
  const addresses = listOf(fieldsOf(rawNamed(world, 'Node', name)['status'])['addresses']).map(fieldsOf);
  const one = addresses.find(({ type, address }) => type === 'InternalIP' && textOf(address).includes('.'));
  return textOf(one?.['address']);
}

const P38: Check = {
  code: 'P38',
  needs: ['Node'],
  open: 'whether every node has an address for BGP',
  find(world) {
    const { states } = world.picture;
    const hit = states.filter(({ daemons }) => daemons[4].mainFaults.some((one) => one.startsWith('Node ')));
    if (hit.length === 0) return [];
    const names = hit.map(({ node }) => node.name);
    return [
      {
        severity: 'error',
        object: nodeRef(names[0] ?? ''),
        field: 'metadata.annotations[projectcalico.org/IPv4Address]',
        says: `${names.length > 1 ? 'Nodes' : 'Node'} ${someOf(names)} ${names.length > 1 ? 'have' : 'has'} no IPv4 address for BGP, so BIRD has no router ID there: neither its IPv4 nor its IPv6 daemon runs, and nothing is announced from there.`,
        todo: 'Let calico-node find the address (IP_AUTODETECTION_METHOD), annotate the node, or set CALICO_ROUTER_ID=hash where there is no IPv4.',
        fix: names.flatMap((name) => {
          const address = internalIP(world, name);
          if (address === '') return [];
          const annotations = { 'projectcalico.org/IPv4Address': address };
          return [patchOf(nodeRef(name), { metadata: { annotations } })];
        }),
        concerns: names.map(nodeRef),
        hurts: ({ listed }) => listed,
      },
    ];
  },
};

const P39: Check = {
  code: 'P39',
  needs: ['Node', 'BGPConfiguration'],
  open: 'whether the nodes of the mesh agree on AS numbers',
  find(world) {
    const { cluster, sessions } = world.picture;
    const failing = sessions.filter(
      ({ session, result }) =>
        session.kind === 'mesh' && 'trouble' in result && result.trouble === 'as-mismatch',
    );
    if (failing.length === 0) return [];
    const plain = cluster.nodes.filter(({ asNumber, clusterId }) => asNumber === null && clusterId === '');
    const names = plain.map(({ name }) => name);
    return [
      {
        severity: 'warning',
        object: nodeRef(names[0] ?? ''),
        field: 'metadata.annotations[projectcalico.org/ASNumber]',
        says: `Some nodes have an AS number of their own and ${someOf(names)} ${names.length > 1 ? 'have' : 'has'} none: mesh sessions between the two kinds never come up (bad peer AS), and pod routes between them are missing.`,
        todo: 'Give every node an AS number of its own, or none of them.',
        fix: plain.map((node) =>
          patchOf(nodeRef(node.name), {
            metadata: { annotations: { 'projectcalico.org/ASNumber': String(localAS(cluster, node)) } },
          }),
        ),
        concerns: names.map(nodeRef),
      },
    ];
  },
};

export const NODES: readonly Check[] = [P12, P13, P38, P39];
