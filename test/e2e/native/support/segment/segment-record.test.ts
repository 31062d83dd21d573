import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSightings, SegmentRecord, type Sighting } from './segment-record.ts';

const ADDRESS = '192.0.2.1';
const ALL = { from: 0, to: 1000 };

/** `10a 20b`: node a answers after 10 ms, then node b; `15b!` is an announcement. */
const record = (text: string): SegmentRecord =>
  new SegmentRecord(
    text.split(' ').map((word): Sighting => {
      const [, at, node = '', isAnnouncement] = /^(\d+)([a-z])(!?)$/.exec(word) ?? [];
      return {
        ...{ at: Number(at), address: ADDRESS, node },
        kind: isAnnouncement === '!' ? 'announcement' : 'answer',
      };
    }),
  );

describe('a record of a segment', () => {
  it('reads lines, and leaves out one that is not complete', () => {
    const text = '1.50 answer 192.0.2.1 02:00\n2.00 announcement 192.0.2.1 02:01\nan error\n3.00 answer 192';
    assert.deepEqual(
      readSightings(text, (mac) => `node ${mac}`),
      [
        { at: 1.5, kind: 'answer', address: ADDRESS, node: 'node 02:00' },
        { at: 2, kind: 'announcement', address: ADDRESS, node: 'node 02:01' },
      ],
    );
  });

  it('has the nodes that answered for each address within a time', () => {
    const answerers = record('10a 20b 30b 40c! 50d').answerers({ from: 20, to: 40 });
    assert.deepEqual(answerers, new Map([[ADDRESS, new Set(['b'])]]));
  });

  const overlaps = [
    { title: 'one node answers alone', seen: '10a 20a 30a', expected: 0 },
    { title: 'a move without overlap', seen: '10a 20a 30b 40b', expected: 0 },
    { title: 'a move, and later one back', seen: '10a 20b 30b 700b 710a', expected: 0 },
    { title: 'two answer to each question', seen: '10a 20a 21b 30a 31b 40b', expected: 10 },
    { title: 'a late answer of the old owner', seen: '10a 20b 30b 90a 95b', expected: 75 },
    { title: 'the longest of two', seen: '10a 11b 20a 600b 601a 650b 660b', expected: 50 },
    { title: 'an announcement is no answer', seen: '10a 20b! 30a 40a', expected: 0 },
  ];
  for (const { title, seen, expected } of overlaps)
    it(`longest overlap: ${title}`, () => assert.equal(record(seen).longestOverlap(ADDRESS, ALL), expected));

  const silences = [
    { title: 'between two answers', seen: '10a 20a 500b 990b', span: ALL, expected: 490 },
    { title: 'until the first answer', seen: '700a 990a', span: ALL, expected: 700 },
    { title: 'after the last one', seen: '10a 20a', span: { from: 0, to: 300 }, expected: 280 },
    { title: 'without any', seen: '15a!', span: ALL, expected: 1000 },
  ];
  for (const { title, seen, span, expected } of silences)
    it(`longest silence: ${title}`, () => assert.equal(record(seen).longestSilence(ADDRESS, span), expected));

  it('finds the first announcement of another node', () => {
    const seen = record('5b! 10a 20a! 30b! 40c!');
    assert.equal(seen.announcedElsewhere(ADDRESS, 'a', { from: 10 }), 30);
    assert.equal(seen.announcedElsewhere(ADDRESS, 'b', { from: 35 }), 40);
    assert.equal(seen.announcedElsewhere(ADDRESS, 'a', { from: 50 }), null);
    assert.deepEqual([...seen.firstAnnouncements(new Set(['a', 'b']), { from: 0 })], [[ADDRESS, 40]]);
  });

  it('names who answers, and when answers moved', () => {
    const seen = record('10a 20a 30b 40c');
    assert.deepEqual(seen.answering(ADDRESS, { from: 15 }), ['a', 'b', 'c']);
    assert.deepEqual(seen.moves(ADDRESS, ALL), [30, 40]);
    assert.deepEqual([...seen.lastOwners()], [[ADDRESS, 'c']]);
  });
});
