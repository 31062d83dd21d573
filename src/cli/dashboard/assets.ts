/** The files that the build made of `web/`. */
import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { err, ok, type Result } from '../../base/result.ts';
import type { StaticFile } from '../../http-server/dashboard-server.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** By the path of their URL; `/` is `index.html`. The error is a sentence. */
export async function readAssets(folder: URL): Promise<Result<ReadonlyMap<string, StaticFile>, string>> {
  const files = new Map<string, StaticFile>();
  try {
    for (const name of await readdir(folder)) {
      const contentType = CONTENT_TYPES[extname(name)];
      if (contentType === undefined) continue;
      const body = await readFile(new URL(name, folder));
      files.set(name === 'index.html' ? '/' : `/${name}`, { contentType, body });
    }
  } catch {
    // Reported below: without its page there is nothing to serve.
  }
  return files.has('/')
    ? ok(files)
    : err('the pages of the dashboard are not beside the program: build it with "npm run build"');
}
