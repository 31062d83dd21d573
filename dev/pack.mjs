// @ts-check
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { buildIfStale } from './build.mjs';
import { withLock } from './lock.mjs';
import { provideKoffi } from './parts/koffi.mjs';
import { requirePackages } from './parts/packages.mjs';
import { root } from './place.mjs';

/**
 * What npm runs before it packs: one package serves Linux on both architectures, with glibc and with musl. It depends on no other
 * package, so that it installs without a registry, a compiler and the scripts of others.
 */

const ARCHITECTURES = ['x64', 'arm64'];

await requirePackages();
await buildIfStale();
const dist = join(root, 'dist');
// Two that pack at once: neither packs what the other one has copied half of.
await withLock(`${dist}.lock`, async () => {
  for (const architecture of ARCHITECTURES) {
    const from = await provideKoffi(architecture);
    const to = join(dist, 'node_modules/@koromix', `koffi-linux-${architecture}`);
    // What is there stays: a program may have it loaded.
    cpSync(from, to, { recursive: true, force: false, filter: (path) => !path.endsWith('README.md') });
  }
});
