/**
 * Benchmarks with ten thousand Services. First all wait for a pool that is full, while an address of another pool is
 * freed; then all have addresses, and the controller restarts, is idle, and hands over to its standby.
 */
import { freePort } from '../test/support/real-api/ports.ts';
import { freedAddress } from './scenarios/scale/freed-address.ts';
import { idle } from './scenarios/scale/idle.ts';
import {
  LARGE_NAMESPACE,
  LARGE_POOL,
  LARGE_SERVICES,
  type LargeCluster,
} from './scenarios/scale/large-cluster.ts';
import { leaderHandover } from './scenarios/scale/leader-handover.ts';
import { restart } from './scenarios/scale/restart.ts';
import { waitUntilQuiet } from './support/api-requests.ts';
import { AssignmentWatch } from './support/assignment-watch.ts';
import { bench, note, type Row } from './support/figures.ts';
import { seedServices } from './support/seed-services.ts';
import { startTestBed } from './support/test-bed.ts';

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(0)} s`;

async function measure(): Promise<readonly Row[]> {
  const testBed = await startTestBed();
  await testBed.namespace(LARGE_NAMESPACE);
  await testBed.pool(LARGE_POOL, { addresses: ['10.0.0.0/32'], namespaces: [LARGE_NAMESPACE] });
  let startedAt = performance.now();
  await seedServices(testBed.api.etcdUrl, { namespace: LARGE_NAMESPACE, count: LARGE_SERVICES });
  const arrivals = new AssignmentWatch(testBed.baseline);
  await arrivals.until(() => arrivals.known.size >= LARGE_SERVICES);
  note(`${LARGE_SERVICES} Services created, ${seconds(startedAt)}`);
  startedAt = performance.now();
  const port = await freePort();
  const leader = await testBed.controller([`--port=${port}`]);
  await waitUntilQuiet(testBed.baseline);
  note(`all conditions are written, ${seconds(startedAt)}`);
  const cluster: LargeCluster = {
    testBed,
    arrivals,
    leader,
    metricsUrl: `http://127.0.0.1:${port}/metrics`,
  };
  const rows = [...(await freedAddress(cluster))];
  startedAt = performance.now();
  await testBed.pool(LARGE_POOL, { addresses: ['10.0.0.0/16'], namespaces: [LARGE_NAMESPACE] });
  await arrivals.until(() => arrivals.served(LARGE_NAMESPACE) === LARGE_SERVICES);
  note(`all addresses are assigned, ${seconds(startedAt)}`);
  await waitUntilQuiet(testBed.baseline);
  for (const scenario of [restart, idle, leaderHandover]) rows.push(...(await scenario(cluster)));
  arrivals.stop();
  await testBed.stop();
  return rows;
}

await bench(15, measure);
