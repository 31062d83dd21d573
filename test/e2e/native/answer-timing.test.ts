/** What is measured of observed cases of layer 2: for how long nobody answered, and more than one did. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AnswerTiming, answerTiming } from './support/observed/answer-timing.ts';

/** One round in 20 ms: who answered, a letter for each. */
const rounds = (answers: readonly string[]) =>
  answers.map((answering, index) => ({ at: 1000 + index * 20, answering: [...answering] }));

const rows: readonly [says: string, answers: readonly string[], timing: AnswerTiming | null][] = [
  ['nobody ever answers', ['', '', ''], null],
  ['one answers all the time', ['a', 'a', 'a'], { gap: 0, overlap: 0 }],
  ['the first answer is no gap', ['', '', '', 'a', 'a'], { gap: 0, overlap: 0 }],
  ['a single lost round is no gap', ['a', '', 'a', '', 'a'], { gap: 0, overlap: 0 }],
  ['a gap is counted with all its rounds', ['a', '', '', '', 'b', 'b'], { gap: 60, overlap: 0 }],
  ['of two gaps the longer', ['a', '', '', 'a', '', '', '', 'a', 'a'], { gap: 60, overlap: 0 }],
  ['a gap that does not end', ['a', '', '', ''], { gap: 40, overlap: 0 }],
  ['overlaps are added', ['a', 'ab', 'b', 'ab', 'b'], { gap: 0, overlap: 40 }],
  ['one that answers twice is no overlap', ['aa', 'aa', 'a'], { gap: 0, overlap: 0 }],
];

describe('answerTiming', () => {
  for (const [says, answers, timing] of rows)
    it(says, () => assert.deepEqual(answerTiming(rounds(answers)), timing));

  it('counts the time of the rounds, not their number', () => {
    const answering = ['a'];
    const late = [
      { at: 0, answering },
      { at: 20, answering: [] },
      { at: 500, answering: [] },
      { at: 520, answering },
      { at: 540, answering },
    ];
    assert.deepEqual(answerTiming(late), { gap: 500, overlap: 0 });
  });
});
