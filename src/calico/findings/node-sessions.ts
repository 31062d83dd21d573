/** Check of sessions between nodes whose two ends do not agree: P52. */

import { groupBy } from '../../base/list.ts';
import { listSome } from '../../base/text.ts';
import type { ObjectEdit } from '../../findings/finding.ts';
import { formatAddress } from '../../net/address.ts';
import { isSessionToNode } from '../cluster/converged-cluster.ts';
import type { SessionTrouble } from '../cluster/established-sessions.ts';
import type { EvaluatedSession } from '../cluster/session-graph.ts';
import { hasTtlSecurity } from '../cluster/ttl-security.ts';
import type { DiagnosticCheck } from './check.ts';
import type { CheckResult } from './finding.ts';
import { peerRef } from './peers.ts';
import { patchOf } from './snapshot.ts';

type FailingSession = Pick<EvaluatedSession, 'session'> & {
  readonly node: string;
  readonly trouble: SessionTrouble;
};

const DISAGREEMENTS: { readonly [T in SessionTrouble]?: string } = {
  'not-wanted': 'the other node has no such session',
  'as-mismatch': 'the AS numbers differ',
  'password-mismatch': 'the passwords differ',
  'ttl-mismatch': 'only one side has TTL security',
  unreachable: 'no side connects to a port that the other listens on',
};

/** Sessions between nodes by a BGPPeer whose ends do not agree. */
const P52: DiagnosticCheck = {
  code: 'P52',
  needs: ['BGPPeer', 'Node'],
  needsAll: ['Node'],
  question: 'whether both ends of sessions between nodes agree',
  find(snapshot) {
    if (!snapshot.isKindComplete('Node')) return [];
    const { cluster, sessions } = snapshot.converged;
    const isNodeSession = isSessionToNode(cluster);
    const failing = sessions.flatMap(({ session, outcome, live }): readonly FailingSession[] =>
      session.bgpPeer !== '' &&
      isNodeSession(session) &&
      'trouble' in outcome &&
      DISAGREEMENTS[outcome.trouble] !== undefined
        ? [{ session, node: live.node.name, trouble: outcome.trouble }]
        : [],
    );
    const groups = groupBy(failing, ({ session, trouble }) => `${session.bgpPeer} ${trouble}`);
    return [...groups.values()].flatMap((group): readonly CheckResult[] => {
      const [first] = group;
      if (first === undefined) return [];
      const { session, trouble } = first;
      const nodes = [...new Set(group.map(({ node }) => node))];
      const peers = [...new Set(group.map((one) => formatAddress(one.session.peer)))];
      const isTtl = trouble === 'ttl-mismatch';
      return [
        {
          severity: 'warning',
          object: peerRef(session.bgpPeer),
          field: isTtl ? 'spec.ttlSecurity' : '',
          problem: `BGPPeer ${session.bgpPeer} gives ${listSome(nodes)} sessions with ${listSome(peers)} that are never established: ${DISAGREEMENTS[trouble]}.`,
          remedy: isTtl
            ? 'Set the same ttlSecurity in the BGPPeers of both nodes, or in none. The mesh has none.'
            : 'Let both nodes have the session alike, by one BGPPeer with a peerSelector.',
          edits: isTtl ? ttlEdits(group) : [],
          concerns: [peerRef(session.bgpPeer)],
        },
      ];
    });
  },
};

/** Removes TTL security from the sessions that have it. */
function ttlEdits(group: readonly FailingSession[]): readonly ObjectEdit[] {
  const names = group.filter(({ session }) => hasTtlSecurity(session)).map(({ session }) => session.bgpPeer);
  return [...new Set(names)].map((name) => patchOf(peerRef(name), { spec: { ttlSecurity: null } }));
}

export const NODE_SESSION_CHECKS: readonly DiagnosticCheck[] = [P52];
