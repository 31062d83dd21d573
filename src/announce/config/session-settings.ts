/** How a node's session with a peer is to be opened: the peer's object and the Node, as numbers of the protocol. */
import type { Millis } from '../../base/clock.ts';
import type { DynamicAsn } from '../../config/peer.ts';
import type { Address, Family } from '../../net/address.ts';
import type { LocalNode } from '../../objects/node.ts';
import type { Peer } from './peers.ts';
import { routerIdFor } from './router-id.ts';

export type SessionSettings = {
  /** Told instead of the node's own where the peer's object says so (`localASN`). */
  readonly asn: number;
  readonly routerId: number;
  readonly peerAsn: number | DynamicAsn;
  /** Seconds; 0 is for ever. */
  readonly holdTime: number;
  /** Seconds; null for a third of the hold time that the two agree on. */
  readonly keepaliveTime: number | null;
  readonly families: readonly Family[];
  readonly gracefulRestart: boolean;
  /** `dial` takes no connections of the peer's. */
  readonly role: 'dial' | 'both';
  /** How long one try to connect may take; null where nobody says. */
  readonly connectTime: Millis | null;
  readonly remote: { readonly address: Address; readonly port: number };
  /** Null for the one that the kernel chooses. */
  readonly source: Address | null;
  /** TCP MD5 (RFC 2385). */
  readonly password: string | null;
  /** How many hops away the peer may be (RFC 5082); null where that is not looked at. */
  readonly ttlSecurity: number | null;
};

/** RFC 4271 10 suggests it, MetalLB takes it. */
const HOLD_DEFAULT_SECONDS = 90;

export function buildSessionSettings(peer: Peer, node: LocalNode): SessionSettings {
  const { timers, address, ttlSecurity } = peer;
  return {
    asn: peer.localASN ?? peer.myASN,
    routerId: routerIdFor(peer.routerId, node),
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

/** The wire knows whole seconds only; what is shorter than one is one, since 0 would mean never. */
const wholeSeconds = (time: Millis): number => (time === 0 ? 0 : Math.max(1, Math.floor(time / 1_000)));
