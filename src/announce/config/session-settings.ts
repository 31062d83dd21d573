/** Parameters of a node's session with a peer, from the BGPPeer and the Node. */
import type { Millis } from '../../base/clock.ts';
import type { DynamicAsn } from '../../config/peer.ts';
import type { Address, Family } from '../../net/address.ts';
import type { LocalNode } from '../../objects/node.ts';
import type { Peer } from './peers.ts';
import { routerIdFor } from './router-id.ts';

export type SessionSettings = {
  /** Our AS number on this session: `localASN` where it is set, else `myASN`. */
  readonly asn: number;
  readonly routerId: number;
  /** Neither the BGPPeer nor the Node has one: the local IPv4 address of the session takes its place. */
  readonly isRouterIdProvisional: boolean;
  readonly peerAsn: number | DynamicAsn;
  /** Seconds; 0 disables the hold timer. */
  readonly holdTime: number;
  /** Seconds; null for a third of the negotiated hold time. */
  readonly keepaliveTime: number | null;
  readonly families: readonly Family[];
  readonly gracefulRestart: boolean;
  /** `dial` accepts no connections from the peer. */
  readonly role: 'dial' | 'both';
  /** Time-out of one attempt to connect; null for the default. */
  readonly connectTime: Millis | null;
  readonly remote: { readonly address: Address; readonly port: number };
  /** Null for the address that the kernel chooses. */
  readonly source: Address | null;
  /** TCP MD5 (RFC 2385). */
  readonly password: string | null;
  /** Hops to the peer at most (RFC 5082); null for no TTL security. */
  readonly ttlSecurity: number | null;
};

/** Suggested by RFC 4271 10; MetalLB's default. */
const HOLD_DEFAULT_SECONDS = 90;

export function buildSessionSettings(peer: Peer, node: LocalNode): SessionSettings {
  const { timers, address, ttlSecurity } = peer;
  return {
    asn: peer.localASN ?? peer.myASN,
    routerId: routerIdFor(peer.routerId, node),
    isRouterIdProvisional: peer.routerId === null && node.addresses[4] === null,
    peerAsn: peer.peerASN,
    holdTime: holdTimeSeconds(peer),
    keepaliveTime:
      timers.keepalive === null || timers.keepalive === 0 ? null : wholeSeconds(timers.keepalive),
    families: peer.dualStack ? [4, 6] : [address.family],
    gracefulRestart: peer.gracefulRestart,
    role: peer.passive ? 'both' : 'dial',
    connectTime: timers.connect,
    remote: { address, port: peer.port },
    source: peer.sourceAddress,
    password: peer.sessionPassword,
    ttlSecurity,
  };
}

export const holdTimeSeconds = ({ timers }: Peer): number =>
  timers.hold === null ? HOLD_DEFAULT_SECONDS : wholeSeconds(timers.hold);

/** The protocol has whole seconds. Less than one second becomes one, since 0 would disable the timer. */
const wholeSeconds = (time: Millis): number => (time === 0 ? 0 : Math.max(1, Math.floor(time / 1_000)));
