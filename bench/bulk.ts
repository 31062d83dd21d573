/**
 * Measures bulk assignment: waiting Services get addresses when their pool is created. The baseline client sends the same
 * patches, 32 in flight. Both sides watch all Services all the time, and take turns.
 */

import { waitUntilQuiet } from './support/api-requests.ts';
import { AssignmentWatch } from './support/assignment-watch.ts';
import { bench, median, note, type Row, spread } from './support/figures.ts';
import type { RawService } from './support/raw-service.ts';
import {
  assignedBody,
  baselineAddress,
  createServices,
  inParallel,
  OURS,
  servicePath,
  THEIRS,
  waitingBody,
} from './support/services.ts';
import { startTestBed, type TestBed } from './support/test-bed.ts';

const ROUNDS = 10;
const SERVICES = 500;
const IN_FLIGHT = 32;
const GOAL = 0.9;

const QUIET_MS = 1500;

async function measure(fairness: boolean, rounds: number): Promise<Row> {
  const testBed = await startTestBed({ fairness });
  const arrivals = new AssignmentWatch(testBed.baseline);
  await testBed.controller();
  const rates: { readonly ours: number; readonly theirs: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const rate = { ours: 0, theirs: 0 };
    for (const side of round % 2 === 0 ? (['ours', 'theirs'] as const) : (['theirs', 'ours'] as const)) {
      const namespace = `${side}-${round}`;
      await testBed.namespace(namespace);
      const lbClass = side === 'ours' ? OURS : THEIRS;
      await createServices(testBed.baseline, { namespace, lbClass, count: SERVICES });
      if (side === 'theirs') await patchAll(testBed, arrivals, { namespace, body: waitingBody });
      await waitUntilQuiet(testBed.baseline, QUIET_MS); // conditions and events of the waiting Services
      const served = arrivals.until(() => arrivals.served(namespace) === SERVICES);
      if (side === 'ours')
        await testBed.pool(`pool-${round}`, { addresses: [`10.${round}.0.0/16`], namespaces: [namespace] });
      else
        await patchAll(testBed, arrivals, {
          namespace,
          body: (service, i) => assignedBody(service, baselineAddress(round * SERVICES + i), 'baseline'),
        });
      await served;
      rate[side] = arrivals.rate(namespace);
      await waitUntilQuiet(testBed.baseline, QUIET_MS); // events
    }
    note(`round ${round + 1}: ${rate.ours.toFixed(0)}/s, baseline ${rate.theirs.toFixed(0)}/s`);
    rates.push(rate);
  }
  arrivals.stop();
  await testBed.stop();
  const ratios = rates.map(({ ours, theirs }) => ours / theirs);
  return {
    figure: `waiting Services assigned in bulk, ${rounds} times ${SERVICES}: rate ÷ baseline${fairness ? ' (priority and fairness on)' : ''}`,
    goal: `≥ ${GOAL}`,
    seen: `${spread(ratios)}; ${spread(rates.map(({ ours }) => ours))}/s`,
    met: median(ratios) >= GOAL,
  };
}

async function patchAll(
  { baseline }: TestBed,
  arrivals: AssignmentWatch,
  {
    namespace,
    body,
  }: { readonly namespace: string; readonly body: (service: RawService, i: number) => string },
): Promise<void> {
  await inParallel(SERVICES, IN_FLIGHT, async (i) => {
    const service = arrivals.known.get(`${namespace}/s${i}`);
    if (service === undefined) throw new Error('a Service was not observed');
    await baseline.patchStatus(servicePath(namespace, `s${i}`), body(service, i));
  });
}

await bench(15, async () => [await measure(false, ROUNDS), await measure(true, 4)]);
