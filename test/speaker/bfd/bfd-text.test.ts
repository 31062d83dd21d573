/** Why a BFD session went down or is not up, in sentences. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BfdStatus } from '../../../src/bfd/status.ts';
import { bfdDownReason, bfdNotUpReason } from '../../../src/speaker/bfd/bfd-text.ts';
import { newBfdStatus } from '../support/fake-bfd-sessions.ts';

const status = (differing: Partial<BfdStatus>): BfdStatus => ({ ...newBfdStatus('r1'), ...differing });

const withCounters = (counters: Partial<BfdStatus['counters']>, more: Partial<BfdStatus> = {}): BfdStatus =>
  status({ counters: { ...newBfdStatus('r1').counters, ...counters }, ...more });

describe('a session that went down', () => {
  const rows: readonly (readonly [Partial<BfdStatus>, RegExp])[] = [
    [
      { diagnostic: 'detection-time-expired' },
      /within the detection time: the peer or the path from it failed/,
    ],
    [{ diagnostic: 'neighbor-signaled-down' }, /so the path from us to the peer failed$/],
    [{ diagnostic: 'forwarding-plane-reset' }, /^the BFD session went down: the forwarding plane was reset$/],
  ];
  for (const [differing, sentence] of rows)
    it(`${differing.diagnostic}: ${sentence.source}`, () =>
      assert.match(bfdDownReason(status(differing)), sentence));
});

const SINGLE_HOP = { multihop: false, minimumTtl: 254 };

describe('a session that is not up', () => {
  const rows: readonly (readonly [string, BfdStatus, RegExp | null])[] = [
    ['is up', status({ state: 'Up' }), null],
    ['has a problem', status({ problem: 'port 3784 is in use' }), /^port 3784 is in use$/],
    ['is AdminDown at the peer', status({ remoteState: 'AdminDown' }), /on purpose .*: enable BFD/],
    ['hears nothing', status({}), /^no BFD packet of the peer arrived: configure BFD/],
    [
      'discards all packets',
      withCounters({ packetsDiscarded: 3 }),
      /^every BFD packet of the peer was discarded/,
    ],
    ['is in Init', withCounters({ packetsReceived: 3 }, { state: 'Init' }), /receives none of ours/],
    ['is about to come up', withCounters({ packetsReceived: 3 }), /is not up yet$/],
  ];
  for (const [title, one, sentence] of rows)
    it(title, () => {
      if (sentence === null) assert.equal(bfdNotUpReason(one, SINGLE_HOP), null);
      else assert.match(bfdNotUpReason(one, SINGLE_HOP) ?? '', sentence);
    });

  it('needs the TTL of its profile over several hops', () => {
    assert.match(
      bfdNotUpReason(status({}), { multihop: true, minimumTtl: 250 }) ?? '',
      /with TTL 250 or more: .*UDP port 4784 through, or lower minimumTtl$/,
    );
  });
});
