/**
 * The API server in memory as a process of its own, with many Services that have their addresses. A real one takes most of
 * an hour to create fifty thousand. The controller receives the same bytes.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { JsonObject } from '../../src/apiserver/object/value.ts';
import { startApiServer } from '../../src/apiserver/server.ts';
import { generateSelfSigned } from '../../src/http-server/self-signed.ts';
import { systemClock } from '../../src/workqueue/system-clock.ts';
import { Churn, type ChurnOrder } from './churn.ts';
import { hostileService, TENANT } from './hostile-services.ts';
import { poolObject } from './many-ranges.ts';
import type { MemoryApiOptions } from './memory-api-options.ts';
import { OURS } from './services.ts';
import { speakerNodes } from './speaker-nodes.ts';
import { NAMESPACE } from './test-bed.ts';

const POOL = 'crowd';

const {
  folder,
  services,
  hostile = 0,
  churns = false,
  fullPools = 0,
  nodes = 0,
  routers = 0,
  routersOfANode,
  waiting = 0,
} = JSON.parse(process.env['BENCH_MEMORY'] ?? '') as MemoryApiOptions;
const tls = await generateSelfSigned(['127.0.0.1'], Date.now());
const { objects, url } = await startApiServer({ clock: systemClock, tls });
for (const file of readdirSync('deploy/crds').filter((name) => name !== 'kustomization.yaml'))
  objects.put(parse(readFileSync(`deploy/crds/${file}`, 'utf8')) as JsonObject);
for (const name of [NAMESPACE, POOL, TENANT])
  objects.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
objects.put({
  apiVersion: 'metallb.io/v1beta1',
  kind: 'IPAddressPool',
  metadata: { name: POOL, namespace: NAMESPACE },
  spec: { addresses: ['10.0.0.0/12'] },
});
for (let i = 0; i < services - waiting; i++)
  objects.put(service(`s${i}`, `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`));
for (let i = services - waiting; i < services; i++) objects.put(waitingService(`s${i}`));
for (let i = 0; i < hostile; i++) objects.put(hostileService(i));
for (let i = 0; i < fullPools; i++) objects.put(poolObject(i));
for (const object of speakerNodes(
  { nodes, routers, ...(routersOfANode === undefined ? {} : { routersOfANode }) },
  NAMESPACE,
))
  objects.put(object);
const churn = churns ? new Churn(objects) : null;
process.on('message', (order) => process.send?.(churn?.order(order as ChurnOrder)));
writeFileSync(join(folder, 'ca.crt'), tls.cert);
process.once('disconnect', () => process.exit(0));
process.send?.(url);

/** A Service with a label and a selector of its own, as in a real cluster. */
function service(name: string, ip: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      namespace: POOL,
      labels: { 'app.kubernetes.io/name': name },
      annotations: { 'metallb.io/ip-allocated-from-pool': POOL },
    },
    spec: {
      type: 'LoadBalancer',
      loadBalancerClass: OURS,
      allocateLoadBalancerNodePorts: false,
      selector: { 'app.kubernetes.io/name': name },
      ports: [{ port: 80 }],
    },
    status: {
      loadBalancer: { ingress: [{ ip }] },
      conditions: [
        {
          type: 'berth.dev/Assigned',
          status: 'True',
          reason: 'Assigned',
          message: `${ip} from pool "${POOL}".`,
          lastTransitionTime: '2026-01-01T00:00:00Z',
        },
      ],
    },
  };
}

/** One that waits for an address of the pool, which it names. */
function waitingService(name: string): JsonObject {
  const { metadata, spec, ...rest } = service(name, '');
  const condition = {
    ...{ type: 'berth.dev/Assigned', status: 'False', reason: 'PoolExhausted' },
    message: `Pool "${POOL}" has no free address.`,
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
  return {
    ...rest,
    metadata: { name, namespace: POOL, annotations: { 'metallb.io/address-pool': POOL } },
    spec: spec ?? null,
    status: { loadBalancer: {}, conditions: [condition] },
  };
}
