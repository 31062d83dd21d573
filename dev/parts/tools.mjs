// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { withLock } from '../lock.mjs';
import { cacheFolder, root } from '../place.mjs';
import { capture, say, seconds } from '../run.mjs';

/**
 * The real Kubernetes binaries that end-to-end tests run against, built from source as tools of two small Go
 * modules: one could not hold both, since etcd's server would pull another etcd client into kube-apiserver.
 * What was built lies outside the clone in a folder named for everything that went into it, and appears there
 * whole or not at all.
 */

const KUBERNETES = 'v1.35.4';

/** @type {readonly { name: string, module: string, source: string }[]} */
const tools = [
  { name: 'etcd', module: 'etcd', source: 'go.etcd.io/etcd/server/v3' },
  { name: 'kube-apiserver', module: 'kubernetes', source: 'k8s.io/kubernetes/cmd/kube-apiserver' },
  { name: 'kubectl', module: 'kubernetes', source: 'k8s.io/kubernetes/cmd/kubectl' },
  { name: 'kube-proxy', module: 'kubernetes', source: 'k8s.io/kubernetes/cmd/kube-proxy' },
  { name: 'kubelet', module: 'kubernetes', source: 'k8s.io/kubernetes/cmd/kubelet' },
  { name: 'kube-scheduler', module: 'kubernetes', source: 'k8s.io/kubernetes/cmd/kube-scheduler' },
  {
    name: 'kube-controller-manager',
    module: 'kubernetes',
    source: 'k8s.io/kubernetes/cmd/kube-controller-manager',
  },
];

const flags = ['-trimpath', '-ldflags', `-s -w -X k8s.io/component-base/version.gitVersion=${KUBERNETES}`];

/** The folder of a Go module. */
export const moduleFolder = (/** @type {string} */ name) => join(root, 'dev/tools', name);

/**
 * The folder that holds the binaries, whether or not they are there yet.
 * @returns {string}
 */
export function toolsFolder() {
  const hash = createHash('sha256').update(JSON.stringify([tools, flags]));
  for (const name of new Set(tools.map((tool) => tool.module))) {
    for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(moduleFolder(name), file)));
  }
  const key = [KUBERNETES, process.platform, process.arch, hash.digest('hex').slice(0, 12)].join('-');
  return join(cacheFolder, 'tools', key);
}

/**
 * Builds what is not in the cache yet.
 * @returns {Promise<string | null>} null when all is there, else the reason why not, as one sentence without its full stop
 */
export async function provideTools() {
  const folder = toolsFolder();
  if (existsSync(folder)) return null;
  const unfit = await unfitGo([...new Set(tools.map((tool) => tool.module))]);
  if (unfit) return unfit;
  await mkdir(join(cacheFolder, 'tools'), { recursive: true });
  return withLock(`${folder}.lock`, async () =>
    existsSync(folder) ? null : buildTools(folder, tools, flags),
  );
}

/**
 * Builds programs into a folder, which appears whole or not at all.
 * @param {string} folder where the binaries shall appear
 * @param {readonly { name: string, module: string, source: string }[]} tools
 * @param {readonly string[]} flags of `go build`
 * @returns {Promise<string | null>} null when all are built, else why not
 */
export async function buildTools(folder, tools, flags) {
  const started = performance.now();
  await sweepWorkshops(folder);
  const workshop = await mkdtemp(`${folder}.building-`);
  try {
    say(`Building ${tools.map((tool) => tool.name).join(', ')} (once; about a minute each on two cores) ...`);
    for (const [index, { name, module, source }] of tools.entries()) {
      const { code, output } = await capture('go', ['build', ...flags, '-o', join(workshop, name), source], {
        cwd: moduleFolder(module),
        // The compiler's own garbage collection is a sixth of its time; memory is there.
        env: { GOGC: '400', ...process.env, CGO_ENABLED: '0' },
        doing: `building ${name} (${index + 1} of ${tools.length})`,
      });
      if (code !== 0) return `${name} did not build:\n${output.trimEnd()}\n`;
      say(`  built ${name} (${index + 1} of ${tools.length}), ${seconds(started)} so far`);
    }
    await rename(workshop, folder);
    return null;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/**
 * Takes away what builds that were interrupted left behind; whoever holds the lock may.
 * @param {string} folder
 */
async function sweepWorkshops(folder) {
  for (const name of await readdir(dirname(folder))) {
    if (name.startsWith(`${basename(folder)}.building-`))
      await rm(join(dirname(folder), name), { recursive: true });
  }
}

/**
 * @param {readonly string[]} modules
 * @returns {Promise<string | null>} why the Go at hand cannot build these modules, if so
 */
export async function unfitGo(modules) {
  const { code, stdout } = await capture('go', ['env', 'GOVERSION'], {
    env: { ...process.env, GOTOOLCHAIN: 'local' },
  });
  if (code !== 0) return 'Go is not installed';
  const wanted = wantedGo(modules);
  // A Go that may fetch a newer one of itself is fit whatever its own version.
  const mayFetch = (await capture('go', ['env', 'GOTOOLCHAIN'])).stdout.trim() !== 'local';
  if (mayFetch || compareVersions(stdout.trim().replace(/^go/, ''), wanted) >= 0) return null;
  return `Go is too old: ${stdout.trim()} where go${wanted} or newer is needed`;
}

/**
 * The newest `go` line of the modules.
 * @param {readonly string[]} modules
 */
function wantedGo(modules) {
  const lines = modules.map(
    (name) => /^go (\S+)$/m.exec(readFileSync(join(moduleFolder(name), 'go.mod'), 'utf8'))?.[1] ?? '0',
  );
  return lines.sort(compareVersions).at(-1) ?? '0';
}

/**
 * @param {string} a such as 1.26.8
 * @param {string} b
 */
function compareVersions(a, b) {
  return a.localeCompare(b, 'en', { numeric: true });
}
