/** The files that `-f` names, as kubectl takes it: a file, or a folder and what lies directly in it. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareText } from '../../base/text.ts';
import { type ParsedManifests, parseManifestYaml } from './manifests.ts';

/** A larger file is hardly a manifest; bytes. */
export const MANIFEST_BYTES_MAX = 64 * 1024 * 1024;

const MANIFEST_NAME = /\.(ya?ml|json)$/i;

/** Everything in `paths`, in their order, the files of a folder by name. What cannot be read is a complaint. */
export async function readManifestPaths(paths: readonly string[]): Promise<ParsedManifests> {
  const all = await Promise.all(paths.map(readManifestPath));
  return {
    manifests: all.flatMap(({ manifests }) => manifests),
    problems: all.flatMap(({ problems }) => problems),
  };
}

async function readManifestPath(path: string): Promise<ParsedManifests> {
  try {
    const stats = await stat(path);
    if (!stats.isDirectory()) return await readManifestFile(path, stats.size);
    const names = (await readdir(path)).filter((name) => MANIFEST_NAME.test(name)).sort(compareText);
    if (names.length === 0) return problemOnly(path, 'holds no .yaml, .yml or .json file');
    return await readManifestPaths(names.map((name) => join(path, name)));
  } catch (error) {
    return problemOnly(path, describeReadError(error as NodeJS.ErrnoException));
  }
}

async function readManifestFile(path: string, bytes: number): Promise<ParsedManifests> {
  if (bytes > MANIFEST_BYTES_MAX) return problemOnly(path, `is larger than ${MANIFEST_BYTES_MAX} bytes`);
  return parseManifestYaml(path, await readFile(path, 'utf8'));
}

const problemOnly = (location: string, message: string): ParsedManifests => ({
  manifests: [],
  problems: [{ location, message }],
});

function describeReadError({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'there is no such file or folder';
  return code === 'EACCES' ? 'may not be read' : `cannot be read: ${message}`;
}
