/** What the collector is told and what it tells, as JSON between two processes. */

export type RouterOptions = {
  readonly name: string;
  readonly as: number;
  readonly address: string;
  readonly port: number;
  /** Dotted, the BGP Identifier. */
  readonly routerId: string;
  /** Offered, in seconds. */
  readonly holdTime: number;
  /** Offers four-octet AS numbers (RFC 6793). */
  readonly fourOctetAs: boolean;
  /** TCP MD5 (RFC 2385) with every neighbor; '' for none. */
  readonly password: string;
  /** Addresses of all neighbors, which the kernel needs for the password. */
  readonly neighbors: readonly string[];
};

export type CollectorCommand =
  /** Answered once the router listens. */
  | { readonly kind: 'listen'; readonly router: RouterOptions }
  /** Closes the router's port and resets its connections. */
  | { readonly kind: 'close'; readonly name: string }
  /** Ends the router's sessions: with a Cease, or by a TCP reset if `abrupt`. */
  | { readonly kind: 'reset'; readonly name: string; readonly abrupt: boolean }
  /** Answered with the established sessions. */
  | { readonly kind: 'sessions' };

export type RouteView = {
  readonly nextHop: string;
  readonly localPref: number | null;
  readonly med: number | null;
  readonly communities: readonly string[];
  readonly large: readonly string[];
  readonly extended: readonly string[];
};

/** An established session, as JSON. */
export type SessionView = {
  readonly router: string;
  /** The neighbor's address. */
  readonly neighbor: string;
  readonly isInternal: boolean;
  /** Of the neighbor's OPEN. */
  readonly open: { readonly as: number; readonly holdTime: number; readonly routerId: string };
  readonly routes: Readonly<Record<string, RouteView>>;
};
