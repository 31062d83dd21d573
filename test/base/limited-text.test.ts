/** Texts are limited in length, and what is cut off is neither kept in memory nor ignored. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limitText } from '../../src/base/limited-text.ts';
import { SHARED_TEXT_CHARS_MAX, TextTable } from '../../src/base/text-table.ts';
import { heapInUse } from '../support/garbage.ts';

const MEGABYTE = 1_000_000;

describe('a limited text', () => {
  it('is the text itself where that is short enough', () => {
    for (const text of ['', 'pool-a', 'x'.repeat(100)]) assert.equal(limitText(text, 100), text);
  });

  it('has the beginning of a longer one, and says how long that is', () => {
    const text = limitText(`192.0.2.1,${'9'.repeat(500)}`, 100);
    assert.equal(text.length, 100);
    assert.match(text, /^192\.0\.2\.1,9+… \(510 characters, hash [0-9a-f]{16}\)$/);
  });

  it('differs for texts that differ behind the limit only, and is equal for equal ones', () => {
    const long = 'k'.repeat(500);
    assert.notEqual(limitText(`${long}a`, 100), limitText(`${long}b`, 100));
    assert.equal(limitText(`${long}a`, 100), limitText(`${'k'.repeat(500)}a`, 100));
  });

  it('does not keep the longer one in memory', async () => {
    const before = await heapInUse();
    const kept = Array.from({ length: 50 }, (_, i) =>
      limitText(JSON.parse(`"${i}${'x'.repeat(MEGABYTE)}"`) as string, 1024),
    );
    const grown = (await heapInUse()) - before;
    assert.equal(kept.length, 50);
    assert.ok(grown < 5 * MEGABYTE, `50 texts of a megabyte left ${grown} bytes`);
  });
});

it('a table of texts has a limited size, whatever passes through it', () => {
  const table = new TextTable();
  for (let i = 0; i < 10_000; i++) table.share(`text ${i}`);
  assert.ok(table.size <= 256, String(table.size));
  const before = table.size;
  table.share('x'.repeat(SHARED_TEXT_CHARS_MAX + 1));
  assert.equal(table.size, before, 'a long one is not kept');
});
