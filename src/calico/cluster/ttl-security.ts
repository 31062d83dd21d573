/** TTL security of sessions (GTSM, RFC 5082), as BIRD does it: which of two ends accepts the other's packets. */
import type { SessionConfig } from '../confd/session-config.ts';
import type { ExternalRouter } from './external-router.ts';

/** The TTL of a sender with TTL security, and what a receiver demands where no hop is between. */
const SECURE_TTL = 255;
/** The TTL of a session that Calico configures without it: BIRD's `multihop` without a number. */
const MULTIHOP_TTL = 64;
/** The TTL of a router without it, with a neighbour that it knows as directly connected. */
const DIRECT_TTL = 1;

type TtlSettings = Pick<SessionConfig, 'ttlSecurity'>;

/** Calico takes 0 hops for none. */
export const hasTtlSecurity = ({ ttlSecurity }: TtlSettings): boolean => (ttlSecurity ?? 0) > 0;

const sentTtl = (session: TtlSettings): number => (hasTtlSecurity(session) ? SECURE_TTL : MULTIHOP_TTL);

/** The smallest TTL that it accepts: each hop that it allows lowers it by one. */
const smallestTtl = ({ ttlSecurity }: TtlSettings): number =>
  (ttlSecurity ?? 0) > 0 ? SECURE_TTL + 1 - (ttlSecurity ?? 0) : 0;

/** Between nodes, which are taken to be on one subnet. */
export const acceptEachOther = (a: TtlSettings, b: TtlSettings): boolean =>
  sentTtl(a) >= smallestTtl(b) && sentTtl(b) >= smallestTtl(a);

/** With a router on the node's subnet. */
export const acceptsRouter = (session: TtlSettings, router: Pick<ExternalRouter, 'ttlSecurity'>): boolean =>
  router.ttlSecurity ? hasTtlSecurity(session) : smallestTtl(session) <= DIRECT_TTL;
