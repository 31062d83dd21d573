/** Tests of the lines for changes of the configuration's state. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type ConfigStateErrors,
  describeConfigChanges,
} from '../../../src/playground/output/config-watch.ts';

const configErrors = (entries: Readonly<Record<string, string>>): ConfigStateErrors =>
  new Map(Object.entries(entries));
const WRONG = 'configuration error: BGPPeer "tor": spec.peerASN: is required';

describe('the lines for a configuration change', () => {
  const rows: readonly [
    says: string,
    before: ConfigStateErrors,
    after: ConfigStateErrors,
    want: readonly string[],
  ][] = [
    ['a new component without an error gives no line', configErrors({}), configErrors({ w1: '' }), []],
    ['a removed component gives no line', configErrors({ w1: WRONG }), configErrors({}), []],
    ['an unchanged error gives no line', configErrors({ w1: WRONG }), configErrors({ w1: WRONG }), []],
    [
      'components with the same error share one line',
      configErrors({ w1: '' }),
      configErrors({ w2: WRONG, w1: WRONG, controller: '' }),
      [
        'configuration  is invalid, the last valid version stays in force (w1 w2): BGPPeer "tor": spec.peerASN: is required',
      ],
    ],
    [
      'a configuration that is valid again gives one line',
      configErrors({ w1: WRONG, w2: WRONG }),
      configErrors({ w1: '', w2: '' }),
      ['configuration  is valid again (w1 w2)'],
    ],
    [
      'only the first errors are shown, without control characters',
      configErrors({}),
      configErrors({ w1: 'configuration error: a\nb\u001b[2J\nc\nd\ne' }),
      [
        'configuration  is invalid, the last valid version stays in force (w1): a; b\\u001b[2J; c; and 2 more errors',
      ],
    ],
  ];
  for (const [says, before, after, want] of rows)
    it(says, () => assert.deepEqual(describeConfigChanges(before, after), want));
});
