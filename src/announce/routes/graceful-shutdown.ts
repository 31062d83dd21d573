/**
 * A way that goes away soon is still there, and is told as the worst: whoever has another one takes that, and nothing is
 * lost when this one goes (RFC 8326). The community speaks to routers of other ASes, LOCAL_PREF to those of our own.
 */
import { WELL_KNOWN_COMMUNITIES } from '../../bgp/attributes/community.ts';
import type { BgpPath } from '../../bgp/attributes/path.ts';
import { mergeStandardCommunities } from '../config/advertisement.ts';

const GRACEFUL_SHUTDOWN_LOCAL_PREF = 0;

/** A path that carries LOCAL_PREF is told inside of the AS. */
export function withGracefulShutdown({ nextHop, attributes }: BgpPath): BgpPath {
  const { communities, localPref } = attributes;
  return {
    nextHop,
    attributes: {
      ...attributes,
      communities: mergeStandardCommunities([...communities, WELL_KNOWN_COMMUNITIES['graceful-shutdown']]),
      localPref: localPref === null ? null : GRACEFUL_SHUTDOWN_LOCAL_PREF,
    },
  };
}
