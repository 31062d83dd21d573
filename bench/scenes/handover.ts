/** One leads, one stands by; the leader goes, politely or not, and a Service is created at that moment. */
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../test/support/realapi/ports.ts';
import type { Running } from '../support/bed.ts';
import { median, note, type Row, spread } from '../support/figures.ts';
import { OURS, serviceBody, servicePath } from '../support/services.ts';
import { CROWD, CROWD_SERVICES, type Crowd } from './crowd.ts';

const GRACEFUL = { runs: 5, goal: 1000 };

/** `--lease-duration` and `--retry-period` as they are unless told. */
const KILLED = { runs: 3, goal: 15_000 + 2000 };

export async function handover(crowd: Crowd): Promise<readonly Row[]> {
  const polite: number[] = [];
  for (let run = 0; run < GRACEFUL.runs; run++) polite.push(await once(crowd, `polite-${run}`, 'SIGTERM'));
  const killed: number[] = [];
  for (let run = 0; run < KILLED.runs; run++) killed.push(await once(crowd, `killed-${run}`, 'SIGKILL'));
  return [
    {
      figure: `hand-over with ${CROWD_SERVICES} Services: SIGTERM → the standby has served a new Service`,
      goal: `≤ ${GRACEFUL.goal} ms`,
      seen: `${spread(polite)} ms`,
      met: median(polite) <= GRACEFUL.goal,
    },
    {
      figure: 'the same after kill -9',
      goal: `≤ ${KILLED.goal} ms (lease + retry)`,
      seen: `${spread(killed)} ms`,
      met: median(killed) <= KILLED.goal,
    },
  ];
}

async function once(crowd: Crowd, name: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<number> {
  const standby = await standBy(crowd);
  const sentAt = performance.now();
  const exited = crowd.leader.kill(signal);
  await crowd.bed.bare.must('POST', servicePath(CROWD), serviceBody(name, OURS));
  const took = (await crowd.arrivals.address(`${CROWD}/${name}`)) - sentAt;
  note(`${signal}: ${took.toFixed(0)} ms`);
  await exited;
  crowd.leader = standby;
  return took;
}

/** Settles when its caches are full, which is when its probe says that it is ready. */
async function standBy({ bed }: Crowd): Promise<Running> {
  const port = await freePort();
  const standby = bed.launch([`--health-probe-port=${port}`]);
  for (;;) {
    await sleep(200);
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (answer?.ok) return standby;
  }
}
