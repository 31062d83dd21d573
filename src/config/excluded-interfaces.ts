/** Reads MetalLB's list of interfaces that layer 2 leaves alone: `excludel2.yaml` of the ConfigMap `metallb-excludel2`. */
import { err, ok, type Result } from '../base/result.ts';
import type { ConfigIssue } from './issue.ts';
import { type ListItem, ObjectReader } from './object-reader.ts';
import { parseYaml } from './yaml.ts';

/**
 * The regular expressions as written, each with its path; an empty file has none. A field that is not known is an issue:
 * where the list has a wrong name, no interface would be left alone.
 */
export async function readExcludedInterfaces(
  text: string,
): Promise<Result<readonly ListItem<string>[], readonly ConfigIssue[]>> {
  const document = await parseYaml(text);
  if (!document.ok) return document;
  const issues: ConfigIssue[] = [];
  const reader = ObjectReader.of(document.value ?? {}, '', issues);
  const patterns = reader?.strings('announcedInterfacesToExclude') ?? [];
  reader?.rejectUnknownFields();
  return issues.length === 0 ? ok(patterns) : err(issues);
}
