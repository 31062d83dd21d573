/**
 * Graceful shutdown (RFC 8326): re-advertises a path with GRACEFUL_SHUTDOWN and LOCAL_PREF 0 before it is withdrawn, so
 * that routers switch to another path first. The community is for routers of other ASes, LOCAL_PREF for those of our own.
 */
import { WELL_KNOWN_COMMUNITIES } from '../../bgp/attributes/community.ts';
import type { BgpPath } from '../../bgp/attributes/path.ts';
import { mergeStandardCommunities } from '../config/advertisement.ts';

const GRACEFUL_SHUTDOWN_LOCAL_PREF = 0;

/** A path with LOCAL_PREF is for an internal session. */
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
