/** Measures the delay from a ready endpoint to the UPDATE, one Service of ten thousand at a time. */
import { note, percentile, type Row, spread } from '../../support/figures.ts';
import { becomeReady, type ReadyDelays } from '../../support/speaker/readiness.ts';
import type { SpeakerTestBed } from '../../support/speaker/test-bed.ts';

const SERVICES = 10_000;
const RUNS = 3;
const CHANGES = 300; // a run
const WARM_UP = 50;
const GOALS = { p50: 5, p99: 20 } as const;
const SHARES = { p50: 0.5, p99: 0.99 } as const;

export async function speakerEndpointReady(testBed: SpeakerTestBed, port: number): Promise<readonly Row[]> {
  await testBed.growTo(SERVICES);
  const complete = testBed.collector.has(port, SERVICES);
  const speaker = testBed.speaker();
  await complete;
  await becomeReady(testBed, port, { from: 0, count: WARM_UP });
  const runs: (readonly ReadyDelays[])[] = [];
  for (let run = 0; run < RUNS; run++)
    runs.push(await becomeReady(testBed, port, { from: run * CHANGES, count: CHANGES }));
  await speaker.end();
  return (['p50', 'p99'] as const).map((figure) => {
    const of = (time: keyof ReadyDelays): readonly number[] =>
      runs.map((run) =>
        percentile(
          run.map((one) => one[time]),
          SHARES[figure],
        ),
      );
    const [updateDelays, watchDelays] = [of('untilUpdate'), of('untilWatch')];
    const ratios = updateDelays.map((time, run) => time / (watchDelays[run] ?? Number.NaN));
    note(`${figure}: ${spread(updateDelays)} ms, a baseline watch ${spread(watchDelays)} ms`);
    return {
      figure: `a Service becomes ready, one at a time, ${SERVICES} Services: ${figure} of PATCH sent → UPDATE at the router`,
      goal: `≤ ${GOALS[figure]} ms`,
      seen: `${spread(updateDelays)} ms; ÷ until a baseline watch has the change ${spread(ratios)}; ${RUNS} runs of ${CHANGES}`,
      met: percentile(updateDelays, 0.5) <= GOALS[figure],
    };
  });
}
