/** The state of a BFD session as its owner reads it. */
import type { Millis } from '../base/clock.ts';

/** bfd.SessionState (RFC 5880 6.8.1). */
export type BfdSessionState = 'AdminDown' | 'Down' | 'Init' | 'Up';

/** Why the session last left Up (RFC 5880 4.1); `reserved` stands for the codes 9 to 31. */
export type BfdDiagnostic =
  | 'none'
  | 'detection-time-expired'
  | 'echo-failed'
  | 'neighbor-signaled-down'
  | 'forwarding-plane-reset'
  | 'path-down'
  | 'concatenated-path-down'
  | 'administratively-down'
  | 'reverse-concatenated-path-down'
  | 'reserved';

/** Since the session was created. */
export type BfdCounters = {
  readonly packetsSent: number;
  /** Packets of this session that were accepted. */
  readonly packetsReceived: number;
  /** Packets of this session that were discarded: malformed, not authentic, or replayed (RFC 5880 6.8.6). */
  readonly packetsDiscarded: number;
  /** Of `packetsDiscarded`: wrong or missing authentication. */
  readonly authenticationFailures: number;
  /** Packets that the kernel did not take. */
  readonly sendErrors: number;
  readonly upEvents: number;
  /** Times that the session left Up. */
  readonly downEvents: number;
};

export type BfdStatus = {
  /** Of the spec. */
  readonly key: string;
  readonly state: BfdSessionState;
  /** What the remote last said of itself: Down before its first packet, and again after it was silent. */
  readonly remoteState: BfdSessionState;
  /** Ours: why the session last went down. */
  readonly diagnostic: BfdDiagnostic;
  readonly remoteDiagnostic: BfdDiagnostic;
  /** When the state last changed, by the wall clock. */
  readonly since: Millis;
  readonly localDiscriminator: number;
  /** 0 where the remote is not known. */
  readonly remoteDiscriminator: number;
  /** Between two of our packets, before jitter: what both sides agreed on. */
  readonly transmitInterval: Millis;
  /** Silence of the remote for this long takes the session down (RFC 5880 6.8.4); 0 before its first packet. */
  readonly detectionTime: Millis;
  /** DetectMult of the remote; 0 before its first packet. */
  readonly remoteMultiplier: number;
  /** Why the session cannot work, as a sentence: for example a port that another program has. Null otherwise. */
  readonly problem: string | null;
  readonly counters: BfdCounters;
};
