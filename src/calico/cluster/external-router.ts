/** The routers that nodes peer with, as far as they are known: what they demand of a session and what they do with routes. */
import type { Address, Family } from '../../net/address.ts';
import { BGP_PORT } from '../../net/bgp-port.ts';

export type ExternalRouter = {
  /** How it is called in results: its IPv4 address. */
  readonly name: string;
  readonly addresses: { readonly [F in Family]: Address | null };
  readonly as: number;
  /** For TCP MD5; null for none. */
  readonly password: string | null;
  /** Takes several paths from one neighbour. */
  readonly addPaths: boolean;
  /** The only AS it talks to; null for any but its own. */
  readonly nodeAS: number | null;
  /** Demands TTL 255. */
  readonly ttlSecurity: boolean;
  readonly listenPort: number;
  /** Never dials. */
  readonly passive: boolean;
  /** Sends what it learned on to its other neighbours. */
  readonly readvertises: boolean;
  readonly isDown: boolean;
  /** All that is known of it is what the nodes are told: it is taken to agree, as far as one router can. */
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
  isInferred: false,
} as const;
