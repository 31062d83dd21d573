import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LeaseExtension } from '../../../src/kube/election/lease-extension.ts';
import { flushPromises } from '../../support/fake-clock.ts';

const USUAL = 15_000;
const LONG = 45_000;

/** What became of a request so far. */
async function stateOf(request: Promise<(() => void) | null>): Promise<'waits' | 'granted' | 'refused'> {
  let state: 'waits' | 'granted' | 'refused' = 'waits';
  void request.then((end) => {
    state = end === null ? 'refused' : 'granted';
  });
  await flushPromises();
  return state;
}

describe('an extension of the lease', () => {
  const rows: readonly [
    says: string,
    atRequest: number | null,
    later: readonly (number | null)[],
    want: 'waits' | 'granted' | 'refused',
  ][] = [
    ['waits until the longer duration is recorded', USUAL, [], 'waits'],
    ['waits through a renewal that was sent before it', USUAL, [USUAL], 'waits'],
    ['is granted with the renewal that records it', USUAL, [USUAL, LONG], 'granted'],
    ['is granted at once where it is recorded already', LONG, [], 'granted'],
    ['is refused to a candidate that does not lead', null, [], 'refused'],
    ['is refused when the leadership is lost', USUAL, [USUAL, null], 'refused'],
    ['stays refused in the next term', USUAL, [null, LONG], 'refused'],
  ];
  for (const [says, atRequest, later, want] of rows) {
    it(says, async () => {
      const extension = new LeaseExtension(USUAL);
      const request = extension.request(LONG, atRequest);
      for (const promised of later) extension.settle(promised);
      assert.equal(await stateOf(request), want);
      assert.equal(extension.wanted, want === 'refused' ? USUAL : LONG, 'the duration to record');
    });
  }

  it('ends with the last of those that need it', async () => {
    const extension = new LeaseExtension(USUAL);
    const ends = await Promise.all([extension.request(LONG, LONG), extension.request(LONG, LONG)]);
    ends[0]?.();
    assert.equal(extension.wanted, LONG);
    ends[1]?.();
    assert.equal(extension.wanted, USUAL);
  });
});
