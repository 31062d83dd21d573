import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';

const MEGABYTE = 2 ** 20;

/** Makes much garbage and keeps a little, as a large list does, and prints how large the young generation got. */
const program = (before: string): string => `
  import { getHeapSpaceStatistics } from 'node:v8';
  import { limitHeapGrowth } from './src/runtime/main/v8-heap.ts';
  ${before}
  const kept = [];
  for (let i = 0; i < 1_000_000; i++) {
    const made = { name: 'service-' + i, ports: [i, i + 1] };
    if (i % 100 === 0) kept.push(made);
  }
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  console.log(young.space_size, kept.length);
`;

async function youngBytes(before: string): Promise<number> {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', program(before)];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  assert.equal(stderr, '', 'the engine knows both flags');
  return Number(stdout.split(' ')[0]);
}

describe('the heap of a process that lists much and then allocates little', () => {
  it('has a young generation that does not grow', async () => {
    const [small, leftAlone] = await Promise.all([youngBytes('limitHeapGrowth();'), youngBytes('')]);
    assert.ok(small <= 4 * MEGABYTE, `${small} bytes`);
    assert.ok(leftAlone > 2 * small, `${leftAlone} bytes when left alone, ${small} when not`);
  });
});
