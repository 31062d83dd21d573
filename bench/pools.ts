/**
 * Measures pools of many ranges: the longest step of reading and indexing them, for which the event loop stands still, and
 * the memory that they need, in the controller and in a speaker. Once for a pool as large as etcd stores, and once for as many of those as are read. Times are CPU
 * times of the main thread, so that other programs of the machine do not count; those of all threads are printed as well.
 */

import { Allocator } from '../src/allocation/allocator.ts';
import { type ResolvedPools, resolvePoolsInSteps } from '../src/announce/config/pools.ts';
import type { Steps } from '../src/base/steps.ts';
import { buildPoolSetInSteps, RANGES_MAX, toPoolObject } from '../src/config/pool/pool-set.ts';
import { bench, median, note, type Row, spread } from './support/figures.ts';
import { poolObject, RANGES_PER_POOL } from './support/many-ranges.ts';
import { collectGarbage, cpuMillis, heapBytes, mainThreadMillis } from './support/process-usage.ts';

const RUNS = 3;
const GOAL_MS = 50;
const MEBI = 1024 * 1024;

/** In milliseconds of CPU time, and MB. `longestOfAll` is of all threads. */
type Figures = {
  readonly longest: number;
  readonly longestOfAll: number;
  readonly total: number;
  readonly heap: number;
};

const poolText = (pool: number): string => {
  const { metadata, ...object } = poolObject(pool);
  const identity = { uid: `u${pool}`, creationTimestamp: '2026-01-01T00:00:00Z' };
  return JSON.stringify({ ...object, metadata: { ...(metadata as object), ...identity } });
};

function runController(pools: number): Figures {
  const texts = Array.from({ length: pools }, (_, pool) => poolText(pool));
  collectGarbage();
  const before = heapBytes();
  const objects = texts.map((text) => toPoolObject(JSON.parse(text)));
  texts.length = 0;
  const services = { get: () => undefined, values: () => [], keys: () => [] };
  const allocator = new Allocator(
    { lbClass: '', ipMode: undefined, poolGrace: 0 } as never,
    services as never,
  );
  const read = timed(buildPoolSetInSteps(objects, null));
  const prepared = timed(allocator.preparePools(read.result));
  const installed = timed(
    (function* (): Steps<void> {
      yield null;
      allocator.updatePools(read.result, 0, prepared.result);
    })(),
  );
  collectGarbage();
  const heap = (heapBytes() - before) / MEBI;
  return report('controller', pools, {
    heap,
    parts: { reading: read, indexing: prepared, installing: installed },
  });
}

/** `edited`: all pools but one are the same as before. */
function runSpeaker(pools: number): Figures {
  const texts = Array.from({ length: pools }, (_, pool) => poolText(pool));
  collectGarbage();
  const before = heapBytes();
  const objects: unknown[] = texts.map((text) => JSON.parse(text));
  const start = timed(resolvePoolsInSteps(objects, null));
  const rest = objects.slice(1);
  const edited = timed(resolvePoolsInSteps([JSON.parse(texts[0] ?? ''), ...rest], start.result));
  let kept: ResolvedPools | null = edited.result;
  texts.length = objects.length = rest.length = 0;
  collectGarbage();
  const heap = (heapBytes() - before) / MEBI;
  if (kept.byName.size !== pools) throw new Error(`${kept.byName.size} of ${pools} pools are in force`);
  kept = null;
  return report('speaker', pools, { heap, parts: { start, edited } });
}

type Part = Omit<Figures, 'heap'>;

function report(
  program: string,
  pools: number,
  { heap, parts }: { readonly heap: number; readonly parts: Readonly<Record<string, Part>> },
): Figures {
  const texted = Object.entries(parts).map(
    ([name, { longest, total }]) => `${name} ${longest.toFixed(0)} of ${total.toFixed(0)} ms`,
  );
  note(`${program}, ${pools} pools: ${texted.join(', ')}, ${heap.toFixed(0)} MB`);
  const all = Object.values(parts);
  return {
    longest: Math.max(...all.map(({ longest }) => longest)),
    longestOfAll: Math.max(...all.map(({ longestOfAll }) => longestOfAll)),
    total: all.reduce((sum, { total }) => sum + total, 0),
    heap,
  };
}

function timed<T>(steps: Steps<T>): Omit<Figures, 'heap'> & { readonly result: T } {
  let [longest, longestOfAll, total] = [0, 0, 0];
  for (;;) {
    const [startedAt, allStartedAt] = [mainThreadMillis(), cpuMillis()];
    const { done, value } = steps.next();
    const took = mainThreadMillis() - startedAt;
    longest = Math.max(longest, took);
    longestOfAll = Math.max(longestOfAll, cpuMillis() - allStartedAt);
    total += took;
    if (done) return { result: value, longest, longestOfAll, total };
  }
}

await bench(5, async () =>
  [1, Math.floor(RANGES_MAX / RANGES_PER_POOL)].flatMap((pools): Row[] => {
    const rowOf = (program: string, run: (pools: number) => Figures): Row => {
      const runs = Array.from({ length: RUNS }, () => run(pools));
      const of = (figure: keyof Figures): readonly number[] => runs.map((one) => one[figure]);
      return {
        figure: `${program}, ${pools * RANGES_PER_POOL} ranges in ${pools === 1 ? 'one pool' : `${pools} pools`}: longest step of the event loop`,
        goal: `≤ ${GOAL_MS} ms`,
        seen: `${spread(of('longest'))} ms of ${spread(of('total'))}; of all threads ${spread(of('longestOfAll'))}; heap ${spread(of('heap'))} MB; ${RUNS} runs`,
        met: median(of('longest')) <= GOAL_MS,
      };
    };
    return [rowOf('controller', runController), rowOf('speaker', runSpeaker)];
  }),
);
