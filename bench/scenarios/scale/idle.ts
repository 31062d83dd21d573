/** Measures the CPU time of the idle controller. */
import { setTimeout as sleep } from 'node:timers/promises';
import { median, note, type Row, spread } from '../../support/figures.ts';
import { cpuSeconds, residentMemory } from '../../support/process-usage.ts';
import { LARGE_SERVICES, type LargeCluster } from './large-cluster.ts';

const RUNS = 3;
const SECONDS = 30; // a run: some lease renewals and bookmarks
const GOAL_PERCENT = 0.5;

export async function idle({ leader }: LargeCluster): Promise<readonly Row[]> {
  await sleep(5000);
  const shares: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const before = cpuSeconds(leader.pid);
    await sleep(SECONDS * 1000);
    shares.push((100 * (cpuSeconds(leader.pid) - before)) / SECONDS);
  }
  const { now, peak } = residentMemory(leader.pid);
  note(`idle: resident ${now.toFixed(0)} MB, peak ${peak.toFixed(0)} MB`);
  return [
    {
      figure: `idle CPU with ${LARGE_SERVICES} Services`,
      goal: `< ${GOAL_PERCENT} % of a core`,
      seen: `${spread(shares)} %`,
      met: median(shares) < GOAL_PERCENT,
    },
  ];
}
