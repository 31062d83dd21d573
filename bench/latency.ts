/**
 * Measures the time from the creation of a Service to its address on a watch, one Service at a time. The controller and the
 * baseline responder take turns Service by Service, so that other load of the machine slows both.
 */
import { AssignmentWatch } from './support/assignment-watch.ts';
import { bench, note, percentile, type Row, spread } from './support/figures.ts';
import { OURS, serviceBody, servicePath, THEIRS } from './support/services.ts';
import { startTestBed, type TestBed } from './support/test-bed.ts';

const RUNS = 5;
const SERVICES = 400; // a run and side
const WARM_UP = 50;
const GOALS = { p50: 1.2, p99: 1.5 };
const NAMESPACE = 'latency';

type Figures = { readonly p50: number; readonly p99: number };

async function measure(): Promise<readonly Row[]> {
  const testBed = await startTestBed();
  const arrivals = new AssignmentWatch(testBed.baseline);
  await testBed.controller();
  await testBed.responder();
  await testBed.namespace(NAMESPACE);
  await testBed.pool('latency', { addresses: ['10.0.0.0/16'], namespaces: [NAMESPACE] });
  await run(testBed, arrivals, { name: 'warm', services: WARM_UP });
  const runs: { readonly ours: Figures; readonly theirs: Figures }[] = [];
  for (let i = 0; i < RUNS; i++) {
    const { ours, theirs } = await run(testBed, arrivals, { name: `run${i}`, services: SERVICES });
    note(
      `run ${i + 1}: p50 ${ours.p50.toFixed(1)} ms, p99 ${ours.p99.toFixed(1)} ms; baseline ${theirs.p50.toFixed(1)}, ${theirs.p99.toFixed(1)}`,
    );
    runs.push({ ours, theirs });
  }
  arrivals.stop();
  await testBed.stop();
  return (['p50', 'p99'] as const).map((figure) => {
    const ratios = runs.map(({ ours, theirs }) => ours[figure] / theirs[figure]);
    return {
      figure: `create → address on a watch, one at a time: ${figure} ÷ baseline`,
      goal: `≤ ${GOALS[figure]}`,
      seen: `${spread(ratios)}; ${spread(runs.map(({ ours }) => ours[figure]))} ms`,
      met: percentile(ratios, 0.5) <= GOALS[figure],
    };
  });
}

async function run(
  testBed: TestBed,
  arrivals: AssignmentWatch,
  { name, services }: { readonly name: string; readonly services: number },
): Promise<{ readonly ours: Figures; readonly theirs: Figures }> {
  const times = { ours: [] as number[], theirs: [] as number[] };
  for (let i = 0; i < services; i++) {
    for (const side of ['ours', 'theirs'] as const) {
      const service = `${side}-${name}-${i}`;
      const sentAt = performance.now();
      const seen = arrivals.address(`${NAMESPACE}/${service}`);
      await testBed.baseline.sendOrThrow(
        'POST',
        servicePath(NAMESPACE),
        serviceBody(service, side === 'ours' ? OURS : THEIRS),
      );
      times[side].push((await seen) - sentAt);
    }
  }
  return { ours: figuresOf(times.ours), theirs: figuresOf(times.theirs) };
}

const figuresOf = (times: readonly number[]): Figures => ({
  p50: percentile(times, 0.5),
  p99: percentile(times, 0.99),
});

await bench(5, measure);
