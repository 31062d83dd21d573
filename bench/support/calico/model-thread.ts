/**
 * What the controller's own thread has to do while the model's works out a full answer: the question is copied over, the
 * answer copied back. A process of its own, with the built program's thread. Prints its figures as JSON.
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
  /** Milliseconds until the answer is there, by a thread that has to be started. */
  readonly answer: number;
  /** The longest turn of the event loop meanwhile; and in as long a time with nothing to do. */
  readonly longestDelay: number;
  readonly idleDelay: number;
  /** MB of resident memory that the thread adds to the process, at the most. */
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
    if (new Map(verdicts).size !== LARGE.services) throw new Error('Services are missing in the answer');
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
