/** Measures how long the event loop of the controller's main thread is blocked during a full computation of the model. */
import { SETUPS, type Setup } from '../../support/calico/cluster.ts';
import type { ThreadFigures } from '../../support/calico/model-thread.ts';
import { runChild } from '../../support/child-value.ts';
import { median, type Row, spread } from '../../support/figures.ts';

const PROGRAM = new URL('../../support/calico/model-thread.ts', import.meta.url);
const RUNS = 3;
const DELAY_MS_MAX = 50;

export async function calicoEventLoopDelay(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const setup of SETUPS) rows.push(await measure(setup));
  return rows;
}

async function measure(setup: Setup): Promise<Row> {
  const runs: ThreadFigures[] = [];
  for (let run = 0; run < RUNS; run++) {
    runs.push(await runChild<ThreadFigures>(PROGRAM, { BENCH_SETUP: setup }));
  }
  const of = (figure: keyof ThreadFigures): string => spread(runs.map((run) => run[figure]));
  return {
    figure: `set-up ${setup}: longest turn of the event loop while the thread computes (idle, for as long)`,
    goal: `≤ ${DELAY_MS_MAX} ms`,
    seen: `${of('longestDelay')} ms (${of('idleDelay')} ms); the process grows by ${of('peak')} MB meanwhile`,
    met: median(runs.map(({ longestDelay }) => longestDelay)) <= DELAY_MS_MAX,
  };
}
