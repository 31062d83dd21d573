/** Settings of a BGPAdvertisement by annotation, beyond MetalLB's fields. */
import type { BgpAdvertisement } from '../../config/advertisement.ts';
import { FAMILY_BITS } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';
import { AnnotationReader } from './annotation-reader.ts';
import type { AnnounceIssue } from './object-issue.ts';

export type AdvertisementExtensions = {
  /** MULTI_EXIT_DISC; null where none is set. */
  readonly med: number | null;
  /** How many more times our AS is prepended; null where none is set; `spec.asPathPrepend` replaces it. */
  readonly prependCount: number | null;
  /** `berth.dev/weighted-ecmp`: traffic is distributed in proportion to the endpoints of each node. */
  readonly weighting: Weighting | null;
};

/** `transitive`: the link bandwidth community is passed on to other ASes. */
export type Weighting = { readonly transitive: boolean };

const MED_BOUNDS = { min: 0, max: 0xffff_ffff } as const;

/** AS paths have about four hops: more prepending changes no decision, and routers drop paths that look misconfigured. */
const PREPEND_MAX = 16;

export function readAdvertisementExtensions(
  raw: unknown,
  { lengths, asPathPrepend }: Pick<BgpAdvertisement, 'lengths' | 'asPathPrepend'>,
): { readonly extensions: AdvertisementExtensions; readonly warnings: readonly AnnounceIssue[] } {
  const reader = new AnnotationReader(raw);
  const mode = reader.choice('weighted-ecmp', ['true', 'transitive', 'false']);
  const extensions: AdvertisementExtensions = {
    med: reader.integer('med', MED_BOUNDS),
    prependCount: reader.integer('as-path-prepend', { min: 0, max: PREPEND_MAX }),
    weighting: mode === null || mode === 'false' ? null : { transitive: mode === 'transitive' },
  };
  if (asPathPrepend !== null && extensions.prependCount !== null)
    reader.addWarning('as-path-prepend', `is ignored: spec.asPathPrepend is set to ${asPathPrepend}`);
  const aggregates = [
    ...(lengths[4] < FAMILY_BITS[4] ? [`aggregationLength ${lengths[4]}`] : []),
    ...(lengths[6] < FAMILY_BITS[6] ? [`aggregationLengthV6 ${lengths[6]}`] : []),
  ].join(' and ');
  if (extensions.weighting !== null && aggregates !== '')
    reader.addWarning(
      'weighted-ecmp',
      `applies to single addresses only: remove ${aggregates}, since aggregates have no weights`,
    );
  return { extensions, warnings: reader.warnings };
}

/** An aggregate has no weight: it covers addresses without endpoints on this node, and unused ones. */
export const isWeightedPrefix = (
  { weighting }: AdvertisementExtensions,
  { family, length }: Prefix,
): boolean => weighting !== null && length === FAMILY_BITS[family];
