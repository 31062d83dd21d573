/** Session setup: session settings and remote end from a BGPPeer and the node. */

import type { Peer } from '../announce/config/peers.ts';
import { buildSessionSettings } from '../announce/config/session-settings.ts';
import type { Remote } from '../bgp/session/remote.ts';
import { type BgpSessionSettings, CONNECT_TIME, IDLE_HOLD } from '../bgp/session/settings.ts';
import type { GracefulRestart } from '../bgp/wire/capability.ts';
import { AFI, SAFI_UNICAST } from '../bgp/wire/codes.ts';
import type { Family } from '../net/address.ts';
import type { LocalNode } from '../objects/node.ts';

/** Restart time offered (RFC 4724 3), in seconds: long enough to pull an image. */
export const RESTART_TIME_SECONDS = 120;

/** `isRestarting`: the process has just started, and a previous one may have had the session. */
export function sessionSetup(
  peer: Peer,
  node: LocalNode,
  { isRestarting }: { readonly isRestarting: boolean },
): { readonly settings: BgpSessionSettings; readonly remote: Remote } {
  const peerSettings = buildSessionSettings(peer, node);
  const { asn, routerId, isRouterIdProvisional, peerAsn, holdTime, keepaliveTime, families, role } =
    peerSettings;
  return {
    settings: {
      asn,
      routerId,
      isRouterIdProvisional,
      peerAsn,
      holdTime,
      keepaliveTime,
      families,
      role,
      extendedNextHop: peer.dualStack && peer.address.family === 6,
      gracefulRestart: peerSettings.gracefulRestart ? gracefulRestart(families, isRestarting) : null,
      connectTime: peerSettings.connectTime ?? CONNECT_TIME,
      delayOpen: 0,
      idleHold: IDLE_HOLD,
    },
    remote: {
      ...peerSettings.remote,
      source: peerSettings.source,
      password: peerSettings.password,
      ttlSecurity: peerSettings.ttlSecurity,
    },
  };
}

/** Sets the F bit, since the kernel keeps forwarding without a speaker (RFC 4724 3). */
const gracefulRestart = (families: readonly Family[], restarting: boolean): GracefulRestart => ({
  kind: 'graceful-restart',
  restarting,
  notification: true,
  restartTime: RESTART_TIME_SECONDS,
  families: families.map((family) => ({ afi: AFI[family], safi: SAFI_UNICAST, forwarding: true })),
});
