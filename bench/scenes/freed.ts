/**
 * One address is freed while ten thousand others wait for another pool: how many of them are looked at, and how
 * long it takes until the one who waits for it has it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { median, note, type Row, spread } from '../support/figures.ts';
import { since, writesSoFar } from '../support/requests.ts';
import { bareAddress, bareBody, OURS, serviceBody, servicePath, THEIRS } from '../support/services.ts';
import { CROWD_SERVICES, type Crowd } from './crowd.ts';

const RUNS = 3;
const TURNS = 30; // a run
const GOAL = 3;
const NAMESPACE = 'few';

/** The watch brings our own patch back within this. */
const ECHO_MS = 50;
const EVENT_MS = 250;

type Run = {
  readonly ratio: number;
  readonly took: number;
  readonly sinceSent: number;
  readonly looks: number;
};
type Turn = {
  readonly took: number;
  readonly sinceSent: number;
  readonly looks: number;
  readonly barePatch: number;
};

export async function freed(crowd: Crowd): Promise<readonly Row[]> {
  const { bed } = crowd;
  await bed.namespace(NAMESPACE);
  await bed.pool('one', { addresses: ['10.1.0.0/32'], namespaces: [NAMESPACE] });
  await create(crowd, 'holder', OURS);
  await crowd.arrivals.address(`${NAMESPACE}/holder`);
  await create(crowd, 'bare', THEIRS);
  let holder = 'holder';
  const runs: Run[] = [];
  const before = await writesSoFar(bed.bare);
  for (let run = 0; run < RUNS; run++) {
    const turns: Turn[] = [];
    for (let i = 0; i < TURNS; i++) {
      const waiter = `waiter-${run}-${i}`;
      turns.push(await turn(crowd, { holder, waiter, index: run * TURNS + i }));
      holder = waiter;
    }
    const of = (figure: keyof Turn): number => median(turns.map((each) => each[figure]));
    const bare = of('barePatch');
    note(`freed, run ${run + 1}: ${of('took').toFixed(1)} ms, bare PATCH ${bare.toFixed(1)} ms`);
    runs.push({ ratio: of('took') / bare, took: of('took'), sinceSent: of('sinceSent'), looks: of('looks') });
  }
  const all = (figure: keyof Run): readonly number[] => runs.map((each) => each[figure]);
  // The bare PATCHes are not ours.
  const turns = RUNS * TURNS;
  const writes = (since(before, await writesSoFar(bed.bare)).services - turns) / turns;
  return [
    {
      figure: `one address freed, ${CROWD_SERVICES} waiting elsewhere: looks at Services (one that went, one that waited, at times at the echo of its own patch)`,
      goal: '2 or 3',
      seen: spread(all('looks')),
      met: median(all('looks')) <= 3,
    },
    {
      figure: 'the same: writes of status a turn (that the waiter waits; its address)',
      goal: '2',
      seen: writes.toFixed(2),
      met: writes <= 2.1,
    },
    {
      figure: 'the same: deletion seen on a watch → address seen on it ÷ a bare PATCH',
      goal: `≤ ${GOAL}`,
      seen: `${spread(all('ratio'))}; ${spread(all('took'))} ms (${spread(all('sinceSent'))} ms from sending the DELETE)`,
      met: median(all('ratio')) <= GOAL,
    },
  ];
}

type Cast = { readonly holder: string; readonly waiter: string; readonly index: number };

async function turn(crowd: Crowd, { holder, waiter, index }: Cast): Promise<Turn> {
  const { bed, arrivals } = crowd;
  await create(crowd, waiter, OURS);
  await settled(crowd, waiter);
  const looksBefore = await looks(crowd);
  const sentAt = performance.now();
  const seen = arrivals.address(`${NAMESPACE}/${waiter}`);
  await bed.bare.must('DELETE', servicePath(NAMESPACE, holder));
  const seenAt = await seen;
  await sleep(ECHO_MS);
  return {
    took: seenAt - (arrivals.leftAt.get(`${NAMESPACE}/${holder}`) ?? Number.NaN),
    sinceSent: seenAt - sentAt,
    looks: (await looks(crowd)) - looksBefore,
    barePatch: await barePatch(crowd, index),
  };
}

async function create({ bed }: Crowd, name: string, lbClass: string): Promise<void> {
  await bed.bare.must('POST', servicePath(NAMESPACE), serviceBody(name, lbClass));
}

/** Until the waiter's condition says that it waits, and its event is out of the way. */
async function settled({ arrivals }: Crowd, name: string): Promise<void> {
  await arrivals.until(() => {
    const now = arrivals.known.get(`${NAMESPACE}/${name}`);
    return JSON.stringify(now ?? {}).includes('berth.dev/');
  });
  await sleep(EVENT_MS);
}

async function barePatch({ bed, arrivals }: Crowd, index: number): Promise<number> {
  const key = `${NAMESPACE}/bare`;
  await arrivals.until(() => arrivals.known.has(key));
  const service = arrivals.known.get(key);
  if (service === undefined) throw new Error('the bare Service was not seen');
  const { resourceVersion } = service.metadata;
  const sentAt = performance.now();
  await bed.bare.patchStatus(servicePath(NAMESPACE, 'bare'), bareBody(service, bareAddress(index), 'bare'));
  const took = performance.now() - sentAt;
  await arrivals.until(() => arrivals.known.get(key)?.metadata.resourceVersion !== resourceVersion);
  return took;
}

async function looks({ metricsUrl }: Crowd): Promise<number> {
  const text = await (await fetch(metricsUrl)).text();
  return Number(/^metallb_k8s_client_updates_total(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1]);
}
