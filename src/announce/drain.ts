/**
 * A way that goes away soon is still there, and is told as the worst: whoever has another one takes that, and nothing is
 * lost when this one goes (RFC 8326). The community speaks to routers of other ASes, LOCAL_PREF to those of our own.
 */
import { WELL_KNOWN } from '../routes/community.ts';
import type { Path } from '../routes/path.ts';
import { uniteStandard } from './advertisement.ts';

const LOCAL_PREF_LAST = 0;

/** A path that carries LOCAL_PREF is told inside of the AS. */
export function drained({ nextHop, attributes }: Path): Path {
  const { communities, localPref } = attributes;
  return {
    nextHop,
    attributes: {
      ...attributes,
      communities: uniteStandard([...communities, WELL_KNOWN['graceful-shutdown']]),
      localPref: localPref === null ? null : LOCAL_PREF_LAST,
    },
  };
}
