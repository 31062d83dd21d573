// @ts-check
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from '../place.mjs';

/**
 * The code and the tests as plain modules, compiled once a run: a test file starts in a fraction of the time that it takes with a
 * loader, which asks another thread for each of hundreds of modules. A module keeps the address of its source, so that
 * what it finds beside itself is there.
 */

/** Below it, packages are found as they are from the sources. */
const CACHE = join(root, 'node_modules', '.cache');
const MODULE_URL = '__moduleUrl';

/**
 * Compiles all modules of some folders into a new one.
 * @param {readonly string[]} folders from the root
 * @returns {Promise<{ folder: string, pathOf: (source: string) => string }>} `pathOf` a source, from the root: where it is compiled
 */
export async function compile(folders) {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'berth-tests-'));
  const sources = new Set(folders.flatMap(modulesIn));
  await write(sources, folder);
  return { folder, pathOf: (source) => join(folder, compiledName(source)) };
}

/**
 * @param {ReadonlySet<string>} sources
 * @param {string} folder
 */
async function write(sources, folder) {
  const { errors } = await build({
    entryPoints: [...sources],
    outdir: folder,
    outbase: root,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'linked',
    sourcesContent: false,
    define: { 'import.meta.url': MODULE_URL },
    logLevel: 'silent',
    plugins: [{ name: 'each module by itself', setup: compileEach }],
  }).catch((/** @type {import('esbuild').BuildFailure} */ failure) => failure);
  if (errors.length === 0) return;
  // One module that cannot be compiled is the failure of those that import it, and of no others.
  const broken = new Map(errors.map(({ text, location }) => [join(root, location?.file ?? ''), text]));
  const others = new Set([...sources].filter((source) => !broken.has(source)));
  if (others.size === sources.size) throw new Error(errors.map(({ text }) => text).join('\n'));
  for (const [source, text] of broken) {
    const path = join(folder, compiledName(relative(root, source)));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `throw new SyntaxError(${JSON.stringify(`${relative(root, source)}: ${text}`)});\n`);
  }
  await write(others, folder);
}

/** @param {import('esbuild').PluginBuild} esbuild */
function compileEach(esbuild) {
  esbuild.onResolve({ filter: /^\./ }, ({ path, importer }) => {
    const source = resolve(dirname(importer), path);
    if (!isModule(source)) return { path: pathToFileURL(source).href, external: true };
    const to = compiledName(relative(dirname(importer), source));
    return { path: to.startsWith('.') ? to : `./${to}`, external: true };
  });
  esbuild.onResolve({ filter: /^[^./]/ }, ({ path }) => ({ path, external: true }));
  esbuild.onLoad({ filter: /./ }, ({ path }) => ({
    contents: `const ${MODULE_URL} = ${JSON.stringify(pathToFileURL(path).href)}; ${readFileSync(path, 'utf8').replace(/^#!/, '//')}`,
    loader: path.endsWith('x') ? 'tsx' : 'ts',
  }));
}

/** @param {string} from a folder, from the root */
function modulesIn(from) {
  return readdirSync(join(root, from), { recursive: true, encoding: 'utf8' })
    .filter(isModule)
    .map((name) => join(root, from, name));
}

/** @param {string} path */
const isModule = (path) => /\.(?:tsx?|mjs)$/.test(path) && !path.endsWith('.d.ts');

/** @param {string} source */
const compiledName = (source) => source.replace(/\.[a-z]+$/, '.mjs');
