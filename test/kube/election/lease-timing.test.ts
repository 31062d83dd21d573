import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Stopwatch } from '../../../src/kube/election/lease-timing.ts';

type ClockSample = { readonly now: number; readonly wall: number };

const rows: readonly [title: string, samples: readonly ClockSample[], elapsed: number][] = [
  [
    'both clocks agree',
    [
      { now: 0, wall: 1_000 },
      { now: 70, wall: 1_070 },
    ],
    70,
  ],
  [
    'a suspend shows in wall time',
    [
      { now: 0, wall: 1_000 },
      { now: 5, wall: 61_000 },
    ],
    60_000,
  ],
  [
    'wall time that is set back subtracts nothing',
    [
      { now: 0, wall: 90_000 },
      { now: 50, wall: 10 },
    ],
    50,
  ],
  [
    'a measured suspend is not undone by wall time that is set back afterwards',
    [
      { now: 0, wall: 0 },
      { now: 0, wall: 12_000 },
      { now: 10, wall: -50_000 },
    ],
    12_010,
  ],
];

describe('elapsed time', () => {
  for (const [title, samples, elapsed] of rows) {
    it(title, () => {
      const left = [...samples];
      let current = left.shift() ?? assert.fail();
      const stopwatch = new Stopwatch({ now: () => current.now, wall: () => current.wall });
      for (const next of left) {
        current = next;
        stopwatch.read();
      }
      assert.equal(stopwatch.read().elapsed, elapsed);
    });
  }
});
