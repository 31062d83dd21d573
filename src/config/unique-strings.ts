/** Lists in which MetalLB takes no entry twice. */
import { type ConfigIssue, quoteText } from './issue.ts';
import type { ObjectReader } from './object-reader.ts';

/** The texts of a list, each once; one that comes again is complained about. */
export function readUniqueStrings(
  reader: ObjectReader,
  field: string,
  issues: ConfigIssue[],
): readonly string[] {
  const seen = new Map<string, string>();
  for (const { path, value } of reader.strings(field)) {
    const earlier = seen.get(value);
    if (earlier === undefined) seen.set(value, path);
    else issues.push({ path, message: `${quoteText(value)} is listed twice, first at ${earlier}` });
  }
  return [...seen.keys()];
}
