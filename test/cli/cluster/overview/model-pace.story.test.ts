/** When the models of a followed cluster run: the clock is asked every second. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ModelPace } from '../../../../src/cli/cluster/overview/model-pace.ts';

type Story = {
  readonly says: string;
  /** Seconds at which something changes. */
  readonly changes: readonly number[];
  /** Seconds that a run takes. */
  readonly takes: number;
  /** Seconds at which runs begin, of the first minute. */
  readonly runs: readonly number[];
};

const stories: readonly Story[] = [
  { says: 'without a change, every ten seconds', changes: [], takes: 0, runs: [10, 20, 30, 40, 50, 60] },
  { says: 'at once for a change after a pause', changes: [5], takes: 0, runs: [5, 15, 25, 35, 45, 55] },
  { says: 'two seconds after the last run', changes: [1, 3], takes: 0, runs: [2, 4, 14, 24, 34, 44, 54] },
  {
    says: 'once for all changes of two seconds',
    changes: [4, 5, 6],
    takes: 0,
    runs: [4, 6, 16, 26, 36, 46, 56],
  },
  { says: 'again for a change during a run', changes: [10.5], takes: 1, runs: [10, 20, 31, 42, 53] },
  {
    says: 'a tenth of the time where a run is long, whatever changes',
    changes: Array.from({ length: 60 }, (_, second) => second),
    takes: 2,
    runs: [2, 22, 42],
  },
];

describe('the models run', () => {
  for (const { says, changes, takes, runs } of stories)
    it(says, () => {
      const pace = new ModelPace(0);
      const seen: number[] = [];
      for (let second = 1; second <= 60; second++) {
        if (changes.includes(second)) pace.noteChange();
        if (!pace.isDue(second * 1000)) continue;
        seen.push(second);
        pace.begin();
        if (changes.some((at) => at > second && at < second + takes)) pace.noteChange();
        pace.end(second * 1000, (second + takes) * 1000);
        second += takes;
      }
      assert.deepEqual(seen, runs);
    });
});
