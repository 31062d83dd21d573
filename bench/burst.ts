/**
 * Measures a burst of creations by 32 clients: the time until each Service has its address, the rate of assignments, and the
 * number of requests. The controller and the baseline responder take turns, burst by burst; each one watches the Services
 * of the other, too.
 */

import { type Writes, waitUntilQuiet, writesBetween } from './support/api-requests.ts';
import { AssignmentWatch } from './support/assignment-watch.ts';
import { bench, median, note, percentile, type Row, spread } from './support/figures.ts';
import { inParallel, OURS, serviceBody, servicePath, THEIRS } from './support/services.ts';
import { startTestBed, type TestBed } from './support/test-bed.ts';

const ROUNDS = 3;
const SERVICES = 2000;
const CLIENTS = 32;
const WARM_UP = 200;
const GOALS = { p50: 1.3, p99: 1.5, rate: 0.9, requests: { services: 1, events: 1, pools: 0.05 } };

/** The API server's own repair controllers write an event sometimes. */
const REPAIR_EVENTS_MAX = 0.01;

type Burst = { readonly p50: number; readonly p99: number; readonly rate: number; readonly writes: Writes };
type Side = 'ours' | 'theirs';
type Round = { readonly ours: Burst; readonly theirs: Burst };

async function measure(): Promise<readonly Row[]> {
  const testBed = await startTestBed();
  const arrivals = new AssignmentWatch(testBed.baseline);
  await testBed.controller();
  await testBed.responder();
  const take = (side: Side, namespace: string, services: number) =>
    burst(testBed, arrivals, { side, namespace, services });
  await take('ours', 'warm-ours', WARM_UP);
  await take('theirs', 'warm-theirs', WARM_UP);
  const rounds: Round[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const isFirst = i % 2 === 0;
    const before = isFirst ? await take('ours', `ours-${i}`, SERVICES) : null;
    const theirs = await take('theirs', `theirs-${i}`, SERVICES);
    const ours = before ?? (await take('ours', `ours-${i}`, SERVICES));
    note(`round ${i + 1}: ${describe(ours)}; baseline ${describe(theirs)}`);
    rounds.push({ ours, theirs });
  }
  arrivals.stop();
  await testBed.stop();
  return [...latencyRows(rounds), rateRow(rounds), ...requestRows(rounds)];
}

async function burst(
  { baseline, namespace: createNamespace, pool }: TestBed,
  arrivals: AssignmentWatch,
  {
    side,
    namespace,
    services,
  }: { readonly side: Side; readonly namespace: string; readonly services: number },
): Promise<Burst> {
  await createNamespace(namespace);
  if (side === 'ours') await pool('burst', { addresses: ['10.0.0.0/16'], namespaces: [namespace] });
  const before = await waitUntilQuiet(baseline);
  const sentAt = new Map<string, number>();
  const served = arrivals.until(() => arrivals.served(namespace) === services);
  const path = servicePath(namespace);
  await inParallel(services, CLIENTS, async (i) => {
    sentAt.set(`${namespace}/s${i}`, performance.now());
    await baseline.sendOrThrow('POST', path, serviceBody(`s${i}`, side === 'ours' ? OURS : THEIRS));
  });
  await served;
  const seenAt = [...sentAt.keys()].map((key) => arrivals.at.get(key) ?? Number.NaN);
  const waits = [...sentAt].map(([key, sent]) => (arrivals.at.get(key) ?? Number.NaN) - sent);
  const writes = writesBetween(before, await waitUntilQuiet(baseline));
  // Each Service makes the API server slower, so none is left for the next turn.
  await inParallel(services, CLIENTS, async (i) => {
    await baseline.sendOrThrow('DELETE', `${path}/s${i}`);
  });
  await arrivals.until(() => arrivals.served(namespace) === 0);
  return {
    p50: percentile(waits, 0.5),
    p99: percentile(waits, 0.99),
    rate: (1000 * services) / (Math.max(...seenAt) - Math.min(...sentAt.values())),
    writes,
  };
}

const describe = ({ p50, p99, rate }: Burst): string =>
  `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, ${rate.toFixed(0)}/s`;

const latencyRows = (rounds: readonly Round[]): readonly Row[] =>
  (['p50', 'p99'] as const).map((figure) => {
    const ratios = rounds.map(({ ours, theirs }) => ours[figure] / theirs[figure]);
    return {
      figure: `burst of ${SERVICES} creations, ${CLIENTS} clients: ${figure} create → address ÷ baseline`,
      goal: `≤ ${GOALS[figure]}`,
      seen: `${spread(ratios)}; ${spread(rounds.map(({ ours }) => ours[figure]))} ms`,
      met: median(ratios) <= GOALS[figure],
    };
  });

function rateRow(rounds: readonly Round[]): Row {
  const ratios = rounds.map(({ ours, theirs }) => ours.rate / theirs.rate);
  return {
    figure: 'the same burst: Services/s ÷ baseline',
    goal: `≥ ${GOALS.rate}`,
    seen: `${spread(ratios)}; ${spread(rounds.map(({ ours }) => ours.rate))}/s`,
    met: median(ratios) >= GOALS.rate,
  };
}

const NAMES = { services: 'status', events: 'events', pools: 'pool status' } as const;

const requestRows = (rounds: readonly Round[]): readonly Row[] =>
  (['services', 'events', 'pools'] as const).map((kind) => {
    const each = rounds.map(({ ours }) => ours.writes[kind] / SERVICES);
    return {
      figure: `the same burst: writes of ${NAMES[kind]} per Service`,
      goal: kind === 'pools' ? `≤ ${GOALS.requests.pools}` : String(GOALS.requests[kind]),
      seen: spread(each),
      met: median(each) <= GOALS.requests[kind] + REPAIR_EVENTS_MAX,
    };
  });

await bench(10, measure);
