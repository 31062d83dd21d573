/** `address-pools` of the old ConfigMap: address ranges and their advertisements. */
import { finishSteps } from '../../base/steps.ts';
import { closestMatch, didYouMean, quoteList } from '../../base/text.ts';
import { type ConfigIssue, quoteText } from '../issue.ts';
import type { NumberBounds, ObjectReader } from '../object-reader.ts';
import { aggregationError } from '../pool/aggregation.ts';
import {
  findInternalOverlaps,
  type ListedRange,
  readPoolRanges,
  unusableRangeIssues,
} from '../pool/ranges.ts';
import { communityError } from './communities.ts';

export type LegacyAdvertisement = {
  readonly aggregationLength: number;
  readonly aggregationLengthV6: number;
  readonly localPref: number | null;
  /** Aliases, or communities as they are. */
  readonly communities: readonly string[];
};

export type LegacyPool = {
  readonly name: string;
  readonly protocol: Protocol;
  /** As written, in listed order. */
  readonly addresses: readonly string[];
  readonly autoAssign: boolean;
  readonly avoidBuggyIPs: boolean;
  /** At least one where the protocol is `bgp`, none where it is `layer2`. */
  readonly advertisements: readonly LegacyAdvertisement[];
};

const PROTOCOLS = ['bgp', 'layer2'] as const;
type Protocol = (typeof PROTOCOLS)[number];

/** Common misspellings, and the names in MetalLB 0.1 and 0.2. */
const PROTOCOL_SYNONYMS: ReadonlyMap<string, Protocol> = new Map([
  ['l2', 'layer2'],
  ['layer-2', 'layer2'],
  ['arp', 'layer2'],
  ['ndp', 'layer2'],
]);

const POOL_FIELD_HINTS: ReadonlyMap<string, string> = new Map([
  ['cidr', 'MetalLB 0.3 renamed it to "addresses"'],
  ['advertisements', 'MetalLB 0.3 renamed it to "bgp-advertisements"'],
  ['arp-network', 'MetalLB 0.6 removed it; leave it out'],
]);

const LENGTH_V4: NumberBounds = { min: 1, max: 32 };
const LENGTH_V6: NumberBounds = { min: 1, max: 128 };
const LOCAL_PREF: NumberBounds = { min: 0, max: 0xffff_ffff }; // RFC 4271 4.3: four bytes

/** No two pools may overlap: in one text, neither is older. */
export function readLegacyPools(
  readers: readonly ObjectReader[],
  aliases: ReadonlySet<string>,
  issues: ConfigIssue[],
): readonly LegacyPool[] {
  const names = new Set<string>();
  const all: ListedRange[] = [];
  const pools = readers.map((reader): LegacyPool => {
    const name = reader.requiredString('name') ?? '';
    if (name !== '' && names.has(name))
      reader.addIssue('name', `${quoteText(name)} is the name of two pools`);
    names.add(name);
    const items = reader.strings('addresses');
    const listed = readPoolRanges(items, issues);
    for (const entry of listed) all.push(entry);
    if (reader.isListEmpty('addresses')) reader.addIssue('addresses', 'needs at least one CIDR or range');
    const protocol = readProtocol(reader);
    const pool = {
      name,
      protocol: protocol ?? 'bgp',
      addresses: items.map(({ value }) => value),
      autoAssign: reader.boolean('auto-assign') ?? true,
      avoidBuggyIPs: reader.boolean('avoid-buggy-ips') ?? false,
      advertisements: readAdvertisements(reader, { protocol, listed, aliases }, issues),
    };
    reader.rejectUnknownFields(POOL_FIELD_HINTS);
    return pool;
  });
  for (const issue of unusableRangeIssues(all)) issues.push(issue);
  for (const issue of finishSteps(findInternalOverlaps(all))) issues.push(issue);
  return pools;
}

function readProtocol(reader: ObjectReader): Protocol | null {
  const text = reader.requiredString('protocol');
  const protocol = PROTOCOLS.find((known) => known === text);
  if (protocol !== undefined) return protocol;
  if (text !== undefined) {
    const suggestion = PROTOCOL_SYNONYMS.get(text.toLowerCase()) ?? closestMatch(text, PROTOCOLS);
    const hint =
      suggestion === null ? `known are ${quoteList(PROTOCOLS)}` : `did you mean ${quoteText(suggestion)}?`;
    reader.addIssue('protocol', `${quoteText(text)} is no known protocol: ${hint}`);
  }
  return null;
}

type AdvertisementContext = {
  readonly protocol: Protocol | null;
  readonly listed: readonly ListedRange[];
  readonly aliases: ReadonlySet<string>;
};

function readAdvertisements(
  pool: ObjectReader,
  { protocol, listed, aliases }: AdvertisementContext,
  issues: ConfigIssue[],
): readonly LegacyAdvertisement[] {
  const advertisements = pool.objects('bgp-advertisements').map((reader) => {
    const advertisement = {
      aggregationLength: reader.integer('aggregation-length', LENGTH_V4) ?? LENGTH_V4.max,
      aggregationLengthV6: reader.integer('aggregation-length-v6', LENGTH_V6) ?? LENGTH_V6.max,
      localPref: reader.integer('localpref', LOCAL_PREF) ?? null,
      communities: readCommunityNames(reader, aliases, issues),
    };
    const wrong = aggregationError(listed, {
      4: advertisement.aggregationLength,
      6: advertisement.aggregationLengthV6,
    });
    if (wrong !== null) issues.push({ path: reader.path, message: wrong });
    reader.rejectUnknownFields();
    return advertisement;
  });
  if (protocol === 'layer2' && advertisements.length > 0) {
    pool.addIssue('bgp-advertisements', 'cannot be set on a pool whose protocol is "layer2"');
  }
  if (protocol !== 'bgp' || advertisements.length > 0) return advertisements;
  const { max: aggregationLength } = LENGTH_V4;
  return [{ aggregationLength, aggregationLengthV6: LENGTH_V6.max, localPref: null, communities: [] }];
}

/** An entry with a colon is a community, any other is an alias. */
function readCommunityNames(
  reader: ObjectReader,
  aliases: ReadonlySet<string>,
  issues: ConfigIssue[],
): readonly string[] {
  return reader.strings('communities').map(({ path, value }) => {
    if (aliases.has(value)) return value;
    const hint = didYouMean(value, aliases, quoteText);
    const message = value.includes(':')
      ? communityError(value)
      : `${quoteText(value)} is not defined under bgp-communities${hint === null ? '' : `: ${hint}`}`;
    if (message !== null) issues.push({ path, message });
    return value;
  });
}
