/**
 * What kubeconfig files say, put together as kubectl does: of two entries with one name the first counts, and
 * so does the first current-context. Only what is looked at is judged, so that an entry nobody uses may be as
 * broken as it likes.
 */

import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { fieldsOf, isObject, listOf, type Raw, textOf } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { closestMatch, quoteList } from '../../base/text.ts';

/** An entry, and where relative paths in it start. */
export type KubeconfigEntry = { readonly name: string; readonly fields: Raw; readonly folder: string };

export type Kubeconfig = {
  /** For sentences: the file, or the files. */
  readonly source: string;
  /** '' where no file names one. */
  readonly currentContext: string;
  readonly contexts: ReadonlyMap<string, KubeconfigEntry>;
  readonly clusters: ReadonlyMap<string, KubeconfigEntry>;
  readonly users: ReadonlyMap<string, KubeconfigEntry>;
};

/** The error is a sentence. Of several files those that do not exist are passed over, as kubectl does. */
export async function readKubeconfig(paths: readonly string[]): Promise<Result<Kubeconfig, string>> {
  const source = paths.join(' and ');
  const contexts = new Map<string, KubeconfigEntry>();
  const clusters = new Map<string, KubeconfigEntry>();
  const users = new Map<string, KubeconfigEntry>();
  let currentContext = '';
  let foundCount = 0;
  for (const path of paths) {
    const file = await readYamlFile(path);
    if (!file.ok) return file;
    if (file.value === null) continue;
    foundCount++;
    const folder = dirname(path);
    collectEntries(contexts, file.value['contexts'], 'context', folder);
    collectEntries(clusters, file.value['clusters'], 'cluster', folder);
    collectEntries(users, file.value['users'], 'user', folder);
    if (currentContext === '') currentContext = textOf(file.value['current-context']);
  }
  if (foundCount === 0) return err(`the kubeconfig ${source} does not exist`);
  return ok({ source, currentContext, contexts, clusters, users });
}

/** The entry called `name`, or a sentence that says what there is instead. */
export function findEntry(
  entries: ReadonlyMap<string, KubeconfigEntry>,
  name: string,
  wording: { readonly subject: string; readonly source: string },
): Result<KubeconfigEntry, string> {
  const entry = entries.get(name);
  if (entry !== undefined) return ok(entry);
  const suggestion = closestMatch(name, entries.keys());
  const available =
    entries.size === 0 ? 'there is none at all' : `there is ${quoteList([...entries.keys()])}`;
  return err(
    `${wording.subject} "${name}" is not in ${wording.source}: ${suggestion === null ? available : `did you mean "${suggestion}"?`}`,
  );
}

/** A path in an entry, from the folder of its file. */
export const resolveEntryPath = ({ folder }: KubeconfigEntry, path: string): string =>
  isAbsolute(path) ? path : join(folder, path);

/** Null where there is no such file. */
async function readYamlFile(path: string): Promise<Result<Raw | null, string>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? ok(null) : err(`the kubeconfig ${path} cannot be read: ${message}`);
  }
  const { parse } = await import('yaml');
  try {
    const value: unknown = parse(text);
    return isObject(value) ? ok(value) : err(`${path} is not a kubeconfig: it holds no fields`);
  } catch (error) {
    const [line = ''] = (error as Error).message.split('\n');
    return err(`the kubeconfig ${path} is not YAML: ${line.replace(/:$/, '')}`);
  }
}

function collectEntries(
  into: Map<string, KubeconfigEntry>,
  list: unknown,
  kind: string,
  folder: string,
): void {
  for (const item of listOf(list)) {
    const entry = fieldsOf(item);
    const name = textOf(entry['name']);
    if (name === '' || into.has(name)) continue;
    into.set(name, { name, fields: fieldsOf(entry[kind]), folder });
  }
}
