/** Check of sessions of one node with one peer, of which BIRD establishes one at most: P51. */

import { groupBy } from '../../base/list.ts';
import { listSome } from '../../base/text.ts';
import { formatAddress } from '../../net/address.ts';
import { bgpPeerSessions, isSessionToNode } from '../cluster/converged-cluster.ts';
import type { SessionConfig } from '../confd/session-config.ts';
import { sessionsOf } from '../confd/sessions.ts';
import type { CalicoCluster } from '../objects/cluster.ts';
import type { DiagnosticCheck } from './check.ts';
import type { CheckResult } from './finding.ts';
import { peerRef } from './peers.ts';

/** Sessions of one node with one address, of which at most one is established. */
type SharedRemote = {
  readonly node: string;
  readonly address: string;
  /** The one that BIRD starts: '' for the mesh. */
  readonly first: string;
  readonly other: string;
  readonly ports: readonly [number, number];
};

function sharedRemotes(cluster: CalicoCluster): readonly SharedRemote[] {
  const isNodeSession = isSessionToNode(cluster);
  const peered = groupBy(bgpPeerSessions(cluster), ({ node, family }) => `${node} ${family}`);
  return [...peered.values()].flatMap((own) => {
    const [first] = own;
    const node = cluster.nodes.find(({ name }) => name === first?.node);
    if (first === undefined || node === undefined) return [];
    // Only with nodes can there be a session of the mesh as well.
    const sessions = own.some(isNodeSession) ? sessionsOf(cluster, node, first.family) : own;
    return sharedBy(node.name, sessions);
  });
}

function sharedBy(node: string, sessions: readonly SessionConfig[]): readonly SharedRemote[] {
  const firstByPeer = new Map<bigint, SessionConfig>();
  return sessions.flatMap((session): readonly SharedRemote[] => {
    const first = firstByPeer.get(session.peer.bits);
    if (first === undefined) firstByPeer.set(session.peer.bits, session);
    if (first === undefined || first.bgpPeer === session.bgpPeer) return [];
    const ports = [first.port, session.port] as const;
    const address = formatAddress(session.peer);
    return [{ node, address, first: first.bgpPeer, other: session.bgpPeer, ports }];
  });
}

const P51: DiagnosticCheck = {
  code: 'P51',
  needs: ['BGPPeer', 'Node'],
  question: 'whether two sessions of a node have one peer',
  find({ converged: { cluster } }) {
    const groups = groupBy(sharedRemotes(cluster), ({ first, other, ports }) =>
      [first, other, ...ports].join(' '),
    );
    return [...groups.values()].map((group) => describeGroup(cluster, group));
  },
};

function describeGroup(cluster: CalicoCluster, group: readonly SharedRemote[]): CheckResult {
  const [{ first, other, address, ports }] = group as readonly [SharedRemote];
  const nodes = [...new Set(group.map(({ node }) => node))];
  // A session of the mesh that waits is named by the BGPPeer that has its place.
  const [waiting, holder] = other === '' ? ['the mesh', first] : [`BGPPeer ${other}`, first];
  const named = other === '' ? first : other;
  const owner = other === '' ? `BGPPeer ${holder}` : holder === '' ? 'the mesh' : `BGPPeer ${holder}`;
  const common = {
    severity: 'warning',
    object: peerRef(named),
    field: 'spec.peerIP',
    concerns: [first, other].filter((name) => name !== '').map(peerRef),
  } as const;
  if (ports[0] !== ports[1]) {
    return {
      ...common,
      problem: `${capitalized(owner)} and ${waiting} give ${listSome(nodes)} sessions with ${address}, on ports ${ports.join(' and ')}. A router keeps one session with a node. Which one cannot be known: it depends on the ports that the router listens on.`,
      remedy: 'Keep the one with the port that the router listens on.',
    };
  }
  const isNeverUsed = isWithoutEffect(cluster, other);
  return {
    ...common,
    severity: other === '' ? 'hint' : 'warning',
    problem: `${capitalized(waiting)} has no session of ${listSome(nodes)} with ${address}: BIRD gives an address and port to the first in its file, ${owner}.`,
    remedy: 'Keep one of the two, or let their selectors match different nodes.',
    edits: isNeverUsed ? [{ do: 'delete', object: peerRef(other) }] : [],
  };
}

const capitalized = (text: string): string => `${text[0]?.toUpperCase()}${text.slice(1)}`;

/** Whether no node has a session by this BGPPeer. */
function isWithoutEffect(cluster: CalicoCluster, name: string): boolean {
  if (name === '') return false;
  return cluster.nodes.every((node) =>
    ([4, 6] as const).every((family) => {
      const seen = new Set<string>();
      return sessionsOf(cluster, node, family).every(({ peer, port, bgpPeer }) => {
        const remote = `${peer.bits} ${port}`;
        const isFirst = !seen.has(remote);
        seen.add(remote);
        return bgpPeer !== name || !isFirst;
      });
    }),
  );
}

export const SECOND_SESSION_CHECKS: readonly DiagnosticCheck[] = [P51];
