import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type BundleEntry, fitEntries } from '../../../src/cli/report/bundle.ts';

const lines = (count: number): string => Array.from({ length: count }, (_, i) => `line ${i}\n`).join('');
const entry = (name: string, text: string, keeps: BundleEntry['keeps'] = 'start'): BundleEntry => ({
  name,
  text,
  keeps,
});

describe('the entries of a bundle', () => {
  it('stay as they are where they fit', () => {
    const entries = [entry('a', 'x\n'), entry('b', '')];
    assert.deepEqual(fitEntries(entries, 2), { entries, omissions: [] });
  });

  it('are cut at a line, and the others are left out', () => {
    const { entries, omissions } = fitEntries(
      [entry('a', 'x\n'), entry('b', lines(100)), entry('c', 'z')],
      200,
    );
    assert.deepEqual(
      entries.map(({ name }) => name),
      ['a', 'b'],
    );
    assert.match(
      entries[1]?.text ?? '',
      /^line 0\n(line \d+\n)+\(the rest is left out: the bundle is full\)\n$/,
    );
    assert.match(
      omissions.join('; '),
      /^b is cut: \d+ bytes are left out; c is left out: the bundle is full$/,
    );
  });

  it('keep their end where that is of more use', () => {
    const { entries } = fitEntries([entry('log', lines(100), 'end')], 200);
    assert.match(
      entries[0]?.text ?? '',
      /^\(the rest is left out: the bundle is full\)\nline \d+\n[\s\S]*line 99\n$/,
    );
  });

  it('never have more bytes than allowed, with characters of several bytes too', () => {
    for (let max = 0; max < 400; max++) {
      for (const keeps of ['start', 'end'] as const) {
        const { entries } = fitEntries([entry('a', 'äöü€\n'.repeat(60), keeps), entry('b', lines(20))], max);
        const bytes = entries.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
        assert.ok(bytes <= max, `${bytes} of ${max}`);
        for (const { text } of entries) assert.doesNotMatch(text, /\ufffd/);
      }
    }
  });
});
