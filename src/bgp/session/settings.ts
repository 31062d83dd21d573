/** Settings of the local side of a session, and the OPEN built from them. */
import type { Millis } from '../../base/clock.ts';
import type { Family } from '../../net/address.ts';
import type { Backoff } from '../../workqueue/backoff.ts';
import { type Capability, type GracefulRestart, IPV4_OVER_IPV6, unicast } from '../wire/capability.ts';
import type { Open } from '../wire/message.ts';

export type BgpSessionSettings = {
  readonly asn: number;
  /** BGP Identifier, 32 bits, not 0. */
  readonly routerId: number;
  /** The local IPv4 address of the first connection, if it has one, replaces `routerId`, as in MetalLB. */
  readonly isRouterIdProvisional?: boolean;
  /** The peer's AS number; or `internal`: equal to ours, `external`: different from ours. */
  readonly peerAsn: number | 'internal' | 'external';
  /** Hold time that we offer, in seconds: 0 or at least 3. */
  readonly holdTime: number;
  /** Maximum seconds between two KEEPALIVEs; null for a third of the hold time. */
  readonly keepaliveTime: number | null;
  readonly families: readonly Family[];
  /** Offers IPv4 prefixes with IPv6 next hops (RFC 8950), for sessions over IPv6. */
  readonly extendedNextHop: boolean;
  /** Null to not offer it (RFC 4724). `restarting`: a previous process may have had the session. */
  readonly gracefulRestart: GracefulRestart | null;
  /** Which side opens the connection. `dial` refuses inbound connections. */
  readonly role: 'dial' | 'listen' | 'both';
  /** ConnectRetryTime: timeout of one connection attempt (RFC 4271 8). */
  readonly connectTime: Millis;
  /** DelayOpenTime: how long our OPEN is delayed; 0 for no delay (RFC 4271 8.1.1). */
  readonly delayOpen: Millis;
  /** IdleHoldTime: back-off after a failure (RFC 4271 8.1.1). */
  readonly idleHold: Backoff;
};

/** Back-off between 1 s and 60 s: short enough that a router that restarts does not wait for us. */
export const IDLE_HOLD: Backoff = { first: 1000, max: 60_000 };

/** Suggested by RFC 4271 10. */
export const CONNECT_TIME: Millis = 120_000;

export function buildOpen(settings: BgpSessionSettings): Open {
  const { asn, routerId, holdTime, families, extendedNextHop, gracefulRestart } = settings;
  const capabilities: Capability[] = [
    ...families.map(unicast),
    ...(extendedNextHop && families.includes(4) ? [IPV4_OVER_IPV6] : []),
    { kind: 'route-refresh' },
    { kind: 'enhanced-route-refresh' },
    { kind: 'extended-message' },
    { kind: 'four-octet-as', asn },
    ...(gracefulRestart === null ? [] : [gracefulRestart]),
  ];
  return { kind: 'open', asn, holdTime, routerId, capabilities };
}
