/** What a BGPAdvertisement may say beyond MetalLB's fields, by annotation. */
import type { BgpAdvertisement } from '../config/bgpadvertisement.ts';
import { FAMILY_BITS } from '../net/address.ts';
import type { Prefix } from '../net/prefix.ts';
import { AnnotationReader } from './annotations.ts';
import type { Fault } from './complaint.ts';

export type Extras = {
  /** MULTI_EXIT_DISC; null where none is wished. */
  readonly med: number | null;
  /** How often the own AS is put in front once more. */
  readonly prepend: number | null;
  /** `berth.dev/weighted-ecmp`: this node's part of the traffic is that of its endpoints. */
  readonly weighted: Weighting | null;
};

/** `transitive`: the form of the community that may be passed on to other ASes. */
export type Weighting = { readonly transitive: boolean };

const MED = { min: 0, max: 0xffff_ffff } as const;

/** Paths are some four long: a longer one makes no way any worse, and routers drop those that look like a slip. */
const PREPEND_MAX = 16;

export function readExtras(
  raw: unknown,
  { lengths }: Pick<BgpAdvertisement, 'lengths'>,
): { readonly extras: Extras; readonly warnings: readonly Fault[] } {
  const reader = new AnnotationReader(raw);
  const wish = reader.choice('weighted-ecmp', ['true', 'transitive', 'false']);
  const extras: Extras = {
    med: reader.integer('med', MED),
    prepend: reader.integer('as-path-prepend', { min: 0, max: PREPEND_MAX }),
    weighted: wish === null || wish === 'false' ? null : { transitive: wish === 'transitive' },
  };
  const wide = [
    ...(lengths[4] < FAMILY_BITS[4] ? [`aggregationLength ${lengths[4]}`] : []),
    ...(lengths[6] < FAMILY_BITS[6] ? [`aggregationLengthV6 ${lengths[6]}`] : []),
  ].join(' and ');
  if (extras.weighted !== null && wide !== '')
    reader.warn(
      'weighted-ecmp',
      `weighs single addresses only: take away ${wide}, whose aggregates have no weights`,
    );
  return { extras, warnings: reader.warnings };
}

/** An aggregate stands for addresses that have no endpoints here, and for such that nobody has. */
export const isWeighted = ({ weighted }: Extras, { family, length }: Prefix): boolean =>
  weighted !== null && length === FAMILY_BITS[family];
