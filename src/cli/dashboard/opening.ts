/**
 * How a browser gets the token: by a file that only its owner can read, and that leads on to the dashboard. In an argument list,
 * every user of the machine could read it.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type OpeningFile = {
  readonly path: string;
  remove(): Promise<void>;
};

/** `url` has no character that HTML gives a meaning to. */
export async function writeOpeningFile(url: string): Promise<OpeningFile> {
  const folder = await mkdtemp(join(tmpdir(), 'berth-dashboard-')); // mode 0700
  const path = join(folder, 'open.html');
  const page = `<!doctype html><title>Berth</title><meta http-equiv="refresh" content="0;url=${url}">\n`;
  await writeFile(path, page, { mode: 0o600 });
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = { linux: 'xdg-open', darwin: 'open' };

/** Whether a program that opens files was started; a machine without a screen has none, or it does nothing. */
export function openFile(path: string, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  const program = OPENERS[platform];
  if (program === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(program, [path], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
