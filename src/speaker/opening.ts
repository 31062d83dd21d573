/** A peer's object and the node as what a session and its sockets are opened with. */
import type { Peer } from '../announce/peers.ts';
import { sessionSettings } from '../announce/sessionsettings.ts';
import { CONNECT_TIME, IDLE_HOLD, type Settings } from '../bgp/session/settings.ts';
import type { GracefulRestart } from '../bgp/wire/capability.ts';
import { AFI, SAFI_UNICAST } from '../bgp/wire/codes.ts';
import type { Address, Family } from '../net/address.ts';
import type { Far } from './ports.ts';

/** Seconds in which a speaker must be back: an image may have to be pulled. */
export const RESTART_TIME = 120;

export type Home = {
  readonly name: string;
  readonly addresses: Readonly<Record<Family, Address | null>>;
};

/** `restarting`: this process has just started, and may follow one that had the session. */
export function openingOf(
  peer: Peer,
  node: Home,
  { restarting }: { readonly restarting: boolean },
): { readonly settings: Settings; readonly far: Far } {
  const told = sessionSettings(peer, node);
  const { asn, routerId, peerAsn, holdTime, keepaliveTime, families, role } = told;
  return {
    settings: {
      asn,
      routerId,
      peerAsn,
      holdTime,
      keepaliveTime,
      families,
      role,
      extendedNextHop: peer.dualStack && peer.address.family === 6,
      gracefulRestart: told.gracefulRestart ? gracefulRestart(families, restarting) : null,
      connectTime: told.connectTime ?? CONNECT_TIME,
      delayOpen: 0,
      idleHold: IDLE_HOLD,
    },
    far: {
      ...told.remote,
      source: told.source,
      password: told.password,
      ttlSecurity: told.ttlSecurity,
    },
  };
}

/** The kernel forwards on while nobody speaks for it: that is what the F bit says (RFC 4724 3). */
const gracefulRestart = (families: readonly Family[], restarting: boolean): GracefulRestart => ({
  kind: 'graceful-restart',
  restarting,
  notification: true,
  restartTime: RESTART_TIME,
  families: families.map((family) => ({ afi: AFI[family], safi: SAFI_UNICAST, forwarding: true })),
});
