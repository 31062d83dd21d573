// @ts-check
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { arch, argv, platform } from 'node:process';
import { pathToFileURL } from 'node:url';
import { withLock } from './lock.mjs';
import { bundledPlaces, describePackages, licencesText } from './parts/bundled.mjs';
import { nativePart } from './parts/native-part.mjs';
import { requirePackages } from './parts/packages.mjs';
import { bundleWeb } from './parts/web-part.mjs';
import { root } from './place.mjs';
import { say, seconds } from './run.mjs';

/**
 * Bundles `src/main.ts` into `dist/berth.mjs` and chunks beside it. One file would be simpler to carry, but Node reads
 * and scans all of it before the first line runs: with the packages in it `berth --help` takes 330 ms and 67 MB, in
 * chunks 110 ms and 44 MB. What stands behind an `await import()` is a chunk of its own, read when first asked for.
 */

const dist = join(root, 'dist');
const stamp = join(dist, '.inputs');

/** Manifests that come along as files, under the same paths: `berth crds` and the playground read them there. */
const shipped = [
  'deploy/crds',
  'examples/playground',
  'examples/playground-kinds',
  'examples/playground-native',
];

/** npm's record of what it installed: a bundle of other packages, or without one of them, is another bundle. */
const installed = 'node_modules/.package-lock.json';

const inputs = [
  'src',
  'web',
  'package.json',
  'package-lock.json',
  installed,
  'dev/build.mjs',
  'dev/lazy.mjs',
  'dev/parts/bundled.mjs',
  'dev/parts/native-part.mjs',
  'dev/parts/web-part.mjs',
  ...shipped,
];

/** Builds unless what is there was built from the same files. Needs the npm packages. */
export async function buildIfStale() {
  if (isFresh()) return;
  await withLock(`${dist}.lock`, async () => {
    if (!isFresh()) await build(); // whoever held the lock before may have built it
  });
}

function isFresh() {
  return (
    existsSync(join(dist, 'berth.mjs')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint()
  );
}

/** Builds. Needs the npm packages; throws where one that belongs beside the bundle is missing. */
async function build() {
  say('Building dist/berth.mjs ...');
  const modules = join(root, 'node_modules');
  const native = nativePart(modules);
  const started = performance.now();
  const before = fingerprint();
  const [{ build: bundle }, { namedExports }] = await Promise.all([import('esbuild'), import('./lazy.mjs')]);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  mkdirSync(dist, { recursive: true });
  rmSync(stamp, { force: true });
  const { metafile } = await bundle({
    entryPoints: { berth: join(root, 'src/main.ts') },
    outdir: dist,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['koffi'],
    minifySyntax: true,
    minifyWhitespace: true, // names stay: stack traces are read by people
    legalComments: 'linked',
    sourcemap: true,
    sourcesContent: false,
    define: { BERTH_VERSION: JSON.stringify(version), BERTH_CRDS: JSON.stringify(crds()) },
    banner: { js: header },
    plugins: [namedExports],
    metafile: true,
    absWorkingDir: root,
    logLevel: 'warning',
  });
  removeOthers(new Set(Object.keys(metafile.outputs)));
  const web = await bundleWeb(join(dist, 'web'));
  for (const folder of shipped) cpSync(join(root, folder), join(dist, folder), { recursive: true });
  for (const path of native) {
    cpSync(join(modules, path), join(dist, 'node_modules', path), { recursive: true });
  }
  writePackages(bundledPlaces([metafile, web]));
  chmodSync(join(dist, 'berth.mjs'), 0o755);
  writeFileSync(stamp, before);
  say(`Built dist/berth.mjs, ${seconds(started)}`);
}

/**
 * Names what is in the bundle, and beside it: for the bill of materials, and for whoever has to know the licences.
 * @param {readonly string[]} bundled
 */
function writePackages(bundled) {
  const packages = describePackages(root, [...bundled, 'node_modules/koffi'].sort());
  const named = packages.map(({ name, version }) => ({ name, version }));
  writeFileSync(join(dist, 'packages.json'), `${JSON.stringify(named, null, 2)}\n`);
  writeFileSync(join(dist, 'LICENSES.txt'), licencesText(root, packages));
}

/** What `berth crds` prints, so that a cluster can be prepared with nothing but the program at hand. */
function crds() {
  const folder = join(root, 'deploy/crds');
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
  return Object.fromEntries(
    names.sort().map((name) => [name.replace('.yaml', ''), readFileSync(join(folder, name), 'utf8')]),
  );
}

/** CommonJS packages ask for `require`, which modules do not have. Entry and chunks alike carry this. */
const header = `#!/usr/bin/env node
import { createRequire as berthCreateRequire } from 'node:module';
const require = berthCreateRequire(import.meta.url);`;

/**
 * Chunks are named for what is in them, so old ones would pile up.
 * @param {ReadonlySet<string>} outputs paths from the root
 */
function removeOthers(outputs) {
  for (const path of filesUnder(dist)) if (!outputs.has(relative(root, path))) rmSync(path);
}

/** Names, sizes and times of everything that goes into the bundle, and the platform that its native part is for. */
function fingerprint() {
  const hash = createHash('sha256').update(`${platform} ${arch} ${root}\n`);
  for (const path of inputs.flatMap((name) => filesUnder(join(root, name))).sort()) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/**
 * @param {string} path of a file or a folder
 * @returns {string[]}
 */
function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => filesUnder(join(path, name)));
}

/** `npm run build`, and what npm runs before it packs or links this: sets itself up first. */
if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  await requirePackages();
  await buildIfStale();
}
