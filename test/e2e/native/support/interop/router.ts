/** What the tests need of a router, whichever daemon it runs. */
import type { Family } from '../../../../../src/net/address.ts';
import type { ReceivedRoutes } from './received-routes.ts';
import type { SessionSpec } from './session-spec.ts';

export interface InteropRouter {
  /** Starts the daemon with these neighbors. */
  start(sessions: readonly SessionSpec[]): void;
  /** Configures the same neighbors again: a password may have changed. */
  reconfigure(sessions: readonly SessionSpec[]): Promise<void>;
  isEstablished(session: SessionSpec): Promise<boolean>;
  /** Routes that it received from that neighbor. */
  routes(session: SessionSpec, family: Family): Promise<ReceivedRoutes>;
  /** Only their prefixes. */
  prefixes(session: SessionSpec, family: Family): Promise<readonly string[]>;
  /** Prefixes of its whole table, with or without a session. */
  table(family: Family): Promise<readonly string[]>;
  /** Ends the session, and opens it again. */
  reset(session: SessionSpec): Promise<void>;
  /** Sends ROUTE-REFRESH: the neighbor advertises all its routes again (RFC 2918). */
  requestRouteRefresh(session: SessionSpec): Promise<void>;
  /** A number that grows with every route, or UPDATE, that it receives. */
  updatesReceived(session: SessionSpec): Promise<number>;
  signal(signal: NodeJS.Signals): void;
  /** The last lines of its log. */
  tail(): string;
}
