/** What is said when the configuration is wrong, and when it is right again. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type ConfigStateErrors,
  describeConfigChanges,
} from '../../../src/playground/output/config-watch.ts';

const configErrors = (entries: Readonly<Record<string, string>>): ConfigStateErrors =>
  new Map(Object.entries(entries));
const WRONG = 'configuration error: BGPPeer "tor": spec.peerASN: is required';

describe('news of the configuration', () => {
  const rows: readonly [
    says: string,
    before: ConfigStateErrors,
    after: ConfigStateErrors,
    want: readonly string[],
  ][] = [
    ['nothing of one that is new and content', configErrors({}), configErrors({ w1: '' }), []],
    ['nothing of one that is gone', configErrors({ w1: WRONG }), configErrors({}), []],
    ['nothing of what was said before', configErrors({ w1: WRONG }), configErrors({ w1: WRONG }), []],
    [
      'one line for all who say the same',
      configErrors({ w1: '' }),
      configErrors({ w2: WRONG, w1: WRONG, controller: '' }),
      [
        'configuration  is wrong, its last good version stays (w1 w2): BGPPeer "tor": spec.peerASN: is required',
      ],
    ],
    [
      'the end of it',
      configErrors({ w1: WRONG, w2: WRONG }),
      configErrors({ w1: '', w2: '' }),
      ['configuration  is right again (w1 w2)'],
    ],
    [
      'the first complaints of many, in words that steer no terminal',
      configErrors({}),
      configErrors({ w1: 'configuration error: a\nb\u001b[2J\nc\nd\ne' }),
      ['configuration  is wrong, its last good version stays (w1): a; b [2J; c; and 2 complaints more'],
    ],
  ];
  for (const [says, before, after, want] of rows)
    it(says, () => assert.deepEqual(describeConfigChanges(before, after), want));
});
