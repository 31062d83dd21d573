/** Files, folders and standard input, as `-f` names them. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { err, ok, type Result } from '../../base/result.ts';
import { type ParsedManifest, parseManifestText } from './parse-manifests.ts';

/** A file that is larger is hardly a manifest; bytes. 10,000 Services with all their status are some 40 MB. */
export const FILE_BYTES_MAX = 256 * 1024 * 1024;

/** A folder with more files in it is hardly one of manifests. */
export const FILES_MAX = 10_000;

const IS_MANIFEST = /\.(ya?ml|json)$/i;

/** Everything in `paths`, in that order, folders with what is below them by name; `-` is standard input. */
export async function readManifests(
  paths: readonly string[],
  stdin: Readable,
): Promise<Result<readonly ParsedManifest[], readonly string[]>> {
  const complaints: string[] = [];
  const manifests: ParsedManifest[] = [];
  for (const path of paths) {
    for (const text of await readTexts(path, stdin)) {
      const read = text.ok ? parseManifestText(text.value.text, text.value.file) : err([text.error]);
      if (read.ok) for (const one of read.value) manifests.push(one);
      else complaints.push(...read.error);
    }
  }
  return complaints.length > 0 ? err(complaints) : ok(manifests);
}

export type FileText = { readonly file: string; readonly text: string };

/** One file, or standard input. */
export async function readText(path: string, stdin: Readable): Promise<Result<FileText, string>> {
  try {
    if (path === '-') return ok({ file: 'standard input', text: await readStdin(stdin) });
    if (/^https?:\/\//.test(path)) return err(`${path}: fetch it first (curl -O), and give the file`);
    const { size } = await stat(path);
    if (size > FILE_BYTES_MAX) return err(`${path}: is larger than ${FILE_BYTES_MAX} bytes`);
    return ok({ file: path, text: await readFile(path, 'utf8') });
  } catch (error) {
    return err(readErrorText(path, error));
  }
}

async function readTexts(path: string, stdin: Readable): Promise<readonly Result<FileText, string>[]> {
  if (path === '-') return [await readText(path, stdin)];
  const files: string[] = [];
  try {
    if (!(await stat(path)).isDirectory()) return [await readText(path, stdin)];
    await collectFiles(path, files);
  } catch (error) {
    return /^https?:/.test(path) ? [await readText(path, stdin)] : [err(readErrorText(path, error))];
  }
  if (files.length === 0) return [err(`${path}: holds no .yaml, .yml or .json file`)];
  if (files.length > FILES_MAX) return [err(`${path}: holds more than ${FILES_MAX} files`)];
  const texts: Result<FileText, string>[] = [];
  for (const file of files) texts.push(await readText(file, stdin));
  return texts;
}

/** Hidden folders and those of packages hold other people's files. */
async function collectFiles(folder: string, files: string[]): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules' || files.length > FILES_MAX) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await collectFiles(path, files);
    else if (IS_MANIFEST.test(entry.name)) files.push(path);
  }
}

async function readStdin(stdin: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > FILE_BYTES_MAX) throw new Error(`more than ${FILE_BYTES_MAX} bytes`);
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readErrorText(path: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `${path}: there is no such file or folder`;
  if (code === 'EACCES') return `${path}: may not be read`;
  return `${path}: cannot be read: ${message}`;
}
