/** The two ends of the sessions that benchmarks drive themselves. */
import { CONNECT_TIME, type Settings } from '../../src/bgp/session/settings.ts';
import { NODE_AS, ROUTER_AS } from './speakerobjects.ts';

const HOLD_SECONDS = 90;

/** Whoever has just been lost is taken again at once: rests are for those who are measured. */
const NO_REST = { first: 1, max: 1 };

const common = {
  holdTime: HOLD_SECONDS,
  keepaliveTime: null,
  families: [4, 6],
  extendedNextHop: false,
  gracefulRestart: null,
  connectTime: CONNECT_TIME,
  delayOpen: 0,
  idleHold: NO_REST,
} as const;

/** Takes the session of a node. */
export const routerSettings = (): Settings => ({
  ...common,
  ...{ asn: ROUTER_AS, peerAsn: 'external', routerId: 0xc612_0002, role: 'listen' },
});

/** Dials a router. */
export const nodeSettings = (): Settings => ({
  ...common,
  ...{ asn: NODE_AS, peerAsn: 'external', routerId: 0xc612_0001, role: 'dial' },
});
