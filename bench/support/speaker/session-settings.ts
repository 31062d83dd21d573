/** Settings of the sessions that the benchmarks run themselves. */
import { type BgpSessionSettings, CONNECT_TIME } from '../../../src/bgp/session/settings.ts';
import { NODE_AS, ROUTER_AS } from './objects.ts';

const HOLD_SECONDS = 90;

/** A lost session is accepted again at once, so that only the delay of the speaker counts. */
const NO_IDLE_HOLD = { first: 1, max: 1 };

const common = {
  holdTime: HOLD_SECONDS,
  keepaliveTime: null,
  families: [4, 6],
  extendedNextHop: false,
  gracefulRestart: null,
  connectTime: CONNECT_TIME,
  delayOpen: 0,
  idleHold: NO_IDLE_HOLD,
} as const;

/** A router that accepts the session of a node. */
export const routerSettings = (): BgpSessionSettings => ({
  ...common,
  ...{ asn: ROUTER_AS, peerAsn: 'external', routerId: 0xc612_0002, role: 'listen' },
});

/** A node that connects to a router. */
export const nodeSettings = (): BgpSessionSettings => ({
  ...common,
  ...{ asn: NODE_AS, peerAsn: 'external', routerId: 0xc612_0001, role: 'dial' },
});
