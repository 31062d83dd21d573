/** What one side of a session is told to be, and the OPEN that it says so with. */
import type { Millis } from '../../base/clock.ts';
import type { Family } from '../../net/address.ts';
import type { Backoff } from '../../workqueue/backoff.ts';
import {
  type Capability,
  type GracefulRestart,
  IPV4_OVER_IPV6,
  unicast,
} from '../wire/capability/capability.ts';
import type { Open } from '../wire/message.ts';

export type BgpSessionSettings = {
  readonly asn: number;
  /** BGP Identifier, 32 bits, not 0. */
  readonly routerId: number;
  /** One number, or any that is ours, or any that is not. */
  readonly peerAsn: number | 'internal' | 'external';
  /** Seconds that we offer; 0, or 3 and more. */
  readonly holdTime: number;
  /** Seconds between two KEEPALIVEs at most; null for a third of the hold time. */
  readonly keepaliveTime: number | null;
  readonly families: readonly Family[];
  /** Offers IPv4 prefixes with IPv6 next hops (RFC 8950), as sessions without IPv4 addresses need them. */
  readonly extendedNextHop: boolean;
  /** Null where it is not offered (RFC 4724). `restarting`: this process follows one that had the session. */
  readonly gracefulRestart: GracefulRestart | null;
  /** Who opens the connection. `dial` takes none of the peer's. */
  readonly role: 'dial' | 'listen' | 'both';
  /** ConnectRetryTime: how long one try may take (RFC 4271 8). */
  readonly connectTime: Millis;
  /** DelayOpenTime: how long the peer may speak first; 0 for not at all (RFC 4271 8.1.1). */
  readonly delayOpen: Millis;
  /** How long a session that failed rests (IdleHoldTime, RFC 4271 8.1.1). */
  readonly idleHold: Backoff;
};

/** Longer than a router takes to come back, and not so long that anybody waits for us. */
export const IDLE_HOLD: Backoff = { first: 1000, max: 60_000 };

/** RFC 4271 10 proposes it. */
export const CONNECT_TIME: Millis = 120_000;

export function buildOpen(settings: BgpSessionSettings): Open {
  const { asn, routerId, holdTime, families, extendedNextHop, gracefulRestart } = settings;
  const capabilities: Capability[] = [
    ...families.map(unicast),
    ...(extendedNextHop && families.includes(4) ? [IPV4_OVER_IPV6] : []),
    { kind: 'route-refresh' },
    { kind: 'extended-message' },
    { kind: 'four-octet-as', asn },
    ...(gracefulRestart === null ? [] : [gracefulRestart]),
  ];
  return { kind: 'open', asn, holdTime, routerId, capabilities };
}
