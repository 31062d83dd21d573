/**
 * Reads kubeconfig files and merges them as kubectl does: of two entries with one name the first wins, and so does the
 * first current-context. Entries that are not used are not validated.
 */

import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { fieldsOf, isObject, listOf, type Raw, textOf } from '../../base/json.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { failureText } from '../../base/system-error.ts';
import { didYouMean, quoteList } from '../../base/text.ts';

/** An entry, and the folder of its file, at which relative paths start. */
export type KubeconfigEntry = { readonly name: string; readonly fields: Raw; readonly folder: string };

export type Kubeconfig = {
  /** The file or files, for messages. */
  readonly source: string;
  /** '' where no file has one. */
  readonly currentContext: string;
  readonly contexts: ReadonlyMap<string, KubeconfigEntry>;
  readonly clusters: ReadonlyMap<string, KubeconfigEntry>;
  readonly users: ReadonlyMap<string, KubeconfigEntry>;
};

/** The error is a sentence. Of several files, missing ones are skipped, as in kubectl. */
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

/** The entry called `name`; the error is a sentence that lists the entries that exist. */
export function findEntry(
  entries: ReadonlyMap<string, KubeconfigEntry>,
  name: string,
  wording: { readonly subject: string; readonly source: string },
): Result<KubeconfigEntry, string> {
  const entry = entries.get(name);
  if (entry !== undefined) return ok(entry);
  const available = entries.size === 0 ? 'there is none' : `there is ${quoteList([...entries.keys()])}`;
  const hint = didYouMean(name, entries.keys(), (one) => `"${one}"`) ?? available;
  return err(`${wording.subject} "${name}" is not in ${wording.source}: ${hint}`);
}

/** A path of an entry, resolved from the folder of its file. */
export const resolveEntryPath = ({ folder }: KubeconfigEntry, path: string): string =>
  isAbsolute(path) ? path : join(folder, path);

/** Null where the file does not exist. */
async function readYamlFile(path: string): Promise<Result<Raw | null, string>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? ok(null) : err(`the kubeconfig ${path} cannot be read: ${failureText(error)}`);
  }
  const { parse } = await import('yaml');
  try {
    const value: unknown = parse(text);
    return isObject(value) ? ok(value) : err(`${path} is not a kubeconfig: it is not a YAML mapping`);
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
