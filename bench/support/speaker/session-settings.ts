/** The two ends of the sessions that benchmarks drive themselves. */
import { type BgpSessionSettings, CONNECT_TIME } from '../../../src/bgp/session/settings.ts';
import { NODE_AS, ROUTER_AS } from './objects.ts';

const HOLD_SECONDS = 90;

/** Whoever has just been lost is taken again at once: rests are for those who are measured. */
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

/** Takes the session of a node. */
export const routerSettings = (): BgpSessionSettings => ({
  ...common,
  ...{ asn: ROUTER_AS, peerAsn: 'external', routerId: 0xc612_0002, role: 'listen' },
});

/** Dials a router. */
export const nodeSettings = (): BgpSessionSettings => ({
  ...common,
  ...{ asn: NODE_AS, peerAsn: 'external', routerId: 0xc612_0001, role: 'dial' },
});
