/** Measures the model in a large cluster: time and memory of a full computation, and the time of one changed EndpointSlice. */

import { SETUPS, type Setup } from '../../support/calico/cluster.ts';
import type { ModelFigures } from '../../support/calico/model-process.ts';
import { runChild } from '../../support/child-value.ts';
import { median, note, type Row, spread } from '../../support/figures.ts';

const PROGRAM = new URL('../../support/calico/model-process.ts', import.meta.url);
const RUNS = 3;
const SECONDS_MAX: Readonly<Record<Setup, number>> = { A: 0.5, B: 0.5, D: 1 };
const MEGABYTES_MAX = 150;
const CHANGE_MS_MAX = 2;
/** The slice before and after the change. */
const READ_OBJECTS_MAX = 2;

export async function calicoFullModel(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const setup of SETUPS) {
    const runs: ModelFigures[] = [];
    for (let run = 0; run < RUNS; run++) {
      runs.push(await runChild<ModelFigures>(PROGRAM, { BENCH_SETUP: setup }));
    }
    const of = (figure: (run: ModelFigures) => number): readonly number[] => runs.map(figure);
    const seconds = of(({ first }) => first / 1000);
    note(
      `set-up ${setup}: full computation ${spread(seconds)} s, JSON.parse ${spread(of(({ parse }) => parse))} ms`,
    );
    const routes = of((run) => run.routes);
    const readObjects = of((run) => run.readObjects);
    rows.push(
      {
        figure: `set-up ${setup}: full computation by a new process ÷ JSON.parse of the same objects`,
        goal: `≤ ${SECONDS_MAX[setup]} s`,
        seen: `${spread(of(({ first, parse }) => first / parse))}; ${spread(seconds)} s; repeated ${spread(of(({ again }) => again / 1000))} s`,
        met: median(seconds) <= SECONDS_MAX[setup],
      },
      {
        figure: `set-up ${setup}: memory that it adds: resident peak; kept`,
        goal: `≤ ${MEGABYTES_MAX} MB`,
        seen: `${spread(of(({ peak }) => peak))} MB; ${spread(of(({ kept }) => kept))} MB`,
        met: median(of(({ peak }) => peak)) <= MEGABYTES_MAX,
      },
      {
        figure: `set-up ${setup}: one EndpointSlice changes → the routes of its Service at every router: p50; p99`,
        goal: `≤ ${CHANGE_MS_MAX} ms`,
        seen: `${spread(routes)} ms; ${spread(of(({ routesWorst }) => routesWorst))} ms; ${spread(of(({ routes: one, sliceParse }) => one / sliceParse))} times JSON.parse of the slice`,
        met: median(routes) <= CHANGE_MS_MAX,
      },
      {
        figure: `set-up ${setup}: the same: objects read`,
        goal: `≤ ${READ_OBJECTS_MAX}`,
        seen: String(Math.max(...readObjects)),
        met: Math.max(...readObjects) <= READ_OBJECTS_MAX,
      },
      {
        figure: `set-up ${setup}: the same: conditions and findings of the whole cluster ÷ a full computation`,
        goal: '',
        seen: `${spread(of(({ next, again }) => next / again))}; ${spread(of(({ next }) => next))} ms`,
        met: null,
      },
    );
  }
  return rows;
}
