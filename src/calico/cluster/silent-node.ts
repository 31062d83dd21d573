/**
 * Nodes that say nothing any more, and how long their peers keep their routes: a node without power until the hold time is over,
 * a BIRD that was killed and does not come back for its restart time (graceful restart, RFC 4724).
 */
import type { LoadedConfig } from '../bird/bird-process.ts';
import type { SessionConfig } from '../confd/session-config.ts';

/** The hold time that BIRD offers, in seconds; a session has the smaller one of both sides. */
export const HOLD_SECONDS = 240;
/** The restart time that BIRD announces where no object sets one, in seconds. */
const RESTART_SECONDS = 120;

export type Silence = {
  readonly kind: 'powered-off' | 'killed';
  /** Time since then, at least. */
  readonly seconds: number;
};

/** The BIRD of one family that was killed, and the configuration with which it ran. */
export type KilledBird = { readonly loaded: LoadedConfig; readonly seconds: number };

/** What the peer of the silent node has: its hold time, and whether it keeps routes while a neighbour restarts. */
export type Listener = { readonly holdSeconds: number; readonly keepsStaleRoutes: boolean };

/** Every node keeps routes while a neighbour restarts. */
export const LISTENING_NODE: Listener = { holdSeconds: HOLD_SECONDS, keepsStaleRoutes: true };

/** Whether the peer still has the routes. `session` is that of the silent node. */
export function areRoutesKept(
  silence: Silence | null,
  { restartSeconds }: Pick<SessionConfig, 'restartSeconds'>,
  { holdSeconds, keepsStaleRoutes }: Listener,
): boolean {
  if (silence === null) return true;
  return silence.kind === 'powered-off'
    ? silence.seconds < Math.min(HOLD_SECONDS, holdSeconds)
    : keepsStaleRoutes && silence.seconds < (restartSeconds ?? RESTART_SECONDS);
}
