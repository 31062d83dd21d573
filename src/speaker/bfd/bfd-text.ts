/** BFD sessions in sentences: why one went down, and why one is not up. */
import type { BfdSessionSpec, BfdSettings } from '../../bfd/settings.ts';
import type { BfdDiagnostic, BfdStatus } from '../../bfd/status.ts';

/** Why a session left Up, as a sentence without a full stop. */
export function bfdDownReason({ diagnostic }: Pick<BfdStatus, 'diagnostic'>): string {
  switch (diagnostic) {
    case 'detection-time-expired':
      return 'BFD received no packet of the peer within the detection time: the peer or the path from it failed';
    case 'neighbor-signaled-down':
      return 'the BFD session of the peer with us went down, so the path from us to the peer failed';
    default:
      return `the BFD session went down: ${DIAGNOSTIC_TEXT[diagnostic]}`;
  }
}

/** RFC 5880 4.1. */
const DIAGNOSTIC_TEXT: Readonly<Record<BfdDiagnostic, string>> = {
  none: 'no diagnostic',
  'detection-time-expired': 'the detection time expired',
  'echo-failed': 'the echo function failed',
  'neighbor-signaled-down': 'the peer signaled that its session is down',
  'forwarding-plane-reset': 'the forwarding plane was reset',
  'path-down': 'the path is down',
  'concatenated-path-down': 'a concatenated path is down',
  'administratively-down': 'it was taken down by an administrator',
  'reverse-concatenated-path-down': 'a reverse concatenated path is down',
  reserved: 'an unknown diagnostic',
};

/** The part of a session that its packets have to fit. */
export type BfdPath = Pick<BfdSessionSpec, 'multihop'> & Pick<BfdSettings, 'minimumTtl'>;

/** Why a session is not up, with the fix; null for one that is up. */
export function bfdNotUpReason(status: BfdStatus, path: BfdPath): string | null {
  const { state, remoteState, problem, counters } = status;
  if (state === 'Up') return null;
  if (problem !== null) return problem;
  if (remoteState === 'AdminDown')
    return 'the peer took its BFD session down on purpose (AdminDown): enable BFD for this node on the router';
  if (counters.packetsReceived > 0 && state === 'Init')
    return 'the peer sends BFD packets and receives none of ours: let UDP from this node through to the router';
  if (counters.packetsReceived > 0) return 'the peer sends BFD packets, and the session is not up yet';
  if (counters.packetsDiscarded > 0)
    return 'every BFD packet of the peer was discarded as malformed, not authentic or replayed: compare the settings of both sides';
  return path.multihop
    ? `no BFD packet of the peer arrived with TTL ${path.minimumTtl} or more: configure multihop BFD on the router, let UDP port 4784 through, or lower minimumTtl`
    : 'no BFD packet of the peer arrived: configure BFD for this node on the router, and let UDP port 3784 through';
}
