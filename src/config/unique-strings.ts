/** Reads lists in which MetalLB allows no duplicates. */
import { type ConfigIssue, quoteText } from './issue.ts';
import type { ObjectReader } from './object-reader.ts';

/** The distinct strings of a list; a duplicate is an issue. */
export function readUniqueStrings(
  reader: ObjectReader,
  field: string,
  issues: ConfigIssue[],
): readonly string[] {
  const seen = new Map<string, string>();
  for (const { path, value } of reader.strings(field)) {
    const earlier = seen.get(value);
    if (earlier === undefined) seen.set(value, path);
    else
      issues.push({
        path,
        message: `${quoteText(value)} is listed twice, first at ${earlier}: remove one of them`,
      });
  }
  return [...seen.keys()];
}
