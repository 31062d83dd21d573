/**
 * Parses IPAddressPools.
 *
 * All issues are reported at once, each with its path. What the API server's schema rejects is rejected here, too, since
 * pools also come from files and from other schemas.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Millis } from '../../base/clock.ts';
import { isObject, type Raw } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { finishSteps, flatMapInSteps, type Steps } from '../../base/steps.ts';
import type { AddressRange } from '../../net/range.ts';
import { metadataOf, parseCreationTimestamp } from '../../objects/metadata.ts';
import type { LabelSelector } from '../../objects/selector.ts';
import { type ConfigIssue, quoteText } from '../issue.ts';
import { ObjectReader } from '../object-reader.ts';
import { readLabelSelectors } from '../selector.ts';
import { findInternalOverlaps, hostBitWarnings, readPoolRanges, unusableRangeIssues } from './ranges.ts';

/** The Services that a pool is reserved for. With three empty lists it is reserved for all of them. */
export type ServiceAllocation = {
  /** Pools with smaller values are tried first; `Infinity` where it is unset or 0. */
  readonly priority: number;
  readonly namespaces: readonly string[];
  readonly namespaceSelectors: readonly LabelSelector[];
  readonly serviceSelectors: readonly LabelSelector[];
};

export type Pool = {
  readonly name: string;
  /** Wall time; see `parseCreationTimestamp`. */
  readonly createdAt: Millis;
  /** In listed order: `ranges[i]` is `spec.addresses[i]`. */
  readonly ranges: readonly AddressRange[];
  readonly autoAssign: boolean;
  /** Excludes IPv4 addresses that end in .0 or .255. */
  readonly avoidBuggyIPs: boolean;
  readonly serviceAllocation: ServiceAllocation | null;
};

export type PoolReading = {
  /** Null if and only if there are issues. */
  readonly pool: Pool | null;
  /**
   * The pool where it is valid, or where unusable addresses are its only issues. MetalLB accepts those, so such a pool is in
   * force if there is no valid version: its Services lose nothing.
   */
  readonly usable: Pool | null;
  readonly issues: readonly ConfigIssue[];
  /** The valid ranges, even of an invalid object: overlaps are decided by them. */
  readonly claimedRanges: readonly AddressRange[];
  readonly warnings: readonly ConfigIssue[];
};

const NO_POOL = { pool: null, usable: null, claimedRanges: [], warnings: [] } as const;

const PRIORITY_BOUNDS = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };

/** Fields of the kind AddressPool, which MetalLB 0.14 removed. */
const FORMER_FIELDS: ReadonlyMap<string, string> = new Map([
  ['protocol', 'an L2Advertisement or BGPAdvertisement takes its place'],
  ['bgpAdvertisements', 'objects of the kind BGPAdvertisement take its place'],
]);

/** `raw` is the whole object. */
export function parseAddressPool(raw: unknown): Result<Pool, readonly ConfigIssue[]> {
  const { pool, issues } = readAddressPool(raw);
  return pool === null ? err(issues) : ok(pool);
}

export const readAddressPool = (raw: unknown): PoolReading => finishSteps(readAddressPoolInSteps(raw));

/** An object is read once, whoever asks: one pool of many has changed, and the readings of the others are known. */
const READINGS = new WeakMap<object, PoolReading>();

/**
 * In steps: an object of 1.5 MB, the most that etcd stores, lists 80,000 ranges. `before` is an earlier version of the
 * object: where only its status or labels differ, it need not be read again.
 */
export function* readAddressPoolInSteps(raw: unknown, before?: unknown): Steps<PoolReading> {
  if (!isObject(raw)) return yield* read(raw);
  const known = READINGS.get(raw) ?? (sameConfiguration(raw, before) ? READINGS.get(before) : undefined);
  const reading = known ?? (yield* read(raw));
  READINGS.set(raw, reading);
  return reading;
}

/** Whether all that is read of both is the same. */
function sameConfiguration(raw: Raw, before: unknown): before is Raw {
  if (!isObject(before) || !isDeepStrictEqual(Object.keys(raw), Object.keys(before))) return false;
  const { name, creationTimestamp } = metadataOf(raw);
  const metadataBefore = metadataOf(before);
  return (
    isObject(raw['metadata']) === isObject(before['metadata']) &&
    name === metadataBefore['name'] &&
    creationTimestamp === metadataBefore['creationTimestamp'] &&
    isDeepStrictEqual(raw['spec'], before['spec'])
  );
}

function* read(raw: unknown): Steps<PoolReading> {
  const issues: ConfigIssue[] = [];
  const object = ObjectReader.of(raw, '', issues);
  if (object === null) return { ...NO_POOL, issues };
  object.ignore('apiVersion', 'kind', 'status');

  const { name, createdAt } = readMetadata(object);
  const spec = object.object('spec');
  if (!object.has('spec')) object.addIssue('spec', 'is required');
  object.rejectUnknownFields();
  if (spec === null) return { ...NO_POOL, issues };

  const entries = yield* spec.stringsInSteps('addresses');
  yield null;
  const listed = yield* flatMapInSteps(entries, (part) => readPoolRanges(part, issues));
  if (spec.isListEmpty('addresses')) spec.addIssue('addresses', 'needs at least one CIDR or range');
  for (const issue of yield* findInternalOverlaps(listed)) issues.push(issue);
  const autoAssign = spec.boolean('autoAssign') ?? true;
  const avoidBuggyIPs = spec.boolean('avoidBuggyIPs') ?? false;
  const allocationReader = spec.object('serviceAllocation');
  const serviceAllocation =
    allocationReader === null ? null : readServiceAllocation(allocationReader, issues);
  spec.rejectUnknownFields(FORMER_FIELDS);

  const claimedRanges = listed.map(({ range }) => range);
  yield null;
  const warnings = yield* flatMapInSteps(listed, hostBitWarnings);
  const unusable = yield* flatMapInSteps(listed, unusableRangeIssues);
  const usable =
    issues.length > 0 || name === undefined
      ? null
      : { name, createdAt, ranges: claimedRanges, autoAssign, avoidBuggyIPs, serviceAllocation };
  for (const issue of unusable) issues.push(issue);
  return { pool: unusable.length > 0 ? null : usable, usable, issues, claimedRanges, warnings };
}

function readMetadata(object: ObjectReader): { name: string | undefined; createdAt: Millis } {
  const metadata = object.object('metadata');
  if (metadata === null) {
    if (!object.has('metadata')) object.addIssue('metadata', 'is required');
    return { name: undefined, createdAt: Number.POSITIVE_INFINITY };
  }
  const name = metadata.requiredString('name');
  const written = metadata.string('creationTimestamp');
  if (written === undefined) return { name, createdAt: Number.POSITIVE_INFINITY };
  const createdAt = parseCreationTimestamp(written);
  if (!Number.isFinite(createdAt))
    metadata.addIssue('creationTimestamp', `${quoteText(written)} is no timestamp`);
  return { name, createdAt };
}

function readServiceAllocation(reader: ObjectReader, issues: ConfigIssue[]): ServiceAllocation {
  const priority = reader.integer('priority', PRIORITY_BOUNDS) ?? 0;
  const namespaces: string[] = [];
  const seen = new Set<string>();
  for (const { path, value } of reader.strings('namespaces')) {
    if (seen.has(value)) issues.push({ path, message: `${quoteText(value)} is listed twice` });
    seen.add(value);
    namespaces.push(value);
  }
  const namespaceSelectors = readLabelSelectors(reader, 'namespaceSelectors', issues);
  const serviceSelectors = readLabelSelectors(reader, 'serviceSelectors', issues);
  reader.rejectUnknownFields();
  return {
    priority: priority === 0 ? Number.POSITIVE_INFINITY : priority,
    namespaces,
    namespaceSelectors,
    serviceSelectors,
  };
}
