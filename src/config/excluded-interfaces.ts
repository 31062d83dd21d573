/** Reads MetalLB's list of interfaces that layer 2 leaves alone: `excludel2.yaml` of the ConfigMap `metallb-excludel2`. */
import { parse } from 'yaml';
import { err, ok, type Result } from '../base/result.ts';
import { type ConfigIssue, formatIssue } from './issue.ts';
import { ObjectReader } from './object-reader.ts';

/** The regular expressions as written; an empty file has none. The error is a sentence. */
export function readExcludedInterfaces(text: string): Result<readonly string[], string> {
  const issues: ConfigIssue[] = [];
  let document: unknown;
  try {
    document = parse(text) ?? {};
  } catch {
    return err('it is not valid YAML');
  }
  const reader = ObjectReader.of(document, '', issues);
  const patterns = reader?.strings('announcedInterfacesToExclude').map(({ value }) => value) ?? [];
  const [issue] = issues;
  return issue === undefined ? ok(patterns) : err(formatIssue(issue));
}
