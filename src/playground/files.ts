/** The files that `-f` names, as kubectl takes it: a file, or a folder and what lies directly in it. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareText } from '../base/text.ts';
import { type Manifests, readManifests } from './manifests.ts';

/** A larger file is hardly a manifest; bytes. */
export const FILE_BYTES_MAX = 64 * 1024 * 1024;

const IS_MANIFEST = /\.(ya?ml|json)$/i;

/** Everything in `paths`, in their order, the files of a folder by name. What cannot be read is a complaint. */
export async function readPaths(paths: readonly string[]): Promise<Manifests> {
  const all = await Promise.all(paths.map(readPath));
  return {
    manifests: all.flatMap(({ manifests }) => manifests),
    complaints: all.flatMap(({ complaints }) => complaints),
  };
}

async function readPath(path: string): Promise<Manifests> {
  try {
    const about = await stat(path);
    if (!about.isDirectory()) return await readOne(path, about.size);
    const names = (await readdir(path)).filter((name) => IS_MANIFEST.test(name)).sort(compareText);
    if (names.length === 0) return only(path, 'holds no .yaml, .yml or .json file');
    return await readPaths(names.map((name) => join(path, name)));
  } catch (error) {
    return only(path, unreadable(error as NodeJS.ErrnoException));
  }
}

async function readOne(path: string, bytes: number): Promise<Manifests> {
  if (bytes > FILE_BYTES_MAX) return only(path, `is larger than ${FILE_BYTES_MAX} bytes`);
  return readManifests(path, await readFile(path, 'utf8'));
}

const only = (place: string, says: string): Manifests => ({ manifests: [], complaints: [{ place, says }] });

function unreadable({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'there is no such file or folder';
  return code === 'EACCES' ? 'may not be read' : `cannot be read: ${message}`;
}
