/** BGPPeers that yield no session, the wrong one, or one too many: P11, P34, P36, P45. */
import { closest } from '../../base/text.ts';
import { formatAddress } from '../../net/address.ts';
import type { BGPPeer } from '../objects/peers.ts';
import { addressText, peerAddress } from '../objects/prefixes.ts';
import { familyOf } from '../picture.ts';
import { labelsAsked, matches, parseSelector } from '../selector/selector.ts';
import { concerns, localAS, rivals } from '../sessions.ts';
import { type Check, someOf } from './check.ts';
import type { Found, Shortfall } from './finding.ts';
import { patchOf, refTo, type World } from './world.ts';

export const peerRef = (name: string) => refTo('BGPPeer', name);

/** Whether a router that the peer stands for misses the address. */
const hurtsAt =
  (peer: BGPPeer) =>
  ({ listed, nowhere, routers, family }: Shortfall): boolean => {
    const end = peerAddress(peer.peerIP);
    if (!listed) return false;
    return end === null
      ? nowhere
      : end.address.family === family && (nowhere || routers.includes(formatAddress(end.address)));
  };

/** What the selector of a peer should perhaps have been; '' for no idea. */
function nearMiss(world: World, selector: string): string {
  const { nodes } = world.picture.cluster;
  const read = parseSelector(selector);
  const names = read.ok ? labelsAsked(read.value) : [];
  const known = new Set(nodes.flatMap(({ labels }) => Object.keys(labels)));
  for (const { label: key, values } of names) {
    if (!known.has(key)) {
      const near = closest(key, known);
      if (near !== null) return selector.replaceAll(key, near);
      continue;
    }
    const there = new Set(nodes.flatMap(({ labels }) => labels[key] ?? []));
    for (const value of values) {
      if (there.has(value)) continue;
      const near = closest(value, there);
      if (near !== null && near !== '') return selector.replaceAll(value, near);
    }
  }
  return '';
}

function ofPeer(world: World, peer: BGPPeer): Found | null {
  const { nodes } = world.picture.cluster;
  if (nodes.some((node) => concerns(peer, node))) return null;
  const object = peerRef(peer.name);
  const lost = 'no session comes of it, and Calico says so only in its log.';
  if (peer.nodeSelector === '') {
    if (peer.node === '') return null; // for all nodes, of which there is none
    const near = closest(
      peer.node,
      nodes.map(({ name }) => name),
    );
    return {
      severity: 'error',
      object,
      field: 'spec.node',
      says: `BGPPeer ${peer.name} is for node ${peer.node}, which does not exist: ${lost}`,
      todo: near === null ? 'Name a node of the cluster, or use a nodeSelector.' : `Did you mean ${near}?`,
      fix: [patchOf(object, { spec: { node: near ?? nodes[0]?.name ?? null } })],
      hurts: hurtsAt(peer),
    };
  }
  const read = parseSelector(peer.nodeSelector);
  const near = read.ok ? nearMiss(world, peer.nodeSelector) : '';
  const helps = near !== '' && isFor(near, world);
  return {
    severity: 'error',
    object,
    field: 'spec.nodeSelector',
    says: read.ok
      ? `BGPPeer ${peer.name} matches none of the ${nodes.length} nodes (nodeSelector ${peer.nodeSelector}): ${lost}`
      : `The nodeSelector of BGPPeer ${peer.name} cannot be read (${read.error.message}, column ${read.error.column}): ${lost}`,
    todo: helps
      ? `Did you mean ${near} ?`
      : 'Write a selector that matches labels of your nodes; all() matches every node.',
    fix: [patchOf(object, { spec: { nodeSelector: helps ? near : 'all()' } })],
    hurts: hurtsAt(peer),
  };
}

function isFor(selector: string, world: World): boolean {
  const read = parseSelector(selector);
  return read.ok && world.picture.cluster.nodes.some(({ labels }) => matches(read.value, labels));
}

const P11: Check = {
  code: 'P11',
  needs: ['BGPPeer', 'Node'],
  open: 'which routers the nodes peer with',
  find(world) {
    const { cluster, routers } = world.picture;
    const unmatched = cluster.peers.flatMap((peer) => ofPeer(world, peer) ?? []);
    const without = ([4, 6] as const).flatMap((family): readonly Found[] => {
      const held = world.held.filter(({ address }) => address.family === family);
      if (held.length === 0 || routers.some((one) => familyOf(one) === family)) return [];
      const peers = cluster.peers.filter(({ peerIP }) => peerAddress(peerIP)?.address.family === family);
      if (peers.length > 0 && cluster.nodes.some(({ addresses }) => addresses[family] !== null)) return [];
      const kind = `IPv${family}`;
      return [
        {
          severity: 'error',
          object: peers[0] === undefined ? peerRef('') : peerRef(peers[0].name),
          field: 'spec.peerIP',
          says:
            peers.length > 0
              ? `No node has an ${kind} address for BGP (annotation projectcalico.org/${kind}Address), so no ${kind} session with a router exists and no ${kind} address is learned by anybody.`
              : `No BGPPeer names a router by its ${kind} address, so nothing outside of the cluster learns ${kind} addresses${cluster.configuration.mesh ? ': the mesh only joins the nodes' : ''}.`,
          todo:
            peers.length > 0
              ? `Let calico-node find an ${kind} address on the nodes.`
              : `Add a BGPPeer with the router's ${kind} address; \`berth calico init\` writes one.`,
          hurts: (short) => short.family === family,
        },
      ];
    });
    return [...unmatched, ...without];
  },
};

const P34: Check = {
  code: 'P34',
  needs: ['BGPPeer', 'Node'],
  open: 'whether two BGPPeers ask for one session',
  find(world) {
    const { cluster } = world.picture;
    const sets = new Map<
      string,
      { readonly names: readonly string[]; readonly nodes: string[]; readonly end: string }
    >();
    for (const node of cluster.nodes) {
      for (const family of [4, 6] as const) {
        if (node.addresses[family] === null) continue;
        for (const [end, all] of rivals(cluster, node, family)) {
          const names = strongest(cluster.peers, [...new Set(all)]);
          if (names.length < 2) continue;
          const key = `${end} ${names.join()}`;
          const there = sets.get(key);
          if (there === undefined) sets.set(key, { names, nodes: [node.name], end });
          else there.nodes.push(node.name);
        }
      }
    }
    return [...sets.values()].map(({ names, nodes, end }) => ({
      severity: 'warning',
      object: peerRef(names[1] ?? ''),
      field: 'spec.peerIP',
      says: `BGPPeers ${names.join(' and ')} name the same session of ${someOf(nodes)} with ${end.replace(/ 179$/, '')}: one of them is used, which one is chosen anew at every change of a Node, BGPPeer or BGPFilter.`,
      todo: `Delete all but one of them, or let their selectors leave each other's nodes out.`,
      fix: names.slice(1).map((name) => ({ do: 'delete', object: peerRef(name) })),
      concerns: names.map(peerRef),
    }));
  },
};

/** A peer for all nodes hides those of single nodes: that is a rule, not chance. */
function strongest(peers: readonly BGPPeer[], names: readonly string[]): readonly string[] {
  const global = names.filter((name) =>
    peers.some((one) => one.name === name && one.node === '' && one.nodeSelector === ''),
  );
  return global.length > 0 ? global : names;
}

const P36: Check = {
  code: 'P36',
  needs: ['BGPPeer'],
  open: 'whether every BGPPeer has an AS number',
  find(world) {
    const { cluster } = world.picture;
    return cluster.peers.flatMap((peer): readonly Found[] => {
      const end = peerAddress(peer.peerIP);
      if (end === null || peer.asNumber !== null) return [];
      const twin = cluster.peers.find((one) => one.asNumber !== null && one.peerIP === peer.peerIP);
      const other = cluster.peers.find((one) => one.asNumber !== null && one.peerIP !== '');
      const nodes = cluster.nodes.filter((one) => concerns(peer, one)).map(({ name }) => name);
      const first = cluster.nodes[0];
      const own = first === undefined ? 64_512 : localAS(cluster, first);
      return [
        {
          severity: 'error',
          object: peerRef(peer.name),
          field: 'spec.asNumber',
          says: `BGPPeer ${peer.name} has no asNumber, and nothing takes its place: BIRD refuses its whole configuration on ${nodes.length > 0 ? someOf(nodes) : 'every node that has the peer'}, and nothing is announced from there.`,
          todo: `Set spec.asNumber to the AS of the router at ${addressText(end.address)}.`,
          fix: [
            patchOf(peerRef(peer.name), { spec: { asNumber: twin?.asNumber ?? other?.asNumber ?? own } }),
          ],
          hurts: ({ listed, family }) => listed && family === end.address.family,
        },
      ];
    });
  },
};

const P45: Check = {
  code: 'P45',
  needs: ['BGPPeer'],
  open: 'whether every field can be read',
  find(world) {
    return world.picture.cluster.peers.flatMap((peer): readonly Found[] => {
      if (peer.peerIP === '' || peerAddress(peer.peerIP) !== null) return [];
      return [
        {
          severity: 'error',
          object: peerRef(peer.name),
          field: 'spec.peerIP',
          says: `BGPPeer ${peer.name} has peerIP ${JSON.stringify(peer.peerIP)}, which is no address: Calico skips the peer, and says so only in its log.`,
          todo: 'Write an address such as 10.0.0.1, 10.0.0.1:1790, fd00::1 or [fd00::1]:1790.',
          hurts: hurtsAt(peer),
        },
      ];
    });
  },
};

export const PEERS: readonly Check[] = [P11, P34, P36, P45];
