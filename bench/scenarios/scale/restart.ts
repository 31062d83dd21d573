/** Measures a restart of the controller with ten thousand Services that have their addresses. */

import { countWrites, waitUntilQuiet, writesBetween } from '../../support/api-requests.ts';
import { median, note, type Row, spread } from '../../support/figures.ts';
import { OURS, serviceBody, servicePath } from '../../support/services.ts';
import { LARGE_NAMESPACE, LARGE_SERVICES, type LargeCluster } from './large-cluster.ts';

const RUNS = 5;
const GOAL = 1.5;

export async function restart(cluster: LargeCluster): Promise<readonly Row[]> {
  const { testBed, arrivals } = cluster;
  await cluster.leader.kill('SIGTERM');
  const before = await countWrites(testBed.baseline);
  cluster.leader = await testBed.controller();
  const writes = writesBetween(before, await waitUntilQuiet(testBed.baseline));
  const runs: { readonly served: number; readonly started: number; readonly list: number }[] = [];
  for (let run = 0; run < RUNS; run++) {
    await cluster.leader.kill('SIGTERM');
    const list = await testBed.baselineList();
    const name = `restart-${run}`;
    const startedAt = performance.now();
    cluster.leader = testBed.launch();
    await testBed.baseline.sendOrThrow('POST', servicePath(LARGE_NAMESPACE), serviceBody(name, OURS));
    const servedAt = await arrivals.address(`${LARGE_NAMESPACE}/${name}`);
    const started = (await cluster.leader.firstLogAt) - startedAt;
    runs.push({ served: servedAt - startedAt, started, list });
    note(
      `restart ${run + 1}: new address after ${(servedAt - startedAt).toFixed(0)} ms, of which start ${started.toFixed(0)}; baseline list ${list.toFixed(0)}`,
    );
    await waitUntilQuiet(testBed.baseline);
  }
  const ratios = runs.map(({ served, started, list }) => (served - started) / list);
  const all = writes.services + writes.serviceObjects + writes.pools;
  return [
    {
      figure: `restart with ${LARGE_SERVICES} assigned: writes to Services and pools`,
      goal: '0',
      seen: String(all),
      met: all === 0,
    },
    {
      figure:
        'the same: first log line of the process → a new Service has its address ÷ a paged list by a new baseline process',
      goal: `≤ ${GOAL}`,
      seen: `${spread(ratios)}; ${spread(runs.map(({ served }) => served))} ms, of which ${spread(runs.map(({ started }) => started))} ms until the first log line`,
      met: median(ratios) <= GOAL,
    },
  ];
}
