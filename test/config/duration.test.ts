import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatDuration, parseDuration } from '../../src/config/duration.ts';
import { underSeeds } from '../support/random.ts';

describe('parseDuration', () => {
  const rows: readonly [text: string, millis: number | null][] = [
    ['90s', 90_000],
    ['1m30s', 90_000],
    ['1.5m', 90_000],
    ['.5s', 500],
    ['1h0m0s', 3_600_000],
    ['250ms', 250],
    ['1500us', 1.5],
    ['0', 0],
    ['0s', 0],
    ['90', null],
    ['', null],
    ['s', null],
    ['-5s', null],
    ['1 s', null],
    ['5S', null],
    ['1m30', null],
    ['1..5s', null],
  ];
  for (const [text, millis] of rows) {
    it(`${JSON.stringify(text)} is ${millis === null ? 'no duration' : `${millis} ms`}`, () => {
      const parsed = parseDuration(text);
      assert.equal(parsed.ok ? parsed.value : null, millis);
    });
  }

  it('suggests the unit where it is missing', () => {
    const parsed = parseDuration('90');
    assert.equal(!parsed.ok && parsed.error, 'has no unit: write 90s for seconds');
  });
});

describe('formatDuration', () => {
  const rows: readonly [millis: number, text: string][] = [
    [0, '0s'],
    [90_000, '1m30s'],
    [30_000, '30s'],
    [250, '250ms'],
    [1_500, '1.5s'],
    [3_600_000, '1h0m0s'],
    [65_535_000, '18h12m15s'],
  ];
  for (const [millis, text] of rows) {
    it(`${millis} ms is ${text}`, () => assert.equal(formatDuration(millis), text));
  }

  it('is parsed back to the same duration', () => {
    underSeeds(5, 100, (random) => {
      for (let i = 0; i < 200; i++) {
        const millis = random.below(100_000_000);
        assert.deepEqual(parseDuration(formatDuration(millis)), { ok: true, value: millis });
      }
    });
  });
});
