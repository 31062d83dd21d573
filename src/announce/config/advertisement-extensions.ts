/** What a BGPAdvertisement may say beyond MetalLB's fields, by annotation. */
import type { BgpAdvertisement } from '../../config/advertisement.ts';
import { FAMILY_BITS } from '../../net/address.ts';
import type { Prefix } from '../../net/prefix.ts';
import { AnnotationReader } from './annotation-reader.ts';
import type { AnnounceIssue } from './object-issue.ts';

export type AdvertisementExtensions = {
  /** MULTI_EXIT_DISC; null where none is wished. */
  readonly med: number | null;
  /** How often the own AS is put in front once more. */
  readonly prependCount: number | null;
  /** `berth.dev/weighted-ecmp`: this node's part of the traffic is that of its endpoints. */
  readonly weighting: Weighting | null;
};

/** `transitive`: the form of the community that may be passed on to other ASes. */
export type Weighting = { readonly transitive: boolean };

const MED_BOUNDS = { min: 0, max: 0xffff_ffff } as const;

/** Paths are some four long: a longer one makes no way any worse, and routers drop those that look like a slip. */
const PREPEND_MAX = 16;

export function readAdvertisementExtensions(
  raw: unknown,
  { lengths }: Pick<BgpAdvertisement, 'lengths'>,
): { readonly extensions: AdvertisementExtensions; readonly warnings: readonly AnnounceIssue[] } {
  const reader = new AnnotationReader(raw);
  const mode = reader.choice('weighted-ecmp', ['true', 'transitive', 'false']);
  const extensions: AdvertisementExtensions = {
    med: reader.integer('med', MED_BOUNDS),
    prependCount: reader.integer('as-path-prepend', { min: 0, max: PREPEND_MAX }),
    weighting: mode === null || mode === 'false' ? null : { transitive: mode === 'transitive' },
  };
  const aggregates = [
    ...(lengths[4] < FAMILY_BITS[4] ? [`aggregationLength ${lengths[4]}`] : []),
    ...(lengths[6] < FAMILY_BITS[6] ? [`aggregationLengthV6 ${lengths[6]}`] : []),
  ].join(' and ');
  if (extensions.weighting !== null && aggregates !== '')
    reader.addWarning(
      'weighted-ecmp',
      `weighs single addresses only: take away ${aggregates}, whose aggregates have no weights`,
    );
  return { extensions, warnings: reader.warnings };
}

/** An aggregate stands for addresses that have no endpoints here, and for such that nobody has. */
export const isWeightedPrefix = (
  { weighting }: AdvertisementExtensions,
  { family, length }: Prefix,
): boolean => weighting !== null && length === FAMILY_BITS[family];
