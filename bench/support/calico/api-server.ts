/**
 * The API server in memory as a process of its own, with a large cluster with Calico in which every Service has its final
 * conditions. On a message it moves endpoints, or counts the Services that were written to.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../../src/apiserver/object/value.ts';
import { startApiServer } from '../../../src/apiserver/server.ts';
import type { Raw } from '../../../src/base/json.ts';
import { CalicoModel } from '../../../src/calico/report/calico-model.ts';
import { generateSelfSigned } from '../../../src/http-server/self-signed.ts';
import { hashedRouterId } from '../../../src/kube/node-router-id.ts';
import { nameOf, namespaceOf } from '../../../src/objects/metadata.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { calicoCluster, LARGE, sliceOf } from './cluster.ts';
import { modelInputOf } from './model-input.ts';

/** A message to it; it replies with a number. */
export type ApiServerOrder = 'written' | { readonly move: number };

const MANIFESTS = [
  ...['ipaddresspools', 'configurationstates', 'l2advertisements', 'bgpadvertisements'].map(
    (name) => `deploy/crds/${name}.yaml`,
  ),
  'examples/playground-kinds/calico.yaml',
];

const cluster = calicoCluster('A', LARGE);
const tls = await generateSelfSigned(['127.0.0.1'], Date.now());
const namespaces = [...new Set(cluster.map(namespaceOf))].filter((name) => name !== '');
const { objects, url } = await startApiServer({ clock: systemClock, tls, namespaces });
for (const path of MANIFESTS) {
  const documents = parseAllDocuments(readFileSync(path, 'utf8'));
  for (const document of documents) objects.put(document.toJS() as JsonObject);
}
const { verdicts } = new CalicoModel(hashedRouterId).evaluate(modelInputOf(true, cluster));
const conditionByKey = new Map(verdicts);
for (const object of cluster) {
  const stored = objects.put(asStored(object));
  if (object['kind'] === 'Service') objects.put(withAnnouncedCondition(stored));
}
const versions = (): ReadonlyMap<string, unknown> =>
  new Map(
    objects.list('services').map((one) => [keyOf(one), (one['metadata'] as JsonObject)['resourceVersion']]),
  );
const before = versions();

writeFileSync(join(process.env['BENCH_FOLDER'] ?? '', 'ca.crt'), tls.cert);
process.once('disconnect', () => process.exit(0));
process.on('message', (order: ApiServerOrder) => {
  if (order === 'written') {
    const now = versions();
    process.send?.([...before].filter(([key, version]) => now.get(key) !== version).length);
    return;
  }
  for (let i = 0; i < order.move; i++)
    objects.put(asStored(sliceOf(i, [i % LARGE.nodes, (i * 3) % LARGE.nodes])));
  process.send?.(order.move);
});
process.send?.(url);

/** Without the fields that the API server sets itself. */
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

function withAnnouncedCondition(service: JsonObject): JsonObject {
  const condition = conditionByKey.get(keyOf(service));
  if (condition === undefined) throw new Error(`the model has no condition for ${keyOf(service)}`);
  const status = service['status'] as { readonly conditions: readonly JsonObject[] };
  const announcedCondition = {
    type: 'berth.dev/Announced',
    ...condition,
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
  return {
    ...service,
    status: { ...status, conditions: [...status.conditions, announcedCondition] },
  } as JsonObject;
}

function keyOf(object: Raw): string {
  return `${namespaceOf(object)}/${nameOf(object)}`;
}
