import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StreamLines } from '../../web/stream-lines.ts';
import { cpuOf } from '../support/cpu-time.ts';

const linesOf = (chunks: readonly string[]): readonly string[] => {
  const lines = new StreamLines();
  return chunks.flatMap((chunk) => lines.take(chunk));
};

describe('lines of a stream', () => {
  it('are the same wherever it is cut into three chunks', () => {
    const text = 'data: {"größe":1}\n\n:\n\nlast\nrest';
    for (let a = 0; a <= text.length; a++)
      for (let b = a; b <= text.length; b++)
        assert.deepEqual(
          linesOf([text.slice(0, a), text.slice(a, b), text.slice(b)]),
          ['data: {"größe":1}', '', ':', '', 'last'],
          `cut at ${a} and ${b}`,
        );
  });

  it('come as soon as they end', () => {
    const lines = new StreamLines();
    assert.deepEqual(lines.take('one'), []);
    assert.deepEqual(lines.take('\ntwo'), ['one']);
    assert.deepEqual(lines.take('\n'), ['two']);
  });

  it('cost no more in hundreds of chunks than in a few', () => {
    const line = `${'x'.repeat(4 * 1024 * 1024)}\n`;
    const cut = (size: number): readonly string[] =>
      Array.from({ length: Math.ceil(line.length / size) }, (_, index) =>
        line.slice(index * size, (index + 1) * size),
      );
    const [few, many] = [cut(2 * 1024 * 1024), cut(16 * 1024)];
    const fewCost = cpuOf(() => linesOf(few));
    const manyCost = cpuOf(() => linesOf(many));
    // A program that looks at everything again with each of the 256 chunks takes a hundred times as long.
    assert.ok(manyCost <= 20 * fewCost + 100, `${manyCost.toFixed(1)} ms, and ${fewCost.toFixed(1)} ms`);
  });
});
