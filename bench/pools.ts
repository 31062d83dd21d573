/**
 * Measures pools of many ranges: the longest step of reading and indexing them, for which the event loop stands still, and
 * the memory that they need. Once for a pool as large as etcd stores, and once for a million ranges. Times are CPU times,
 * of the garbage collector as well, so that other programs of the machine do not count.
 */
import { Allocator } from '../src/allocation/allocator.ts';
import type { Steps } from '../src/base/steps.ts';
import { buildPoolSetInSteps, toPoolObject } from '../src/config/pool/pool-set.ts';
import { bench, median, note, type Row, spread } from './support/figures.ts';
import { collectGarbage, cpuMillis, heapBytes } from './support/process-usage.ts';

const RUNS = 3;
/** The most that an object of 1.5 MB can list. */
const RANGES_PER_POOL = 85_000;
const GOAL_MS = 50;
const MEBI = 1024 * 1024;

type Figures = { readonly longest: number; readonly total: number; readonly heap: number };

const poolText = (pool: number): string =>
  JSON.stringify({
    apiVersion: 'metallb.io/v1beta1',
    kind: 'IPAddressPool',
    metadata: { name: `p${pool}`, uid: `u${pool}`, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: {
      // Every other address, so that no two ranges can be merged.
      addresses: Array.from({ length: RANGES_PER_POOL }, (_, index) => {
        const bits = (10 << 24) + 2 * (pool * RANGES_PER_POOL + index);
        return `${bits >>> 24}.${(bits >> 16) & 255}.${(bits >> 8) & 255}.${bits & 255}/32`;
      }),
    },
  });

function run(pools: number): Figures {
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
  const startedAt = cpuMillis();
  allocator.updatePools(read.result, 0, prepared.result);
  const install = cpuMillis() - startedAt;
  collectGarbage();
  const heap = (heapBytes() - before) / MEBI;
  note(
    `${pools} pools: reading ${read.longest.toFixed(0)} of ${read.total.toFixed(0)} ms, indexing ${prepared.longest.toFixed(0)} of ${prepared.total.toFixed(0)} ms, installing ${install.toFixed(0)} ms, ${heap.toFixed(0)} MB`,
  );
  return {
    longest: Math.max(read.longest, prepared.longest, install),
    total: read.total + prepared.total + install,
    heap,
  };
}

function timed<T>(steps: Steps<T>): { readonly result: T; readonly longest: number; readonly total: number } {
  let [longest, total] = [0, 0];
  for (;;) {
    const startedAt = cpuMillis();
    const { done, value } = steps.next();
    const took = cpuMillis() - startedAt;
    longest = Math.max(longest, took);
    total += took;
    if (done) return { result: value, longest, total };
  }
}

await bench(5, async () =>
  [1, 12].flatMap((pools): Row[] => {
    const runs = Array.from({ length: RUNS }, () => run(pools));
    const of = (figure: keyof Figures): readonly number[] => runs.map((one) => one[figure]);
    return [
      {
        figure: `${pools * RANGES_PER_POOL} ranges in ${pools === 1 ? 'one pool' : `${pools} pools`}: longest step of the event loop`,
        goal: `≤ ${GOAL_MS} ms`,
        seen: `${spread(of('longest'))} ms of ${spread(of('total'))}; heap ${spread(of('heap'))} MB; ${RUNS} runs`,
        met: median(of('longest')) <= GOAL_MS,
      },
    ];
  }),
);
