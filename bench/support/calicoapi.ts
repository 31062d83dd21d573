/**
 * The API server in memory, a process of its own, with a large cluster beside Calico in which every Service says already
 * what there is to say. Told to, it moves endpoints about, and counts the Services that somebody wrote to.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { startApiServer } from '../../src/apiserver/server.ts';
import type { JsonObject } from '../../src/apiserver/value.ts';
import { Answerer } from '../../src/calico/answer.ts';
import { nameOf, namespaceOf, type Raw } from '../../src/cluster/fields.ts';
import { selfSigned } from '../../src/http/selfsigned.ts';
import { routerIdOf } from '../../src/kube/noderouterid.ts';
import { systemClock } from '../../src/work/clock.ts';
import { calicoCluster, LARGE, sliceOf } from './calicocluster.ts';
import { asQuestion } from './calicoquestion.ts';

/** What the benchmark says to it, and what it answers with. */
export type Order = 'written' | { readonly move: number };

const MANIFESTS = [
  ...['ipaddresspools', 'configurationstates', 'l2advertisements', 'bgpadvertisements'].map(
    (name) => `deploy/crds/${name}.yaml`,
  ),
  'examples/playground-kinds/calico.yaml',
];

const cluster = calicoCluster('A', LARGE);
const tls = await selfSigned(['127.0.0.1'], Date.now());
const namespaces = [...new Set(cluster.map(namespaceOf))].filter((name) => name !== '');
const { store, url } = await startApiServer({ clock: systemClock, tls, namespaces });
for (const path of MANIFESTS) {
  const documents = parseAllDocuments(readFileSync(path, 'utf8'));
  for (const document of documents) store.put(document.toJS() as JsonObject);
}
const { verdicts } = new Answerer(routerIdOf).answer(asQuestion(true, cluster));
const words = new Map(verdicts);
for (const object of cluster) {
  const stored = store.put(asStored(object));
  if (object['kind'] === 'Service') store.put(announced(stored));
}
const versions = (): ReadonlyMap<string, unknown> =>
  new Map(
    store.list('services').map((one) => [keyOf(one), (one['metadata'] as JsonObject)['resourceVersion']]),
  );
const before = versions();

writeFileSync(join(process.env['BENCH_FOLDER'] ?? '', 'ca.crt'), tls.cert);
process.once('disconnect', () => process.exit(0));
process.on('message', (order: Order) => {
  if (order === 'written') {
    const now = versions();
    process.send?.([...before].filter(([key, version]) => now.get(key) !== version).length);
    return;
  }
  for (let i = 0; i < order.move; i++)
    store.put(asStored(sliceOf(i, [i % LARGE.nodes, (i * 3) % LARGE.nodes])));
  process.send?.(order.move);
});
process.send?.(url);

/** The server itself says when it was made, and which cluster address it has. */
function asStored(object: Raw): JsonObject {
  const {
    uid: _,
    resourceVersion: __,
    creationTimestamp: ___,
    ...metadata
  } = object['metadata'] as JsonObject;
  const { clusterIP: ____, clusterIPs: _____, ...spec } = (object['spec'] ?? {}) as JsonObject;
  return { ...(object as JsonObject), metadata, ...(object['spec'] === undefined ? {} : { spec }) };
}

function announced(service: JsonObject): JsonObject {
  const word = words.get(keyOf(service));
  if (word === undefined) throw new Error(`the model says nothing of ${keyOf(service)}`);
  const status = service['status'] as { readonly conditions: readonly JsonObject[] };
  const said = { type: 'berth.dev/Announced', ...word, lastTransitionTime: '2026-01-01T00:00:00Z' };
  return { ...service, status: { ...status, conditions: [...status.conditions, said] } } as JsonObject;
}

function keyOf(object: Raw): string {
  return `${namespaceOf(object)}/${nameOf(object)}`;
}
