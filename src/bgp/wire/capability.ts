/** Capabilities of an OPEN (RFC 5492) as values, and their code points. */
import type { Family } from '../../net/address.ts';
import { AFI, SAFI_UNICAST } from './codes.ts';

export const CAPABILITY = {
  multiprotocol: 1,
  routeRefresh: 2,
  extendedNextHop: 5,
  extendedMessage: 6,
  gracefulRestart: 64,
  fourOctetAs: 65,
  enhancedRouteRefresh: 70,
} as const;

export type Capability =
  /** RFC 4760 8. */
  | { readonly kind: 'multiprotocol'; readonly afi: number; readonly safi: number }
  /** RFC 2918. */
  | { readonly kind: 'route-refresh' }
  /** RFC 7313. */
  | { readonly kind: 'enhanced-route-refresh' }
  /** RFC 8950 4: prefixes of a family may have next hops of another family. */
  | { readonly kind: 'extended-next-hop'; readonly entries: readonly NextHopEncoding[] }
  /** RFC 8654: accepts messages of up to 65,535 octets. */
  | { readonly kind: 'extended-message' }
  | GracefulRestart
  /** RFC 6793. */
  | { readonly kind: 'four-octet-as'; readonly asn: number }
  /** Unknown, kept as received. */
  | { readonly kind: 'unknown'; readonly code: number; readonly value: Uint8Array };

export type NextHopEncoding = { readonly afi: number; readonly safi: number; readonly nextHopAfi: number };

/** RFC 4724 3. */
export type GracefulRestart = {
  readonly kind: 'graceful-restart';
  /** R bit: has just restarted; the peer does not wait for its End-of-RIB before sending its own. */
  readonly restarting: boolean;
  /** N bit (RFC 8538 2): routes are retained after a NOTIFICATION too, except a hard reset. */
  readonly notification: boolean;
  /** Seconds within which the session must be re-established, at most 4095. */
  readonly restartTime: number;
  readonly families: readonly RestartFamily[];
};

export type RestartFamily = {
  readonly afi: number;
  readonly safi: number;
  /** F bit: forwarding state was preserved during the restart. */
  readonly forwarding: boolean;
};

export const RESTART_TIME_MAX = 0x0fff;

/** The last capability of that kind, which is the one that counts (RFC 4724 3), or null. */
export function findCapability<K extends Capability['kind']>(
  capabilities: readonly Capability[],
  kind: K,
): Extract<Capability, { kind: K }> | null {
  return capabilities.findLast((one) => isKind(one, kind)) ?? null;
}

const isKind = <K extends Capability['kind']>(
  one: Capability,
  kind: K,
): one is Extract<Capability, { kind: K }> => one.kind === kind;

export const unicast = (family: Family): Capability => ({
  kind: 'multiprotocol',
  afi: AFI[family],
  safi: SAFI_UNICAST,
});

/** IPv4 prefixes with IPv6 next hops (RFC 8950 4). */
export const IPV4_OVER_IPV6: Capability = {
  kind: 'extended-next-hop',
  entries: [{ afi: AFI[4], safi: SAFI_UNICAST, nextHopAfi: AFI[6] }],
};
