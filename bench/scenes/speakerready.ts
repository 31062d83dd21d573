/** Among ten thousand Services one after the other becomes ready. */
import { note, percentile, type Row, spread } from '../support/figures.ts';
import { becomeReady, type Waited } from '../support/readiness.ts';
import type { SpeakerBed } from '../support/speakerbed.ts';

const SERVICES = 10_000;
const RUNS = 3;
const CHANGES = 300; // a run
const WARM_UP = 50;
const GOALS = { p50: 5, p99: 20 } as const;
const SHARES = { p50: 0.5, p99: 0.99 } as const;

export async function speakerReady(bed: SpeakerBed, port: number): Promise<readonly Row[]> {
  await bed.grow(SERVICES);
  const complete = bed.collector.has(port, SERVICES);
  const speaker = bed.speaker();
  await complete;
  await becomeReady(bed, port, { from: 0, count: WARM_UP });
  const runs: (readonly Waited[])[] = [];
  for (let run = 0; run < RUNS; run++)
    runs.push(await becomeReady(bed, port, { from: run * CHANGES, count: CHANGES }));
  await speaker.end();
  return (['p50', 'p99'] as const).map((figure) => {
    const of = (time: keyof Waited): readonly number[] =>
      runs.map((run) =>
        percentile(
          run.map((one) => one[time]),
          SHARES[figure],
        ),
      );
    const [told, seen] = [of('told'), of('seen')];
    const ratios = told.map((time, run) => time / (seen[run] ?? Number.NaN));
    note(`${figure}: ${spread(told)} ms, a bare watch ${spread(seen)} ms`);
    return {
      figure: `a Service becomes ready, one at a time, ${SERVICES} Services: ${figure} of PATCH sent → UPDATE at the router`,
      goal: `≤ ${GOALS[figure]} ms`,
      seen: `${spread(told)} ms; ÷ until a bare watch has brought it ${spread(ratios)}; ${RUNS} runs of ${CHANGES}`,
      met: percentile(told, 0.5) <= GOALS[figure],
    };
  });
}
