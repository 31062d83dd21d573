/** Files, folders and standard input as the flag `-f` names them. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { err, ok, type Result } from '../base/result.ts';
import { failureText } from '../base/system-error.ts';
import { compareText, listSome } from '../base/text.ts';
import { type ManifestProblem, type ParsedManifests, parseManifests } from './parse-manifests.ts';
import { decodeText } from './text-encoding.ts';

/** Larger input is refused. 10,000 Services with their status are some 40 MB. */
export const FILE_BYTES_MAX = 256 * 1024 * 1024;

/** A folder with more files is refused: it holds something else than manifests. */
export const FILES_MAX = 10_000;

const IS_MANIFEST = /\.(ya?ml|json)$/i;

export type ReadOptions = {
  /** What `-` reads; null if it is not to be read. */
  readonly stdin: Readable | null;
  /** Whether subfolders are read too, except hidden ones and node_modules. */
  readonly recursive: boolean;
};

export type FileManifests = ParsedManifests & {
  /** Subfolders with manifests that were not read, where none are to be. */
  readonly unreadFolders: readonly string[];
};

/** All manifests in `paths`, in this order, those of a folder by name. What cannot be read is a problem. */
export async function readManifestFiles(
  paths: readonly string[],
  options: ReadOptions,
): Promise<FileManifests> {
  const parts: ParsedManifests[] = [];
  const unreadFolders: string[] = [];
  for (const path of paths) {
    const files = await filesOf(path, options);
    if (!files.ok) {
      parts.push(onlyProblem(files.error));
      continue;
    }
    unreadFolders.push(...files.value.unreadFolders);
    for (const file of files.value.files) {
      const text = await readText(file, options.stdin);
      parts.push(text.ok ? await parseManifests(text.value.text, text.value.file) : onlyProblem(text.error));
    }
  }
  return {
    manifests: parts.flatMap(({ manifests }) => manifests),
    problems: parts.flatMap(({ problems }) => problems),
    kustomizations: parts.flatMap(({ kustomizations }) => kustomizations),
    unreadFolders,
  };
}

const onlyProblem = (one: ManifestProblem): ParsedManifests => ({
  ...{ manifests: [], problems: [one], kustomizations: [] },
});

export type FileText = { readonly file: string; readonly text: string };

/** One file, or standard input. */
export async function readText(
  path: string,
  stdin: Readable | null,
): Promise<Result<FileText, ManifestProblem>> {
  const read = await readBytes(path, stdin);
  if (!read.ok) return read;
  const text = decodeText(read.value);
  return text.ok ? ok({ file: displayName(path), text: text.value }) : problem(path, text.error);
}

export async function readBytes(
  path: string,
  stdin: Readable | null,
): Promise<Result<Buffer, ManifestProblem>> {
  if (path === '-' && stdin !== null) return readStream(stdin);
  if (/^https?:\/\//.test(path)) return problem(path, 'is a URL: fetch it with curl -O, and name the file');
  try {
    const { size } = await stat(path);
    return size > FILE_BYTES_MAX ? problem(path, TOO_LARGE) : ok(await readFile(path));
  } catch (error) {
    return problem(path, readErrorText(error));
  }
}

const TOO_LARGE = `is larger than ${FILE_BYTES_MAX} bytes`;

async function readStream(stdin: Readable): Promise<Result<Buffer, ManifestProblem>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stdin) {
      const buffer = Buffer.from(chunk);
      bytes += buffer.length;
      if (bytes > FILE_BYTES_MAX) return problem('-', TOO_LARGE);
      chunks.push(buffer);
    }
  } catch (error) {
    return problem('-', readErrorText(error));
  }
  return ok(Buffer.concat(chunks));
}

async function filesOf(
  path: string,
  { stdin, recursive }: ReadOptions,
): Promise<Result<FoundFiles, ManifestProblem>> {
  const single = ok({ files: [path], unreadFolders: [] });
  if ((path === '-' && stdin !== null) || /^https?:/.test(path)) return single;
  const found: FoundFiles = { files: [], unreadFolders: [] };
  const { files, unreadFolders } = found;
  try {
    if (!(await stat(path)).isDirectory()) return single;
    await collectFiles(path, recursive, found);
  } catch (error) {
    return problem(path, readErrorText(error));
  }
  if (files.length === 0 && unreadFolders.length > 0)
    return problem(path, `holds manifests only in its folders: name ${listSome(unreadFolders)}`);
  if (files.length === 0) return problem(path, 'holds no .yaml, .yml or .json file');
  if (files.length > FILES_MAX) return problem(path, `holds more than ${FILES_MAX} files`);
  return ok(found);
}

type FoundFiles = {
  readonly files: string[];
  readonly unreadFolders: string[];
};

const isPassedOver = (name: string): boolean => name.startsWith('.') || name === 'node_modules';

async function collectFiles(folder: string, recursive: boolean, found: FoundFiles): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => compareText(a.name, b.name));
  for (const entry of entries) {
    if (isPassedOver(entry.name) || found.files.length > FILES_MAX) continue;
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) {
      if (IS_MANIFEST.test(entry.name)) found.files.push(path);
    } else if (recursive) await collectFiles(path, recursive, found);
    else if (await holdsManifests(path)) found.unreadFolders.push(path);
  }
}

/** Itself: a folder of folders is not looked through. One that may not be read may hold some. */
const holdsManifests = (folder: string): Promise<boolean> =>
  readdir(folder).then(
    (names) => names.some((name) => IS_MANIFEST.test(name)),
    () => true,
  );

const displayName = (path: string): string => (path === '-' ? 'standard input' : path);

const problem = (path: string, message: string): Result<never, ManifestProblem> =>
  err({ location: displayName(path), message });

function readErrorText(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file or folder';
  if (code === 'EISDIR') return 'is a folder';
  return code === 'EACCES' ? 'may not be read' : `cannot be read: ${failureText(error)}`;
}
