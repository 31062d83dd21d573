/** Aliases of BGP communities in the old ConfigMap, and community texts in general. */
import { type ConfigIssue, quoteText } from '../issue.ts';
import type { ObjectReader } from '../object-reader.ts';

export type LegacyCommunity = { readonly name: string; readonly value: string };

const STANDARD_PART_MAX = 0xffff; // RFC 1997
const LARGE_PART_MAX = 0xffff_ffff; // RFC 8092 3

export function readLegacyCommunities(
  top: ObjectReader,
  field: string,
  issues: ConfigIssue[],
): readonly LegacyCommunity[] {
  return top.stringMap(field).map(({ key, value, path }) => {
    const wrong = communityError(value);
    if (wrong !== null) issues.push({ path, message: wrong });
    return { name: key, value };
  });
}

/**
 * Null for `64512:100` and `large:64512:1:2`, else a sentence. "invalid community value: invalid section" and
 * "expected community to be of format large" are MetalLB's words.
 */
export function communityError(text: string): string | null {
  const parts = text.split(':');
  const isPart = (part: string, max: number): boolean => /^[0-9]{1,10}$/.test(part) && Number(part) <= max;
  if (parts.length === 2) {
    const bad = parts.find((part) => !isPart(part, STANDARD_PART_MAX));
    return bad === undefined
      ? null
      : `${quoteText(text)}: invalid community value: invalid section ${quoteText(bad)}, not a number from 0 to ${STANDARD_PART_MAX}`;
  }
  if (parts.length !== 4 || parts[0] !== 'large') {
    return `${quoteText(text)} is no community: write 64512:100, or large:64512:1:2 (expected community to be of format large where it has more than two parts)`;
  }
  const bad = parts.slice(1).find((part) => !isPart(part, LARGE_PART_MAX));
  return bad === undefined
    ? null
    : `${quoteText(text)}: invalid community value: invalid section ${quoteText(bad)}, not a number from 0 to ${LARGE_PART_MAX}`;
}
