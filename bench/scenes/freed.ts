/**
 * One address is freed while ten thousand others wait for another pool: how many of them are looked at, and how
 * long it takes until the one who waits for it has it.
 */
import { note, percentile, type Row, spread } from '../support/figures.ts';
import { since, writesSoFar } from '../support/requests.ts';
import { bareAddress, bareBody, OURS, serviceBody, servicePath, THEIRS } from '../support/services.ts';
import { CROWD_SERVICES, type Crowd } from './crowd.ts';

const RUNS = 3;
const TURNS = 30; // a run
const GOAL = 3;
const NAMESPACE = 'few';

type Run = { readonly ratio: number; readonly took: number; readonly sinceSent: number };

export async function freed(crowd: Crowd): Promise<readonly Row[]> {
  const { bed } = crowd;
  await bed.namespace(NAMESPACE);
  await bed.pool('one', { addresses: ['10.1.0.0/32'], namespaces: [NAMESPACE] });
  await create(crowd, 'holder', OURS);
  await crowd.arrivals.address(`${NAMESPACE}/holder`);
  await create(crowd, 'bare', THEIRS);
  let holder = 'holder';
  const runs: Run[] = [];
  const before = await counts(crowd);
  for (let run = 0; run < RUNS; run++) {
    const [took, sent, bare] = [[] as number[], [] as number[], [] as number[]];
    for (let turn = 0; turn < TURNS; turn++) {
      const waiter = `waiter-${run}-${turn}`;
      await create(crowd, waiter, OURS);
      await settled(crowd, waiter);
      const sentAt = performance.now();
      const seen = crowd.arrivals.address(`${NAMESPACE}/${waiter}`);
      await bed.bare.must('DELETE', servicePath(NAMESPACE, holder));
      const seenAt = await seen;
      took.push(seenAt - (crowd.arrivals.leftAt.get(`${NAMESPACE}/${holder}`) ?? Number.NaN));
      sent.push(seenAt - sentAt);
      bare.push(await barePatch(crowd, run * TURNS + turn));
      holder = waiter;
    }
    const patch = percentile(bare, 0.5);
    const figures = {
      ratio: percentile(took, 0.5) / patch,
      took: percentile(took, 0.5),
      sinceSent: percentile(sent, 0.5),
    };
    note(`freed, run ${run + 1}: ${figures.took.toFixed(1)} ms, bare PATCH ${patch.toFixed(1)} ms`);
    runs.push(figures);
  }
  const after = await counts(crowd);
  const turns = RUNS * TURNS;
  const writes = since(before.writes, after.writes).services - turns; // ours alone
  // Each turn has three looks: at the new waiter, at the Service that went, at the waiter once more.
  const looks = (after.looks - before.looks) / turns;
  return [
    {
      figure: `one address freed, ${CROWD_SERVICES} waiting elsewhere: waiting Services looked at`,
      goal: '1',
      seen: (looks - 2).toFixed(2),
      met: looks - 2 <= 1.1,
    },
    {
      figure: 'the same: writes of status a turn (the waiter’s condition when it comes, its address)',
      goal: '2',
      seen: (writes / turns).toFixed(2),
      met: writes / turns <= 2.1,
    },
    {
      figure: 'the same: deletion seen on a watch → address seen on it ÷ a bare PATCH',
      goal: `≤ ${GOAL}`,
      seen: `${spread(runs.map(({ ratio }) => ratio))}; ${spread(runs.map(({ took }) => took))} ms (${spread(runs.map(({ sinceSent }) => sinceSent))} ms from sending the DELETE)`,
      met:
        percentile(
          runs.map(({ ratio }) => ratio),
          0.5,
        ) <= GOAL,
    },
  ];
}

async function create({ bed }: Crowd, name: string, lbClass: string): Promise<void> {
  await bed.bare.must('POST', servicePath(NAMESPACE), serviceBody(name, lbClass));
}

/** Until the waiter's condition says that it waits, and its event is out of the way. */
async function settled({ arrivals }: Crowd, name: string): Promise<void> {
  const created = arrivals.known.get(`${NAMESPACE}/${name}`)?.metadata.resourceVersion;
  await arrivals.until(() => {
    const now = arrivals.known.get(`${NAMESPACE}/${name}`);
    return (
      now !== undefined &&
      now.metadata.resourceVersion !== created &&
      JSON.stringify(now).includes('berth.dev/')
    );
  });
  await new Promise((resolve) => setTimeout(resolve, 250));
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

async function counts({ bed, metricsUrl }: Crowd) {
  const text = await (await fetch(metricsUrl)).text();
  const looks = Number(/^metallb_k8s_client_updates_total(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1]);
  return { looks, writes: await writesSoFar(bed.bare) };
}
