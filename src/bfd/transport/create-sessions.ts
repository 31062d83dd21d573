import type { Clock } from '../../base/clock.ts';
import type { BfdSessions } from '../sessions.ts';
import { BfdThread } from './bfd-thread.ts';
import { InProcessBfdSessions } from './in-process-sessions.ts';
import { UdpSockets } from './udp-sockets.ts';

export type BfdProcess = {
  /** Path of this program, built; null: there is none, and sessions run in the calling thread. */
  readonly script: string | null;
  readonly clock: Clock;
  /** The thread ended by itself, and starts again. `message` is a sentence. */
  readonly failed: (message: string) => void;
};

/** BFD sessions for a process; nothing runs before the first session. */
export const createBfdSessions = ({ script, clock, failed }: BfdProcess): BfdSessions =>
  script === null
    ? new InProcessBfdSessions(clock, Math.random, new UdpSockets(Math.random))
    : new BfdThread({ script, clock, failed });
