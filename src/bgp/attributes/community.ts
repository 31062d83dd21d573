/** Standard (RFC 1997) and large (RFC 8092) communities, in the notation of MetalLB's objects. */
import { err, ok, type Result } from '../../base/result.ts';

/** 32 bits: `a:b` is `a` × 65536 + `b`. */
export type StandardCommunity = number;

/** Three numbers of 32 bits each. */
export type LargeCommunity = {
  readonly global: number;
  readonly first: number;
  readonly second: number;
};

export type Community =
  | { readonly kind: 'standard'; readonly value: StandardCommunity }
  | { readonly kind: 'large'; readonly value: LargeCommunity };

/** Well-known communities (IANA registry). */
export const WELL_KNOWN_COMMUNITIES = {
  /** RFC 8326: the route will be withdrawn soon; prefer any other. */
  'graceful-shutdown': 0xffff_0000,
  /** RFC 7611. */
  'accept-own': 0xffff_0001,
  /** RFC 9494 4.6. */
  'llgr-stale': 0xffff_0006,
  /** RFC 9494 4.7. */
  'no-llgr': 0xffff_0007,
  /** RFC 7999. */
  blackhole: 0xffff_029a,
  /** RFC 1997. */
  'no-export': 0xffff_ff01,
  'no-advertise': 0xffff_ff02,
  'no-export-subconfed': 0xffff_ff03,
  /** RFC 3765. */
  'no-peer': 0xffff_ff04,
} as const;

const STANDARD_PART_MAX = 0xffff;
const LARGE_PART_MAX = 0xffff_ffff;

/** Longest excerpt of the user's text in an error, in characters. */
const QUOTED_MAX = 40;

const quote = (text: string): string =>
  JSON.stringify(text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)}…` : text);

/**
 * Parses `64512:100` or `large:64512:1:2`; the error is a sentence. "invalid community value: invalid section" and
 * "expected community to be of format large" are MetalLB's wording, which its users' tests match.
 */
export function parseCommunity(text: string): Result<Community, string> {
  const parts = text.split(':');
  const [a = '', b = '', c = '', d = ''] = parts;
  if (parts.length === 2) {
    const [high, low] = [readPart(a, STANDARD_PART_MAX), readPart(b, STANDARD_PART_MAX)];
    if (high === null) return err(invalidSectionError(text, a, STANDARD_PART_MAX));
    if (low === null) return err(invalidSectionError(text, b, STANDARD_PART_MAX));
    return ok({ kind: 'standard', value: high * 65_536 + low });
  }
  if (parts.length !== 4 || a !== 'large') {
    return err(
      `${quote(text)} is no community: write 64512:100, or large:64512:1:2 (expected community to be of format large where it has more than two parts)`,
    );
  }
  const [global, first, second] = [b, c, d].map((part) => readPart(part, LARGE_PART_MAX));
  if (global == null) return err(invalidSectionError(text, b, LARGE_PART_MAX));
  if (first == null) return err(invalidSectionError(text, c, LARGE_PART_MAX));
  if (second == null) return err(invalidSectionError(text, d, LARGE_PART_MAX));
  return ok({ kind: 'large', value: { global, first, second } });
}

/** Accepts leading zeros, as Go's `strconv.ParseUint` does, which MetalLB uses. */
function readPart(text: string, max: number): number | null {
  if (!/^[0-9]+$/.test(text)) return null;
  const value = Number(text);
  return value <= max ? value : null;
}

const invalidSectionError = (text: string, part: string, max: number): string =>
  `${quote(text)}: invalid community value: invalid section ${quote(part)}, not a number from 0 to ${max}`;

/** `64512:100`. */
export const formatStandardCommunity = (value: StandardCommunity): string =>
  `${value >>> 16}:${value & 0xffff}`;

/** `large:64512:1:2`, MetalLB's notation. */
export const formatLargeCommunity = ({ global, first, second }: LargeCommunity): string =>
  `large:${global}:${first}:${second}`;

export const formatCommunity = (community: Community): string =>
  community.kind === 'standard'
    ? formatStandardCommunity(community.value)
    : formatLargeCommunity(community.value);

const WELL_KNOWN_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(WELL_KNOWN_COMMUNITIES).map(([name, value]) => [value, name] as const),
);

/** Name of a well-known community, else null. */
export const wellKnownCommunityName = (value: StandardCommunity): string | null =>
  WELL_KNOWN_NAMES.get(value) ?? null;

/** Numeric order, in which they are sent. */
export const compareLargeCommunities = (a: LargeCommunity, b: LargeCommunity): number =>
  a.global - b.global || a.first - b.first || a.second - b.second;
