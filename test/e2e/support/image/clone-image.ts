/** The image that the Dockerfile of this clone gives, built without a container engine. */
import { cpSync, mkdirSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../../dev/place.mjs';
import { buildImage, contextEntries, type Image, readText } from './build.ts';
import { parseDockerfile } from './dockerfile.ts';

const full = process.env['BERTH_FULL'] === '1';

/** Builds below `scratch`, which the caller removes. The full run installs packages; the quick run uses those of the clone. */
export function buildCloneImage(scratch: string): Image {
  const context = join(scratch, 'context');
  mkdirSync(context);
  for (const entry of contextEntries(readText(join(root, '.dockerignore'))))
    cpSync(join(root, entry), join(context, entry), { recursive: true });
  const stages = parseDockerfile(readText(join(root, 'Dockerfile')));
  return buildImage({ stages, context, scratch, substitute: installed });
}

function installed(command: string, folder: string): boolean {
  if (full || !command.startsWith('npm ci')) return false;
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  // The copied lock file would be newer than these packages: the build would install again, and empty the clone's folder.
  utimesSync(join(folder, 'package-lock.json'), 0, 0);
  return true;
}
