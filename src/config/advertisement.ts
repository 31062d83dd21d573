/**
 * Parses BGPAdvertisements. References to other objects (community aliases, pools, other advertisements) are resolved by
 * the caller.
 */
import type { LabelSelector } from '../objects/selector.ts';
import { type ConfigIssue, quoteText } from './issue.ts';
import { ObjectReader } from './object-reader.ts';
import { readLabelSelectors } from './selector.ts';
import { readUniqueStrings } from './unique-strings.ts';

export type BgpAdvertisement = {
  readonly name: string;
  /** Names and selectors add up; without both, every pool is covered. */
  readonly pools: readonly string[];
  readonly poolSelectors: readonly LabelSelector[];
  /** One of the selectors must match; an empty list matches everything. */
  readonly nodeSelectors: readonly LabelSelector[];
  readonly serviceSelectors: readonly LabelSelector[];
  /** Names of BGPPeers, existing or not; an empty list selects every peer. */
  readonly peers: readonly string[];
  readonly lengths: { readonly 4: number; readonly 6: number };
  /** 0 where none is set, as in MetalLB. */
  readonly localPref: number;
  /** How many more times our AS is prepended; null where none is set. */
  readonly asPathPrepend: number | null;
  /** Values or aliases, as written. */
  readonly communities: readonly string[];
};

export type AdvertisementReading = {
  /** Null if and only if there are issues. */
  readonly advertisement: BgpAdvertisement | null;
  readonly issues: readonly ConfigIssue[];
};

const LENGTH_4 = { min: 1, max: 32 } as const;
const LENGTH_6 = { min: 1, max: 128 } as const;
const LOCAL_PREF = { min: 0, max: 0xffff_ffff } as const;
const AS_PATH_PREPEND = { min: 1, max: 10 } as const;

/** "serviceSelectors and aggregationLength are mutually exclusive" is MetalLB's text, which its tests match. */
export const AGGREGATE_WITH_SELECTORS_ERROR =
  'serviceSelectors and aggregationLength are mutually exclusive: an aggregate also carries the addresses of Services that were not selected';

/** `raw` is the whole object; without a `spec` it applies to every pool, node, Service and peer. */
export function readBgpAdvertisement(raw: unknown): AdvertisementReading {
  const issues: ConfigIssue[] = [];
  const object = ObjectReader.of(raw, '', issues);
  if (object === null) return { advertisement: null, issues };
  object.ignore('apiVersion', 'kind', 'status');
  const name = object.object('metadata')?.requiredString('name');
  if (!object.has('metadata')) object.addIssue('metadata', 'is required');
  const spec = object.object('spec') ?? (object.has('spec') ? null : ObjectReader.of({}, 'spec', issues));
  object.rejectUnknownFields();
  if (spec === null) return { advertisement: null, issues };
  const read = {
    name: name ?? '',
    pools: readUniqueStrings(spec, 'ipAddressPools', issues),
    poolSelectors: readLabelSelectors(spec, 'ipAddressPoolSelectors', issues),
    nodeSelectors: readLabelSelectors(spec, 'nodeSelectors', issues),
    serviceSelectors: readLabelSelectors(spec, 'serviceSelectors', issues),
    peers: readUniqueStrings(spec, 'peers', issues),
    lengths: {
      4: spec.integer('aggregationLength', LENGTH_4) ?? LENGTH_4.max,
      6: spec.integer('aggregationLengthV6', LENGTH_6) ?? LENGTH_6.max,
    },
    localPref: spec.integer('localPref', LOCAL_PREF) ?? 0,
    asPathPrepend: spec.integer('asPathPrepend', AS_PATH_PREPEND) ?? null,
    communities: readUniqueStrings(spec, 'communities', issues),
  };
  spec.rejectUnknownFields();
  const aggregates = read.lengths[4] < LENGTH_4.max || read.lengths[6] < LENGTH_6.max;
  if (aggregates && read.serviceSelectors.length > 0)
    issues.push({ path: 'spec', message: AGGREGATE_WITH_SELECTORS_ERROR });
  return { advertisement: issues.length > 0 ? null : read, issues };
}

/** MetalLB's two lines for an alias that no Community defines. */
export const unknownAliasError = (alias: string): string =>
  `invalid community format: ${alias}\ninvalid community ${quoteText(alias)} in BGP advertisement`;
