import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';

const MEGABYTE = 2 ** 20;

/** Makes much garbage and keeps a little, as a large list does, and prints how large the heap got. */
const program = (before: string, after: string): string => `
  import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';
  import { tuneForStart, START_CHECK_INTERVAL } from './src/runtime/main/v8-tuning.ts';
  const timers = [];
  const clock = { after: (delay, run) => (timers.push({ delay, run }), () => timers.splice(0)) };
  let isStartOver = false;
  ${before}
  const kept = [];
  for (let i = 0; i < 1_000_000; i++) {
    const made = { name: 'service-' + i, ports: [i, i + 1] };
    if (i % 100 === 0) kept.push(made);
  }
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  const live = kept.length;
  let old = Array.from({ length: 400_000 }, (_, i) => ({ i }));
  old = null;
  const full = getHeapStatistics().used_heap_size;
  ${after}
  console.log(JSON.stringify({
    young: young.space_size, live, full, used: getHeapStatistics().used_heap_size,
    timers: timers.map(({ delay }) => delay / START_CHECK_INTERVAL), hasGc: 'gc' in globalThis,
  }));
`;

type Printed = {
  readonly young: number;
  readonly full: number;
  readonly used: number;
  /** Delays of pending timers, in intervals. */
  readonly timers: readonly number[];
  readonly hasGc: boolean;
};

async function heapAfter(before: string, after = ''): Promise<Printed> {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program(before, after)];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  assert.equal(stderr, '', 'the engine knows all flags');
  return JSON.parse(stdout) as Printed;
}

const LIMITED = 'const stop = tuneForStart(clock, () => isStartOver);';
const NEXT_CHECK = 'timers.shift().run();';

describe('the heap of a process that lists much and then allocates little', () => {
  it('has a young generation that does not grow', async () => {
    const [small, leftAlone] = await Promise.all([heapAfter(LIMITED), heapAfter('')]);
    assert.ok(small.young <= 4 * MEGABYTE, `${small.young} bytes`);
    assert.ok(
      leftAlone.young > 2 * small.young,
      `${leftAlone.young} bytes when left alone, ${small.young} when not`,
    );
  });

  it('is collected once the start is over, and not before', async () => {
    const [during, over, later] = await Promise.all([
      heapAfter(LIMITED, NEXT_CHECK),
      heapAfter(LIMITED, `${NEXT_CHECK} isStartOver = true; ${NEXT_CHECK}`),
      heapAfter(LIMITED, `isStartOver = true; ${NEXT_CHECK} ${NEXT_CHECK}`),
    ]);
    assert.deepEqual(during.timers, [1], 'it checks again');
    assert.ok(during.used > during.full - 4 * MEGABYTE, `${during.used} of ${during.full} bytes`);
    assert.deepEqual(over.timers, [1], 'there was much garbage: it checks again');
    assert.deepEqual(later.timers, [], 'there was none: it checks no more');
    assert.ok(over.used < over.full - 8 * MEGABYTE, `${over.used} of ${over.full} bytes`);
    assert.equal(over.hasGc, false);
  });

  it('is left alone by a process that ends during its start', async () => {
    const { timers } = await heapAfter(LIMITED, 'stop();');
    assert.deepEqual(timers, []);
  });
});
