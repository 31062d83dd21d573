/** Remarks on speakers and sessions: what works and could work better. */
import type { Millis } from '../../../base/clock.ts';
import { plural } from '../../../base/text.ts';
import { formatElapsed } from '../../framework/elapsed.ts';
import { groupBy, listNames } from '../speakers/text.ts';
import { isEstablished, type NodeSessions, type PeerSessionReport } from './peer-session-report.ts';

/** A session that is up for less and was lost before is remarked on. */
const STABLE_AFTER: Millis = 3_600_000;

/** A sentence each, with the nodes for which it is true. */
export function peerRemarks(nodes: readonly NodeSessions[]): readonly string[] {
  const remarks = nodes.flatMap((one) => nodeRemarks(one).map((text) => ({ node: one.node, text })));
  return groupBy(remarks, ({ text }) => text).map(
    (group) => `${listNames([...new Set(group.map(({ node }) => node))])}: ${group[0]?.text ?? ''}`,
  );
}

const nodeRemarks = ({ phase, notReady, sessions, remarks }: NodeSessions): readonly string[] => [
  ...(notReady === null ? [] : [`not ready: ${notReady}`]),
  ...(phase === 'draining' ? ['draining: its routers are asked to prefer other nodes'] : []),
  ...(phase === 'left' ? ['drained: it has no sessions'] : []),
  ...(sessions.length === 0 && notReady === null && phase === 'speaking'
    ? ['no session: no valid BGPPeer selects this node']
    : []),
  ...sessions.flatMap(sessionRemarks),
  ...remarks,
];

function sessionRemarks(session: PeerSessionReport): readonly string[] {
  const { peer, warnings, missingFamilies, withheld, drops, since, at, error, bfd } = session;
  const isRecent = since !== null && Date.parse(at) - Date.parse(since) < STABLE_AFTER;
  return [
    ...warnings,
    ...missingFamilies.map((text) => `${peer}: ${text}`),
    ...(bfd === null || bfd.problem === null || !isEstablished(session)
      ? []
      : [`the session with ${peer} runs without BFD: ${bfd.problem}`]),
    ...(withheld > 0
      ? [`${plural(withheld, 'prefix', 'prefixes')} not advertised to ${peer}: berth bgp routes shows why`]
      : []),
    ...(isRecent && drops > 0 && error !== null
      ? [
          `the session with ${peer} was lost ${plural(drops, 'time')}, last ${formatElapsed(error.at, at)} ago: ${error.message}`,
        ]
      : []),
  ];
}
