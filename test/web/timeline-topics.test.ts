/** What a change of the timeline is about, and when it was. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { clockText, topicOf } from '../../web/timeline-topics.ts';

for (const [kind, says, topic] of [
  ['Service', 'got 192.0.2.1 from pool main', 'addresses'],
  ['Service', 'is gone', 'addresses'],
  ['Service', 'is not announced (NoRouter)', 'announcing'],
  ['Service', 'is answered by n1', 'announcing'],
  ['Speaker', 'is down', 'announcing'],
  ['SpeakerStatus', 'reports that its session with tor is up', 'announcing'],
  ['Router', 'has no session with w1 (predicted)', 'announcing'],
  ['Lease', 'was taken by c-1', 'leaders'],
  ['IPAddressPool', 'is new, with 192.0.2.0/24', 'configuration'],
  ['BGPPeer', 'is gone', 'configuration'],
] as const)
  it(`the topic of "${kind} … ${says}" is ${topic}`, () => {
    assert.equal(topicOf({ kind, says }), topic);
  });

it('a change of another day has its day', () => {
  const now = '2026-03-05T12:00:00Z';
  assert.match(clockText('2026-03-05T12:00:00Z', now), /^\d\d:\d\d:\d\d$/);
  assert.match(clockText('2026-03-01T12:00:00Z', now), /^1 Mar \d\d:\d\d:\d\d$/);
  assert.equal(clockText('soon', now), 'soon');
});
