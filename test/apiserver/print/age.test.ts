import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatAge } from '../../../src/apiserver/print/age.ts';

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000] as const;

describe('formatAge prints ages like kubectl', () => {
  const rows: readonly [age: number, text: string][] = [
    [-5 * SECOND, '<invalid>'],
    [0, '0s'],
    [119 * SECOND, '119s'],
    [2 * MINUTE, '2m'],
    [3 * MINUTE + 20 * SECOND, '3m20s'],
    [10 * MINUTE + 5 * SECOND, '10m'],
    [179 * MINUTE, '179m'],
    [3 * HOUR, '3h'],
    [7 * HOUR + 30 * MINUTE, '7h30m'],
    [47 * HOUR, '47h'],
    [2 * DAY, '2d'],
    [2 * DAY + 4 * HOUR, '2d4h'],
    [8 * DAY + HOUR, '8d'],
    [729 * DAY, '729d'],
    [800 * DAY, '2y70d'],
    [8 * 365 * DAY + DAY, '8y'],
  ];
  for (const [age, text] of rows) it(text, () => assert.equal(formatAge(age), text));
});
