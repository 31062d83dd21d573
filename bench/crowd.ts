/**
 * Ten thousand Services. First they wait for a pool that is too small, while an address comes free elsewhere;
 * then they all have one, and the controller restarts, idles, and hands over.
 */
import { freePort } from '../test/support/realapi/ports.ts';
import { CROWD, CROWD_POOL, CROWD_SERVICES, type Crowd } from './scenes/crowd.ts';
import { freed } from './scenes/freed.ts';
import { handover } from './scenes/handover.ts';
import { idle } from './scenes/idle.ts';
import { restart } from './scenes/restart.ts';
import { Arrivals } from './support/arrivals.ts';
import { startBed } from './support/bed.ts';
import { bench, note, type Row } from './support/figures.ts';
import { whenQuiet } from './support/requests.ts';
import { seedServices } from './support/seed.ts';

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(0)} s`;

async function measure(): Promise<readonly Row[]> {
  const bed = await startBed();
  await bed.namespace(CROWD);
  await bed.pool(CROWD_POOL, { addresses: ['10.0.0.0/32'], namespaces: [CROWD] });
  let startedAt = performance.now();
  await seedServices(bed.api.etcdUrl, { namespace: CROWD, count: CROWD_SERVICES });
  const arrivals = new Arrivals(bed.bare);
  await arrivals.until(() => arrivals.known.size >= CROWD_SERVICES);
  note(`${CROWD_SERVICES} Services created, ${seconds(startedAt)}`);
  startedAt = performance.now();
  const port = await freePort();
  const leader = await bed.controller([`--port=${port}`]);
  await whenQuiet(bed.bare);
  note(`all but one told that they wait, ${seconds(startedAt)}`);
  const crowd: Crowd = { bed, arrivals, leader, metricsUrl: `http://127.0.0.1:${port}/metrics` };
  const rows = [...(await freed(crowd))];
  startedAt = performance.now();
  await bed.pool(CROWD_POOL, { addresses: ['10.0.0.0/16'], namespaces: [CROWD] });
  await arrivals.until(() => arrivals.served(CROWD) === CROWD_SERVICES);
  note(`all served, ${seconds(startedAt)}`);
  await whenQuiet(bed.bare);
  for (const scene of [restart, idle, handover]) rows.push(...(await scene(crowd)));
  arrivals.stop();
  await bed.stop();
  return rows;
}

await bench(15, measure);
