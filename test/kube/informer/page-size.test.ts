/** How many objects the next page of a list has. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PAGE_BYTES, PAGE_BYTES_MAX, PAGE_ITEMS, PageSize } from '../../../src/kube/informer/page-size.ts';

/** The sizes of pages, of objects of which each has so many bytes in turn. */
function pagesFor(objectBytes: readonly number[], itemsMax = PAGE_ITEMS): number[] {
  const size = new PageSize(itemsMax);
  const pages = [];
  for (const bytes of objectBytes) {
    while (size.bytesMax !== null && size.items * bytes > size.bytesMax) size.tooLarge();
    pages.push(size.items);
    size.received({ items: size.items, bytes: size.items * bytes });
  }
  return pages;
}

const KB = 1024;
const same = (bytes: number): number[] => [bytes, bytes, bytes, bytes];

describe('a page', () => {
  const ROWS: readonly (readonly [string, number[], number[]])[] = [
    ['has 500 ordinary objects', same(2 * KB), [500, 500, 500, 500]],
    ['has fewer of 20 kB, and about one megabyte', same(20 * KB), [62, 51, 51, 51]],
    ['has one of 840 kB, after three that were too large', same(840 * KB), [1, 1, 1, 1]],
    ['has one of 9 MB, which may have any size', same(9 * KB * KB), [1, 1, 1, 1]],
    ['grows again, at most fourfold', [840 * KB, KB, KB, KB, KB, KB, KB], [1, 1, 4, 16, 64, 256, 500]],
    ['shrinks at once', [KB, KB, 300 * KB, 300 * KB], [500, 500, 1, 3]],
  ];
  for (const [rule, bytes, pages] of ROWS) it(rule, () => assert.deepEqual(pagesFor(bytes), pages));

  it('never has more objects than were asked for, and has at least one', () => {
    assert.deepEqual(pagesFor(same(KB), 20), [20, 20, 20, 20]);
    const size = new PageSize(3);
    for (let i = 0; i < 4; i++) size.tooLarge();
    assert.deepEqual([size.items, size.bytesMax], [1, null]);
  });

  it('that is empty says nothing', () => {
    const size = new PageSize();
    size.received({ items: 0, bytes: 200 });
    assert.deepEqual([size.items, size.bytesMax], [PAGE_ITEMS, PAGE_BYTES_MAX]);
    assert.ok(PAGE_BYTES < PAGE_BYTES_MAX);
  });
});
