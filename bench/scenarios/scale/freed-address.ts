/**
 * Measures the hand-off of one freed address while ten thousand Services wait for another pool: the number of reconciles,
 * and the time until the waiter has the address.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { countWrites, writesBetween } from '../../support/api-requests.ts';
import { median, note, type Row, spread } from '../../support/figures.ts';
import {
  assignedBody,
  baselineAddress,
  OURS,
  serviceBody,
  servicePath,
  THEIRS,
} from '../../support/services.ts';
import { LARGE_SERVICES, type LargeCluster } from './large-cluster.ts';

const RUNS = 3;
const HANDOFFS = 30; // a run
const GOAL = 3;
const NAMESPACE = 'few';

/** Within this time the watch brings our own patch. */
const ECHO_MS = 50;
const EVENT_MS = 250;

type Run = {
  readonly ratio: number;
  readonly took: number;
  readonly sinceSent: number;
  readonly reconciles: number;
};
type Handoff = {
  readonly took: number;
  readonly sinceSent: number;
  readonly reconciles: number;
  readonly baselinePatch: number;
};

export async function freedAddress(cluster: LargeCluster): Promise<readonly Row[]> {
  const { testBed } = cluster;
  await testBed.namespace(NAMESPACE);
  await testBed.pool('one', { addresses: ['10.1.0.0/32'], namespaces: [NAMESPACE] });
  await create(cluster, 'holder', OURS);
  await cluster.arrivals.address(`${NAMESPACE}/holder`);
  await create(cluster, 'baseline', THEIRS);
  let holder = 'holder';
  const runs: Run[] = [];
  const before = await countWrites(testBed.baseline);
  for (let run = 0; run < RUNS; run++) {
    const handoffs: Handoff[] = [];
    for (let i = 0; i < HANDOFFS; i++) {
      const waiter = `waiter-${run}-${i}`;
      handoffs.push(await measureHandoff(cluster, { holder, waiter, index: run * HANDOFFS + i }));
      holder = waiter;
    }
    const of = (figure: keyof Handoff): number => median(handoffs.map((each) => each[figure]));
    const baseline = of('baselinePatch');
    note(`freed, run ${run + 1}: ${of('took').toFixed(1)} ms, baseline PATCH ${baseline.toFixed(1)} ms`);
    runs.push({
      ratio: of('took') / baseline,
      took: of('took'),
      sinceSent: of('sinceSent'),
      reconciles: of('reconciles'),
    });
  }
  const all = (figure: keyof Run): readonly number[] => runs.map((each) => each[figure]);
  // Without the patches of the baseline.
  const handoffs = RUNS * HANDOFFS;
  const writes = (writesBetween(before, await countWrites(testBed.baseline)).services - handoffs) / handoffs;
  return [
    {
      figure: `one address freed, ${LARGE_SERVICES} wait for another pool: reconciles (the deleted Service, the waiter, and sometimes its watch event)`,
      goal: '2 or 3',
      seen: spread(all('reconciles')),
      met: median(all('reconciles')) <= 3,
    },
    {
      figure: 'the same: status writes of each hand-off (that the waiter waits; its address)',
      goal: '2',
      seen: writes.toFixed(2),
      met: writes <= 2.1,
    },
    {
      figure: 'the same: deletion observed → address observed ÷ a PATCH of the baseline',
      goal: `≤ ${GOAL}`,
      seen: `${spread(all('ratio'))}; ${spread(all('took'))} ms (${spread(all('sinceSent'))} ms from sending the DELETE)`,
      met: median(all('ratio')) <= GOAL,
    },
  ];
}

type HandoffInput = { readonly holder: string; readonly waiter: string; readonly index: number };

async function measureHandoff(
  cluster: LargeCluster,
  { holder, waiter, index }: HandoffInput,
): Promise<Handoff> {
  const { testBed, arrivals } = cluster;
  await create(cluster, waiter, OURS);
  await waitUntilPending(cluster, waiter);
  const reconcilesBefore = await reconcileCount(cluster);
  const sentAt = performance.now();
  const seen = arrivals.address(`${NAMESPACE}/${waiter}`);
  await testBed.baseline.sendOrThrow('DELETE', servicePath(NAMESPACE, holder));
  const seenAt = await seen;
  await sleep(ECHO_MS);
  return {
    took: seenAt - (arrivals.leftAt.get(`${NAMESPACE}/${holder}`) ?? Number.NaN),
    sinceSent: seenAt - sentAt,
    reconciles: (await reconcileCount(cluster)) - reconcilesBefore,
    baselinePatch: await baselinePatch(cluster, index),
  };
}

async function create({ testBed }: LargeCluster, name: string, lbClass: string): Promise<void> {
  await testBed.baseline.sendOrThrow('POST', servicePath(NAMESPACE), serviceBody(name, lbClass));
}

/** Waits until the waiter has its condition, and its event is sent. */
async function waitUntilPending({ arrivals }: LargeCluster, name: string): Promise<void> {
  await arrivals.until(() => {
    const now = arrivals.known.get(`${NAMESPACE}/${name}`);
    return JSON.stringify(now ?? {}).includes('berth.dev/');
  });
  await sleep(EVENT_MS);
}

async function baselinePatch({ testBed, arrivals }: LargeCluster, index: number): Promise<number> {
  const key = `${NAMESPACE}/baseline`;
  await arrivals.until(() => arrivals.known.has(key));
  const service = arrivals.known.get(key);
  if (service === undefined) throw new Error('the Service of the baseline was not observed');
  const { resourceVersion } = service.metadata;
  const sentAt = performance.now();
  await testBed.baseline.patchStatus(
    servicePath(NAMESPACE, 'baseline'),
    assignedBody(service, baselineAddress(index), 'baseline'),
  );
  const took = performance.now() - sentAt;
  await arrivals.until(() => arrivals.known.get(key)?.metadata.resourceVersion !== resourceVersion);
  return took;
}

async function reconcileCount({ metricsUrl }: LargeCluster): Promise<number> {
  const text = await (await fetch(metricsUrl)).text();
  return Number(/^metallb_k8s_client_updates_total(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1]);
}
