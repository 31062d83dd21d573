/** The BFD session of a peer, as its status document shows it. */
import type { BfdDiagnostic, BfdSessionState } from '../../bfd/status.ts';
import type { PeerBfd } from '../bfd/bfd-peers.ts';
import { bfdNotUpReason } from '../bfd/bfd-text.ts';
import { formatWallTime } from './wall-time.ts';

/** Times in milliseconds, except `since`, which is ISO 8601 in UTC. */
export type BfdDocument = {
  /** Name of the BFDProfile. */
  readonly profile: string;
  /** Over UDP port 4784 instead of 3784. */
  readonly multihop: boolean;
  readonly state: BfdSessionState;
  readonly since: string;
  /** Why it is not up; null if it is. */
  readonly says: string | null;
  readonly remoteState: BfdSessionState;
  /** Why it last went down, as this node and as the router saw it. */
  readonly diagnostic: BfdDiagnostic;
  readonly remoteDiagnostic: BfdDiagnostic;
  readonly transmitInterval: number;
  readonly detectionTime: number;
  readonly counters: {
    readonly packetsSent: number;
    readonly packetsReceived: number;
    readonly packetsDiscarded: number;
    readonly upEvents: number;
    readonly downEvents: number;
  };
};

/** Null for a peer without a BFD session. */
export function describeBfd(bfd: PeerBfd | null): BfdDocument | null {
  if (bfd === null || bfd.status === null) return null;
  const { status, profile, multihop } = bfd;
  const { state, since, remoteState, diagnostic, remoteDiagnostic, transmitInterval, detectionTime } = status;
  const { packetsSent, packetsReceived, packetsDiscarded, upEvents, downEvents } = status.counters;
  return {
    ...{ profile, multihop, state, since: formatWallTime(since), says: bfdNotUpReason(status, bfd) },
    ...{ remoteState, diagnostic, remoteDiagnostic, transmitInterval, detectionTime },
    counters: { packetsSent, packetsReceived, packetsDiscarded, upEvents, downEvents },
  };
}
