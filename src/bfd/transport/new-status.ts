import type { Millis } from '../../base/clock.ts';
import type { BfdCounters, BfdStatus } from '../status.ts';

export const NO_COUNTERS: BfdCounters = {
  ...{ packetsSent: 0, packetsReceived: 0, packetsDiscarded: 0, authenticationFailures: 0 },
  ...{ sendErrors: 0, upEvents: 0, downEvents: 0 },
};

/** Of a session whose sockets are not open yet; `since` is by the wall clock. */
export const newStatus = (key: string, since: Millis): BfdStatus => ({
  key,
  ...({ state: 'Down', remoteState: 'Down', diagnostic: 'none', remoteDiagnostic: 'none', since } as const),
  ...{ localDiscriminator: 0, remoteDiscriminator: 0 },
  ...{ transmitInterval: 0, detectionTime: 0, remoteMultiplier: 0, problem: null, counters: NO_COUNTERS },
});
