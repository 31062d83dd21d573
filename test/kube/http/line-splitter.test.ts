import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LineSplitter } from '../../../src/kube/http/line-splitter.ts';

const split = (chunks: readonly Buffer[], bytesMax?: number): { lines: string[]; whole: boolean } => {
  const splitter = new LineSplitter(bytesMax);
  const lines: string[] = [];
  const accepted = chunks.every((chunk) => splitter.push(chunk, (line) => lines.push(line) > 0));
  return { lines, whole: accepted };
};

describe('lines', () => {
  it('are the same wherever the stream is cut into two or three chunks', () => {
    const bytes = Buffer.from('größe\n\n🚢🚢\nlast\nrest');
    for (let a = 0; a <= bytes.length; a++) {
      for (let b = a; b <= bytes.length; b++) {
        const chunks = [bytes.subarray(0, a), bytes.subarray(a, b), bytes.subarray(b)];
        assert.deepEqual(
          split(chunks),
          { lines: ['größe', '🚢🚢', 'last'], whole: true },
          `cut at ${a} and ${b}`,
        );
      }
    }
  });

  it('are limited in length, in one chunk or in several', () => {
    const fits = Buffer.from('12345678\n');
    const long = Buffer.from('123456789\n');
    assert.equal(split([fits], 8).whole, true);
    assert.equal(split([long], 8).whole, false);
    assert.equal(split([long.subarray(0, 5), long.subarray(5)], 8).whole, false);
    assert.equal(split([Buffer.from('123456789')], 8).whole, false, 'without waiting for its end');
  });

  it('stop when the reader declines one', () => {
    const lines: string[] = [];
    const whole = new LineSplitter().push(Buffer.from('a\nb\nc\n'), (line) => {
      lines.push(line);
      return line !== 'b';
    });
    assert.deepEqual([lines, whole], [['a', 'b'], false]);
  });
});
