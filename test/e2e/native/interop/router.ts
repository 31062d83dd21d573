/** What the tests want of a router, whichever daemon it runs. */
import type { Family } from '../../../../src/net/address.ts';
import type { ReceivedRoutes } from './received-routes.ts';
import type { SessionSpec } from './session-spec.ts';

export interface InteropRouter {
  /** With these neighbors. */
  start(lanes: readonly SessionSpec[]): void;
  /** The same neighbors, told anew: a password may be another one. */
  reconfigure(lanes: readonly SessionSpec[]): Promise<void>;
  isEstablished(lane: SessionSpec): Promise<boolean>;
  /** What it has of that neighbor. */
  routes(lane: SessionSpec, family: Family): Promise<ReceivedRoutes>;
  /** Only their prefixes. */
  prefixes(lane: SessionSpec, family: Family): Promise<readonly string[]>;
  /** Prefixes of its whole table, whether or not a session stands. */
  table(family: Family): Promise<readonly string[]>;
  /** Ends the session, and begins it again. */
  reset(lane: SessionSpec): Promise<void>;
  /** Asks the neighbor to tell all its routes again (RFC 2918). */
  requestRouteRefresh(lane: SessionSpec): Promise<void>;
  /** A number that grows with every route, or UPDATE, that it hears. */
  updatesReceived(lane: SessionSpec): Promise<number>;
  signal(signal: NodeJS.Signals): void;
  /** The last lines of its log. */
  tail(): string;
}
