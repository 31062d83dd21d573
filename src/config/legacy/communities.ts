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

/** Null for `64512:100` and `large:64512:1:2`, else a sentence. */
export function communityError(text: string): string | null {
  const community = parseCommunity(text);
  return community.ok ? null : community.error;
}
