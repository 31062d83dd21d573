// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../lock.mjs';
import { cacheFolder } from '../place.mjs';
import { buildTools, moduleFolder, unfitGo } from './tools.mjs';

/**
 * Clients of the Kubernetes API beside the kubectl of `tools.mjs`: helm, kubectl of older releases, kube-score, which judges
 * objects, and two small programs of ours around the libraries that Flux and Argo CD apply with. Each is built of a Go module of its
 * own into a folder of its own, so that a new version of one rebuilds nothing else.
 */

/** @typedef {{ name: string, source: string, version: string, isForFull: boolean }} Client */

const kubectl = 'k8s.io/kubernetes/cmd/kubectl';

/** @type {readonly Client[]} */
const clients = [
  { name: 'helm', source: 'helm.sh/helm/v3/cmd/helm', version: 'v3.22.0', isForFull: false },
  // Each of the others takes a minute or more on two cores: too long for every run.
  { name: 'kubectl-1.27', source: kubectl, version: 'v1.27.16', isForFull: true },
  {
    name: 'kube-score',
    source: 'github.com/zegl/kube-score/cmd/kube-score',
    version: 'v1.20.0',
    isForFull: true,
  },
  { name: 'kubectl-1.31', source: kubectl, version: 'v1.31.14', isForFull: true },
  { name: 'flux-apply', source: '.', version: 'v0.70.0', isForFull: true },
  { name: 'argo-sync', source: '.', version: 'v3.6.0', isForFull: true },
];

/** The Kubernetes that `helm template` assumes; without it, one that is years old. */
const HELM_KUBERNETES = ['Major=1', 'Minor=35']
  .map((part) => ` -X helm.sh/helm/v3/pkg/chartutil.k8sVersion${part}`)
  .join('');

const flagsOf = (/** @type {Client} */ { source, version }) => [
  '-trimpath',
  '-ldflags',
  `-s -w${source === kubectl ? ` -X k8s.io/component-base/version.gitVersion=${version}` : HELM_KUBERNETES}`,
];

/** @param {Client} client */
function clientFolder(client) {
  const hash = createHash('sha256').update(JSON.stringify([client.source, flagsOf(client)]));
  const files = ['go.mod', 'go.sum', ...(client.source === '.' ? ['main.go'] : [])];
  for (const file of files) hash.update(readFileSync(join(moduleFolder(client.name), file)));
  const key = [client.name, process.platform, process.arch, hash.digest('hex').slice(0, 12)].join('-');
  return join(cacheFolder, 'tools', key);
}

/**
 * Where the client of this name is, whether or not it is there yet.
 * @param {string} name
 */
export function clientPath(name) {
  const client = clients.find((each) => each.name === name);
  if (client === undefined) throw new Error(`there is no client ${name}`);
  return join(clientFolder(client), name);
}

/**
 * Builds the clients that are not in the cache yet; those of `npm run test:full` only where `full` is set.
 * @param {boolean} full
 * @returns {Promise<string | null>} null when all are there, else the reason why not, as one sentence without its full stop
 */
export async function provideClients(full) {
  for (const client of clients.filter(({ isForFull }) => full || !isForFull)) {
    const folder = clientFolder(client);
    if (existsSync(folder)) continue;
    const unfit = await unfitGo([client.name]);
    if (unfit !== null) return unfit;
    await mkdir(join(cacheFolder, 'tools'), { recursive: true });
    const tools = [{ name: client.name, module: client.name, source: client.source }];
    const failed = await withLock(`${folder}.lock`, async () =>
      existsSync(folder) ? null : buildTools(folder, tools, flagsOf(client)),
    );
    if (failed !== null) return failed;
  }
  return null;
}
