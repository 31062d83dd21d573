/** Checks of BGPPeers that configure no session, the wrong one, or one too many: P11, P34, P36, P45. */
import { ownValue } from '../../base/own-value.ts';
import { closestMatch, listSome } from '../../base/text.ts';
import { formatAddress } from '../../net/address.ts';
import { placeholderError } from '../../net/address-error.ts';
import { routerFamily } from '../cluster/converged-cluster.ts';
import { appliesToNode, conflictingPeers } from '../confd/peer-sessions.ts';
import { localAS } from '../confd/session-config.ts';
import type { BGPPeer } from '../objects/peers.ts';
import { addressText, readPeerAddress } from '../objects/prefixes.ts';
import { matches, parseSelector, referencedLabels } from '../selector/selector.ts';
import type { DiagnosticCheck } from './check.ts';
import type { CheckResult, UnlearnedAddress } from './finding.ts';
import { appliesNowhere, rejectionText } from './peer-nodes.ts';
import { type ClusterSnapshot, makeRef, patchOf } from './snapshot.ts';

export const peerRef = (name: string) => makeRef('BGPPeer', name);

/** Whether the router of the BGPPeer lacks the address. */
const explainsForPeer =
  (peer: BGPPeer) =>
  ({ isListed, isLearnedNowhere, missingRouters, family }: UnlearnedAddress): boolean => {
    const remote = readPeerAddress(peer.peerIP);
    if (!isListed) return false;
    return remote === null
      ? isLearnedNowhere
      : remote.address.family === family &&
          (isLearnedNowhere || missingRouters.includes(formatAddress(remote.address)));
  };

/** A selector that was perhaps meant, with a known label or value in place of an unknown one; '' for none. */
function suggestSelector(snapshot: ClusterSnapshot, selector: string): string {
  const { nodes } = snapshot.converged.cluster;
  const read = parseSelector(selector);
  const names = read.ok ? referencedLabels(read.value) : [];
  const known = new Set(nodes.flatMap(({ labels }) => Object.keys(labels)));
  for (const { label: key, values } of names) {
    if (!known.has(key)) {
      const suggestion = closestMatch(key, known);
      if (suggestion !== null) return selector.replaceAll(key, suggestion);
      continue;
    }
    const existing = new Set(nodes.flatMap(({ labels }) => ownValue(labels, key) ?? []));
    for (const value of values) {
      if (existing.has(value)) continue;
      const suggestion = closestMatch(value, existing);
      if (suggestion !== null && suggestion !== '') return selector.replaceAll(value, suggestion);
    }
  }
  return '';
}

function checkPeerNodes(snapshot: ClusterSnapshot, peer: BGPPeer): CheckResult | null {
  const { nodes } = snapshot.converged.cluster;
  if (nodes.some((node) => appliesToNode(peer, node))) return null;
  const object = peerRef(peer.name);
  const problem = `BGPPeer ${peer.name} configures no session, which Calico reports only in its log.`;
  if (peer.nodeSelector === '') {
    if (peer.node === '') return null; // it applies to all nodes, and there is none
    const suggestion = closestMatch(
      peer.node,
      nodes.map(({ name }) => name),
    );
    return {
      severity: 'error',
      object,
      field: 'spec.node',
      problem: `${problem} Its node ${peer.node} does not exist.`,
      remedy:
        suggestion === null
          ? 'Set the name of an existing node, or use a nodeSelector.'
          : `Did you mean ${suggestion}?`,
      edits: [patchOf(object, { spec: { node: suggestion ?? nodes[0]?.name ?? null } })],
      explains: explainsForPeer(peer),
    };
  }
  const read = parseSelector(peer.nodeSelector);
  const suggestion = read.ok ? suggestSelector(snapshot, peer.nodeSelector) : '';
  const isSuggestionValid = suggestion !== '' && selectsAnyNode(suggestion, snapshot);
  return {
    severity: 'error',
    object,
    field: 'spec.nodeSelector',
    problem: read.ok
      ? `${problem} Its nodeSelector ${peer.nodeSelector} matches none of the ${nodes.length} nodes.`
      : `${problem} Its nodeSelector cannot be parsed: ${read.error.message}, column ${read.error.column}.`,
    remedy: isSuggestionValid
      ? `Did you mean ${suggestion} ?`
      : 'Write a selector that matches labels of your nodes; all() matches every node.',
    edits: [patchOf(object, { spec: { nodeSelector: isSuggestionValid ? suggestion : 'all()' } })],
    explains: explainsForPeer(peer),
  };
}

function selectsAnyNode(selector: string, snapshot: ClusterSnapshot): boolean {
  const read = parseSelector(selector);
  return read.ok && snapshot.converged.cluster.nodes.some(({ labels }) => matches(read.value, labels));
}

const P11: DiagnosticCheck = {
  code: 'P11',
  needs: ['BGPPeer', 'Node'],
  needsAll: ['Node'],
  question: 'which routers the nodes peer with',
  find(snapshot) {
    if (!snapshot.isKindComplete('Node')) return [];
    const { cluster, routers } = snapshot.converged;
    const unmatched = cluster.peers.flatMap((peer) => checkPeerNodes(snapshot, peer) ?? []);
    const without = ([4, 6] as const).flatMap((family): readonly CheckResult[] => {
      const assigned = snapshot.assigned.filter(({ address }) => address.family === family);
      if (assigned.length === 0 || routers.some((one) => routerFamily(one) === family)) return [];
      const peers = cluster.peers.filter(({ peerIP }) => readPeerAddress(peerIP)?.address.family === family);
      const selected = cluster.nodes.filter((node) => peers.some((peer) => appliesToNode(peer, node)));
      const selecting = peers.find((peer) => cluster.nodes.some((node) => appliesToNode(peer, node)));
      if (peers.length > 0 && selected.length === 0) return []; // a finding of each peer
      if (selected.some(({ addresses }) => addresses[family] !== null)) return [];
      const kind = `IPv${family}`;
      return [
        {
          severity: 'error',
          object: peerRef(selecting?.name ?? ''),
          field: 'spec.peerIP',
          problem:
            peers.length > 0
              ? `No router learns ${kind} addresses, since no ${kind} session exists. None of the nodes with such a BGPPeer (${listSome(selected.map(({ name }) => name))}) has an ${kind} address for BGP.`
              : `No router learns ${kind} addresses, since no BGPPeer has the ${kind} address of a router.${cluster.configuration.mesh ? ' The mesh connects the nodes only.' : ''}`,
          remedy:
            peers.length > 0
              ? `Let calico-node detect an ${kind} address on them (annotation projectcalico.org/${kind}Address), or select other nodes.`
              : `Add a BGPPeer with the router's ${kind} address; \`berth calico init\` writes one.`,
          explains: (unlearned) => unlearned.family === family,
        },
      ];
    });
    return [...unmatched, ...without];
  },
};

const P34: DiagnosticCheck = {
  code: 'P34',
  needs: ['BGPPeer', 'Node'],
  question: 'whether two BGPPeers configure one session',
  find(snapshot) {
    const { cluster } = snapshot.converged;
    const conflicts = new Map<
      string,
      { readonly names: readonly string[]; readonly nodes: string[]; readonly remote: string }
    >();
    for (const node of cluster.nodes) {
      for (const family of [4, 6] as const) {
        if (node.addresses[family] === null) continue;
        for (const [remote, all] of conflictingPeers(cluster, node, family)) {
          const names = effectivePeers(cluster.peers, [...new Set(all)]);
          if (names.length < 2) continue;
          const key = `${remote} ${names.join()}`;
          const existing = conflicts.get(key);
          if (existing === undefined) conflicts.set(key, { names, nodes: [node.name], remote });
          else existing.nodes.push(node.name);
        }
      }
    }
    return [...conflicts.values()].map(({ names, nodes, remote }) => ({
      severity: 'warning',
      object: peerRef(names[1] ?? ''),
      field: 'spec.peerIP',
      problem: `BGPPeers ${names.join(' and ')} configure the same session of ${listSome(nodes)} with ${remote}. Calico uses one of them, and can choose another at every change of a Node, BGPPeer or BGPFilter.`,
      remedy: 'Delete all but one of them, or let their selectors match different nodes.',
      edits: names.slice(1).map((name) => ({ do: 'delete', object: peerRef(name) })),
      concerns: names.map(peerRef),
    }));
  },
};

/** A BGPPeer for all nodes always overrides node-specific ones, so these do not conflict with it. */
function effectivePeers(peers: readonly BGPPeer[], names: readonly string[]): readonly string[] {
  const global = names.filter((name) =>
    peers.some((one) => one.name === name && one.node === '' && one.nodeSelector === ''),
  );
  return global.length > 0 ? global : names;
}

const P36: DiagnosticCheck = {
  code: 'P36',
  needs: ['BGPPeer'],
  question: 'whether every BGPPeer has an AS number',
  find(snapshot) {
    const { cluster } = snapshot.converged;
    return cluster.peers.flatMap((peer): readonly CheckResult[] => {
      const remote = readPeerAddress(peer.peerIP);
      if (remote === null || peer.asNumber !== null) return [];
      const twin = cluster.peers.find((one) => one.asNumber !== null && one.peerIP === peer.peerIP);
      const other = cluster.peers.find((one) => one.asNumber !== null && one.peerIP !== '');
      const first = cluster.nodes[0];
      const own = first === undefined ? 64_512 : localAS(cluster, first);
      return [
        {
          severity: 'error',
          object: peerRef(peer.name),
          field: 'spec.asNumber',
          problem: `${rejectionText(snapshot, peer)} BGPPeer ${peer.name} has no asNumber.`,
          remedy: `Set spec.asNumber to the AS of the router at ${addressText(remote.address)}.`,
          edits: [
            patchOf(peerRef(peer.name), { spec: { asNumber: twin?.asNumber ?? other?.asNumber ?? own } }),
          ],
          explains: ({ isListed, family }) =>
            isListed && family === remote.address.family && !appliesNowhere(snapshot, peer),
        },
      ];
    });
  },
};

const P45: DiagnosticCheck = {
  code: 'P45',
  needs: ['BGPPeer'],
  question: 'whether every field can be parsed',
  find(snapshot) {
    return snapshot.converged.cluster.peers.flatMap((peer): readonly CheckResult[] => {
      if (peer.peerIP === '' || readPeerAddress(peer.peerIP) !== null) return [];
      return [
        {
          severity: 'error',
          object: peerRef(peer.name),
          field: 'spec.peerIP',
          problem: `Calico skips BGPPeer ${peer.name}, and reports it only in its log. Its peerIP ${JSON.stringify(peer.peerIP)} ${placeholderError(peer.peerIP) ?? 'is not an address'}.`,
          remedy: 'Write an address such as 10.0.0.1, 10.0.0.1:1790, fd00::1 or [fd00::1]:1790.',
          explains: explainsForPeer(peer),
        },
      ];
    });
  },
};

export const PEER_CHECKS: readonly DiagnosticCheck[] = [P11, P34, P36, P45];
