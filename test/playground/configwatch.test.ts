/** What is said when the configuration is wrong, and when it is right again. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ConfigBook, configNews } from '../../src/playground/configwatch.ts';

const book = (entries: Readonly<Record<string, string>>): ConfigBook => new Map(Object.entries(entries));
const WRONG = 'configuration error: BGPPeer "tor": spec.peerASN: is required';

describe('news of the configuration', () => {
  const rows: readonly [says: string, before: ConfigBook, after: ConfigBook, want: readonly string[]][] = [
    ['nothing of one that is new and content', book({}), book({ w1: '' }), []],
    ['nothing of one that is gone', book({ w1: WRONG }), book({}), []],
    ['nothing of what was said before', book({ w1: WRONG }), book({ w1: WRONG }), []],
    [
      'one line for all who say the same',
      book({ w1: '' }),
      book({ w2: WRONG, w1: WRONG, controller: '' }),
      [
        'configuration  is wrong, its last good version stays (w1 w2): BGPPeer "tor": spec.peerASN: is required',
      ],
    ],
    [
      'the end of it',
      book({ w1: WRONG, w2: WRONG }),
      book({ w1: '', w2: '' }),
      ['configuration  is right again (w1 w2)'],
    ],
    [
      'the first complaints of many, in words that steer no terminal',
      book({}),
      book({ w1: 'configuration error: a\nb\u001b[2J\nc\nd\ne' }),
      ['configuration  is wrong, its last good version stays (w1): a; b [2J; c; and 2 complaints more'],
    ],
  ];
  for (const [says, before, after, want] of rows)
    it(says, () => assert.deepEqual(configNews(before, after), want));
});
