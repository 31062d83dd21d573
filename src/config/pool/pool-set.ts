/**
 * The validated set of all pools, with the ranges that each may assign.
 *
 * An invalid object affects itself alone: its last good version stays active. Overlaps are decided by the objects as they
 * are now, so that leader, standby and a new process agree. Only the last good version is kept, by `uid`: a pool that was
 * deleted and recreated has none.
 */

import { fieldsOf, listOf, numberOf } from '../../base/json.ts';
import { quoted } from '../../base/printable.ts';
import { finishSteps, type Steps } from '../../base/steps.ts';
import { compareText } from '../../base/text.ts';
import { type AddressRange, formatRange } from '../../net/range.ts';
import { compareAge, identityOf, metadataOf, type ObjectIdentity } from '../../objects/metadata.ts';
import type { ConfigIssue } from '../issue.ts';
import { ClaimMap, type PoolOverlap } from './overlaps.ts';
import { type Pool, type PoolReading, readAddressPoolInSteps } from './pool.ts';
import { doubtfulRangeWarnings } from './warnings.ts';

/** An IPAddressPool that has not been validated; `raw` is the whole object. */
export type PoolObject = Pick<ObjectIdentity, 'name' | 'uid' | 'createdAt'> & {
  readonly generation: number;
  readonly raw: unknown;
};

export type PoolState = {
  readonly name: string;
  readonly uid: string;
  /** The whole object. */
  readonly raw: unknown;
  /**
   * The last good version. Where no version was valid here, the object itself if only unusable addresses are wrong; else
   * null: it assigns nothing, and its Services keep addresses.
   */
  readonly active: Pool | null;
  /** The active ranges, in listed order, without what an older pool claims. */
  readonly grantable: readonly AddressRange[];
  /** The addresses of the object as it is now that can be read, in listed order; an invalid pool claims them, too. */
  readonly claimed: readonly AddressRange[];
  /** What is wrong with the object as it is now; none where it is valid. */
  readonly issues: readonly ConfigIssue[];
  readonly overlaps: readonly PoolOverlap[];
  /** What is allowed and was hardly meant. */
  readonly warnings: readonly ConfigIssue[];
};

/**
 * The entries of `spec.addresses` of all pools together. Each takes a quarter of a kilobyte, and twice that while pools are
 * read. Of the 512 MiB that our manifests permit, Node.js takes half for its heap.
 */
export const RANGES_MAX = 500_000;

export type PoolSet = { readonly byName: ReadonlyMap<string, PoolState> /** sorted by name */ };

export const EMPTY_POOL_SET: PoolSet = { byName: new Map() };

/** `before` is the previous set of this process; null at the start. The order of `objects` does not matter. */
export const buildPoolSet = (objects: readonly PoolObject[], before: PoolSet | null): PoolSet =>
  finishSteps(buildPoolSetInSteps(objects, before));

export function* buildPoolSetInSteps(objects: readonly PoolObject[], before: PoolSet | null): Steps<PoolSet> {
  const readings: { readonly object: PoolObject; readonly reading: PoolReading }[] = [];
  let ranges = 0;
  for (const object of [...objects].sort(compareAge)) {
    const count = countRanges(object);
    const fits = ranges + count <= RANGES_MAX;
    if (fits) ranges += count;
    const reading = fits
      ? yield* readAddressPoolInSteps(object.raw, before?.byName.get(object.name)?.raw)
      : tooManyRanges(count, ranges);
    readings.push({ object, reading });
  }
  const claimMap = yield* ClaimMap.inSteps(
    readings.map(({ object, reading }) => ({ name: object.name, claims: reading.claimedRanges })),
  );
  const overlaps = yield* claimMap.overlaps();
  const states: PoolState[] = [];
  for (const [age, { object, reading }] of readings.entries()) {
    const active = reading.pool ?? lastKnownGood(object, before) ?? reading.usable;
    const doubtful = reading.pool === null ? [] : yield* doubtfulRangeWarnings(reading.pool);
    states.push({
      name: object.name,
      uid: object.uid,
      raw: object.raw,
      active,
      grantable: active === null ? [] : yield* claimMap.grantable(age, active.ranges),
      claimed: reading.claimedRanges,
      issues: reading.issues,
      overlaps: overlaps[age] ?? [],
      warnings: [...reading.warnings, ...doubtful],
    });
  }
  states.sort((a, b) => compareText(a.name, b.name));
  return { byName: new Map(states.map((state) => [state.name, state])) };
}

/** The entries of its `spec.addresses`, valid or not. */
export const countRanges = ({ raw }: Pick<PoolObject, 'raw'>): number =>
  listOf(fieldsOf(fieldsOf(raw)['spec'])['addresses']).length;

/** Of all pools together; programs read more of them in slices, each in a turn of the event loop. */
export const RANGES_AT_ONCE = 4096;

export const areReadAtOnce = (objects: readonly Pick<PoolObject, 'raw'>[]): boolean =>
  objects.reduce((sum, object) => sum + countRanges(object), 0) <= RANGES_AT_ONCE;

/** The oldest pools are read, as far as they fit; younger ones are invalid. */
const tooManyRanges = (own: number, older: number): PoolReading => ({
  pool: null,
  usable: null,
  issues: [
    {
      path: 'spec.addresses',
      message: `has ${own} entries, and older pools have ${older}: more than ${RANGES_MAX} together are not read; write neighbouring addresses as one range or CIDR`,
    },
  ],
  claimedRanges: [],
  warnings: [],
});

function lastKnownGood(object: PoolObject, before: PoolSet | null): Pool | null {
  const state = before?.byName.get(object.name);
  return state !== undefined && state.uid === object.uid ? state.active : null;
}

/** `raw` is the whole object; `name` is '' where it has none. */
export function toPoolObject(raw: unknown): PoolObject {
  const { name, uid, createdAt } = identityOf(raw);
  const generation = numberOf(metadataOf(fieldsOf(raw))['generation']) ?? 0;
  return { name, uid, createdAt, generation, raw };
}

/** One sentence about an overlap, for the pool that carries it. */
export function formatPoolOverlap({ otherPool: other, range, isOtherOlder }: PoolOverlap): string {
  const where = `${formatRange(range)} overlaps with already defined CIDR of pool ${quoted(other)}`;
  return isOtherOlder
    ? `${where}, which is older and grants these addresses; this pool does not`
    : `${where}, which is younger and does not grant these addresses; this pool does`;
}
