/** The controller restarts among ten thousand Services that have their addresses. */
import { median, note, type Row, spread } from '../support/figures.ts';
import { since, whenQuiet, writesSoFar } from '../support/requests.ts';
import { OURS, serviceBody, servicePath } from '../support/services.ts';
import { CROWD, CROWD_SERVICES, type Crowd } from './crowd.ts';

const RUNS = 5;
const GOAL = 1.5;

export async function restart(crowd: Crowd): Promise<readonly Row[]> {
  const { bed, arrivals } = crowd;
  await crowd.leader.kill('SIGTERM');
  const before = await writesSoFar(bed.bare);
  crowd.leader = await bed.controller();
  const writes = since(before, await whenQuiet(bed.bare));
  const runs: { readonly served: number; readonly started: number; readonly list: number }[] = [];
  for (let run = 0; run < RUNS; run++) {
    await crowd.leader.kill('SIGTERM');
    const list = await bed.bareList();
    const name = `restart-${run}`;
    const startedAt = performance.now();
    crowd.leader = bed.launch();
    await bed.bare.must('POST', servicePath(CROWD), serviceBody(name, OURS));
    const servedAt = await arrivals.address(`${CROWD}/${name}`);
    const started = (await crowd.leader.spoke) - startedAt;
    runs.push({ served: servedAt - startedAt, started, list });
    note(
      `restart ${run + 1}: served after ${(servedAt - startedAt).toFixed(0)} ms, of which start ${started.toFixed(0)}; bare list ${list.toFixed(0)}`,
    );
    await whenQuiet(bed.bare);
  }
  const ratios = runs.map(({ served, started, list }) => (served - started) / list);
  const all = writes.services + writes.serviceObjects + writes.pools;
  return [
    {
      figure: `restart with ${CROWD_SERVICES} assigned: writes to Services and pools`,
      goal: '0',
      seen: String(all),
      met: all === 0,
    },
    {
      figure:
        'the same: first word of the process → a new Service is served ÷ a bare paged list by a process as fresh',
      goal: `≤ ${GOAL}`,
      seen: `${spread(ratios)}; ${spread(runs.map(({ served }) => served))} ms, of which ${spread(runs.map(({ started }) => started))} ms until the process is up`,
      met: median(ratios) <= GOAL,
    },
  ];
}
