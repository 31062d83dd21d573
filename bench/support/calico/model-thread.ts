/**
 * Measures the main thread during a full computation in the model's thread: the request and the result are copied between
 * threads. Runs in a process of its own, with the thread of the built program. Prints the figures as JSON.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { ModelThread } from '../../../src/controller/main/announced/calico/model-thread.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { residentMemory } from '../process-usage.ts';
import { calicoCluster, LARGE, type Setup } from './cluster.ts';
import { modelInputOf } from './model-input.ts';

export type ThreadFigures = {
  /** Milliseconds until the result, including the start of the thread. */
  readonly answer: number;
  /** Milliseconds of the longest turn of the event loop meanwhile; and of an idle event loop in the same time. */
  readonly longestDelay: number;
  readonly idleDelay: number;
  /** The resident peak that the thread adds, in MB. */
  readonly peak: number;
};

const NANOS = 1e6;

async function measure(setup: Setup): Promise<ThreadFigures> {
  const request = modelInputOf(true, calicoCluster(setup, LARGE));
  (globalThis as { gc?: () => void }).gc?.();
  writeFileSync('/proc/self/clear_refs', '5');
  const before = residentMemory(process.pid).now;
  const model = new ModelThread(resolve('dist/berth.mjs'), systemClock);
  const startedAt = performance.now();
  const longestDelay = await longestLoopDelay(async () => {
    const { verdicts } = await model.evaluate(request);
    if (new Map(verdicts).size !== LARGE.services) throw new Error('Services are missing in the result');
  });
  const answer = performance.now() - startedAt;
  const { peak } = residentMemory(process.pid);
  model.close();
  const idleDelay = await longestLoopDelay(() => sleep(answer));
  return { answer, longestDelay, idleDelay, peak: peak - before };
}

async function longestLoopDelay(work: () => Promise<unknown>): Promise<number> {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  await sleep(20);
  histogram.reset();
  await work();
  await sleep(20);
  histogram.disable();
  return histogram.max / NANOS;
}

process.stdout.write(JSON.stringify(await measure(process.env['BENCH_SETUP'] as Setup)));
process.exit(0);
