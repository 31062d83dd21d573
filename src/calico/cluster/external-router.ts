/** Routers outside of the cluster that nodes peer with: what they require of a session, and what they do with routes. */
import type { Address, Family } from '../../net/address.ts';
import { BGP_PORT } from '../../net/bgp-port.ts';
import { HOLD_SECONDS } from './silent-node.ts';

export type ExternalRouter = {
  /** Its address, IPv4 if it has one: how results name it. */
  readonly name: string;
  readonly addresses: { readonly [F in Family]: Address | null };
  readonly as: number;
  /** TCP MD5 password (RFC 2385); null for none. */
  readonly password: string | null;
  /** Accepts several paths to one prefix from a neighbour (RFC 7911). */
  readonly addPaths: boolean;
  /** The only AS that it accepts as a neighbour's; null for any but its own. */
  readonly nodeAS: number | null;
  /** Accepts packets with TTL 255 only (GTSM, RFC 5082). */
  readonly ttlSecurity: boolean;
  readonly listenPort: number;
  /** Never opens the connection itself. */
  readonly passive: boolean;
  /** Re-advertises learned routes to its other neighbours. */
  readonly readvertises: boolean;
  readonly isDown: boolean;
  /** The hold time that it offers, in seconds. */
  readonly holdSeconds: number;
  /** Keeps the routes of a neighbour that restarts (helper of graceful restart, RFC 4724). */
  readonly keepsStaleRoutes: boolean;
  /** Known from BGPPeers alone: it is taken to agree with the nodes as far as one router can. */
  readonly isInferred: boolean;
};

export const EXTERNAL_ROUTER_DEFAULTS = {
  password: null,
  addPaths: false,
  nodeAS: null,
  ttlSecurity: false,
  listenPort: BGP_PORT,
  passive: false,
  readvertises: true,
  isDown: false,
  holdSeconds: HOLD_SECONDS,
  keepsStaleRoutes: true,
  isInferred: false,
} as const;
