/**
 * What kubeconfig files say, put together as kubectl does: of two entries with one name the first counts, and
 * so does the first current-context. Only what is looked at is judged, so that an entry nobody uses may be as
 * broken as it likes.
 */

import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { err, ok, type Result } from '../base/result.ts';
import { closest, quoteList } from '../base/text.ts';
import { fieldsOf, isObject, listOf, type Raw, textOf } from '../cluster/fields.ts';

/** An entry, and where relative paths in it start. */
export type Entry = { readonly name: string; readonly fields: Raw; readonly folder: string };

export type Kubeconfig = {
  /** For sentences: the file, or the files. */
  readonly source: string;
  /** '' where no file names one. */
  readonly currentContext: string;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
};

/** The error is a sentence. Of several files those that do not exist are passed over, as kubectl does. */
export async function readKubeconfig(paths: readonly string[]): Promise<Result<Kubeconfig, string>> {
  const source = paths.join(' and ');
  const contexts = new Map<string, Entry>();
  const clusters = new Map<string, Entry>();
  const users = new Map<string, Entry>();
  let currentContext = '';
  let found = 0;
  for (const path of paths) {
    const file = await readYamlFile(path);
    if (!file.ok) return file;
    if (file.value === null) continue;
    found++;
    const folder = dirname(path);
    collect(contexts, file.value['contexts'], 'context', folder);
    collect(clusters, file.value['clusters'], 'cluster', folder);
    collect(users, file.value['users'], 'user', folder);
    if (currentContext === '') currentContext = textOf(file.value['current-context']);
  }
  if (found === 0) return err(`the kubeconfig ${source} does not exist`);
  return ok({ source, currentContext, contexts, clusters, users });
}

/** The entry called `name`, or a sentence that says what there is instead. */
export function entryNamed(
  entries: ReadonlyMap<string, Entry>,
  name: string,
  sentence: { readonly who: string; readonly source: string },
): Result<Entry, string> {
  const entry = entries.get(name);
  if (entry !== undefined) return ok(entry);
  const near = closest(name, entries.keys());
  const there = entries.size === 0 ? 'there is none at all' : `there is ${quoteList([...entries.keys()])}`;
  return err(
    `${sentence.who} "${name}" is not in ${sentence.source}: ${near === null ? there : `did you mean "${near}"?`}`,
  );
}

/** A path in an entry, from the folder of its file. */
export const pathIn = ({ folder }: Entry, path: string): string =>
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

function collect(into: Map<string, Entry>, list: unknown, kind: string, folder: string): void {
  for (const item of listOf(list)) {
    const entry = fieldsOf(item);
    const name = textOf(entry['name']);
    if (name === '' || into.has(name)) continue;
    into.set(name, { name, fields: fieldsOf(entry[kind]), folder });
  }
}
