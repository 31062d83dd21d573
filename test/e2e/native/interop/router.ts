/** What the tests want of a router, whichever daemon it runs. */
import type { Family } from '../../../../src/net/address.ts';
import type { Lane } from './lane.ts';
import type { SeenRoutes } from './seen.ts';

export interface Router {
  /** With these neighbors. */
  start(lanes: readonly Lane[]): void;
  /** The same neighbors, told anew: a password may be another one. */
  tellAnew(lanes: readonly Lane[]): Promise<void>;
  isEstablished(lane: Lane): Promise<boolean>;
  /** What it has of that neighbor. */
  routes(lane: Lane, family: Family): Promise<SeenRoutes>;
  /** Only their prefixes. */
  prefixes(lane: Lane, family: Family): Promise<readonly string[]>;
  /** Prefixes of its whole table, whether or not a session stands. */
  table(family: Family): Promise<readonly string[]>;
  /** Ends the session, and begins it again. */
  reset(lane: Lane): Promise<void>;
  /** Asks the neighbor to tell all its routes again (RFC 2918). */
  askAgain(lane: Lane): Promise<void>;
  /** A number that grows with every route, or UPDATE, that it hears. */
  updatesHeard(lane: Lane): Promise<number>;
  signal(signal: NodeJS.Signals): void;
  /** The last lines of its log. */
  tail(): string;
}
