/** Measures the hand-over from a leader to its standby, after SIGTERM and SIGKILL: a Service is created at that moment. */
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../test/support/real-api/ports.ts';
import { median, note, type Row, spread } from '../../support/figures.ts';
import { OURS, serviceBody, servicePath } from '../../support/services.ts';
import type { RunningController } from '../../support/test-bed.ts';
import { LARGE_NAMESPACE, LARGE_SERVICES, type LargeCluster } from './large-cluster.ts';

const GRACEFUL = { runs: 5, goal: 1000 };

/** The defaults of `--lease-duration` and `--retry-period`. */
const KILLED = { runs: 3, goal: 15_000 + 2000 };

export async function leaderHandover(cluster: LargeCluster): Promise<readonly Row[]> {
  const graceful: number[] = [];
  for (let run = 0; run < GRACEFUL.runs; run++)
    graceful.push(await measureHandover(cluster, `graceful-${run}`, 'SIGTERM'));
  const killed: number[] = [];
  for (let run = 0; run < KILLED.runs; run++)
    killed.push(await measureHandover(cluster, `killed-${run}`, 'SIGKILL'));
  return [
    {
      figure: `hand-over with ${LARGE_SERVICES} Services: SIGTERM → the standby has assigned a new address`,
      goal: `≤ ${GRACEFUL.goal} ms`,
      seen: `${spread(graceful)} ms`,
      met: median(graceful) <= GRACEFUL.goal,
    },
    {
      figure: 'the same after kill -9',
      goal: `≤ ${KILLED.goal} ms (lease + retry)`,
      seen: `${spread(killed)} ms`,
      met: median(killed) <= KILLED.goal,
    },
  ];
}

async function measureHandover(
  cluster: LargeCluster,
  name: string,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<number> {
  const standby = await startStandby(cluster);
  const sentAt = performance.now();
  const exited = cluster.leader.kill(signal);
  await cluster.testBed.baseline.sendOrThrow('POST', servicePath(LARGE_NAMESPACE), serviceBody(name, OURS));
  const took = (await cluster.arrivals.address(`${LARGE_NAMESPACE}/${name}`)) - sentAt;
  note(`${signal}: ${took.toFixed(0)} ms`);
  await exited;
  cluster.leader = standby;
  return took;
}

/** Resolves when its probe is ready, which is when its informers have synced. */
async function startStandby({ testBed }: LargeCluster): Promise<RunningController> {
  const port = await freePort();
  const standby = testBed.launch([`--health-probe-port=${port}`]);
  for (;;) {
    await sleep(200);
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (answer?.ok) return standby;
  }
}
