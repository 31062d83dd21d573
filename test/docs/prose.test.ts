/** Sentences of the pages are short enough to be read once, and do not speak of programs as of people. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import { pagesOf, sentencesOf } from './support/markdown.ts';

const WORDS_MAX = 25;

const wordsIn = (sentence: string): number =>
  sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

describe('the pages', () => {
  for (const page of pagesOf(root))
    it(`${page}: a sentence outside of tables has at most ${WORDS_MAX} words`, () => {
      const long = sentencesOf(readFileSync(join(root, page), 'utf8')).filter(
        (sentence) => wordsIn(sentence) > WORDS_MAX,
      );
      assert.deepEqual(long, []);
    });

  it('do not say that a program or a router hears, thinks or believes', () => {
    const personified = pagesOf(root)
      .filter((page) => page !== 'docs/style.md')
      .flatMap((page) =>
        sentencesOf(readFileSync(join(root, page), 'utf8')).map((sentence) => ({ page, sentence })),
      )
      .filter(({ sentence }) => /\b(hears?|heard|thinks?|thought|believes?)\b/i.test(sentence));
    assert.deepEqual(personified, []);
  });
});
