/** `bgp-communities` of the old ConfigMap: aliases of BGP communities. */
import { parseCommunity } from '../../bgp/attributes/community.ts';
import type { ConfigIssue } from '../issue.ts';
import type { ObjectReader } from '../object-reader.ts';

export type LegacyCommunity = { readonly name: string; readonly value: string };

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

/** The error of an invalid community; null for a valid one such as `64512:100` or `large:64512:1:2`. */
export function communityError(text: string): string | null {
  const community = parseCommunity(text);
  return community.ok ? null : community.error;
}
