import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../../src/base/json.ts';
import { haveSameRevisions } from '../../../../src/cli/cluster/overview/revisions.ts';

const object = (uid: string, resourceVersion?: string): Raw => ({
  metadata: { name: uid, uid, resourceVersion },
});
const [A, B] = [object('a', '7'), object('b', '8')];

describe('two lists have the same revisions', () => {
  const rows: readonly [says: string, before: readonly Raw[], now: readonly Raw[], want: boolean][] = [
    ['where both are empty', [], [], true],
    ['in any order', [A, B], [B, A], true],
    ['not where one has changed', [A, B], [A, object('b', '9')], false],
    ['not where one is new', [A], [A, B], false],
    ['not where one is gone', [A, B], [A], false],
    ['not where one was created again', [A], [object('c', '7')], false],
    ['not where versions are not shown', [object('a')], [object('a')], false],
  ];
  for (const [says, before, now, want] of rows)
    it(says, () => assert.equal(haveSameRevisions(before, now), want));
});
