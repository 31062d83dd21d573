/** Which speakers are believed to speak: by their documents, their Pods, and how long routers wait for them. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../../src/base/json.ts';
import {
  parseSpeakerStatus,
  resolveSpeakerStates,
  type SpeakerPod,
  type SpeakerStatus,
} from '../../../../src/controller/announced/native/speaker-states.ts';

const NOW = Date.UTC(2026, 0, 1);
const SECOND = 1000;

const at = (wall: number): string => new Date(wall).toISOString();

const established = { peer: 'tor', state: 'Established' };

function statusOf(fields: Raw = {}, wall = NOW): SpeakerStatus {
  const document = { node: 'w1', phase: 'speaking', time: at(NOW), sessions: [established], ...fields };
  const status = parseSpeakerStatus(document, wall);
  assert.ok(status);
  return status;
}

/** Ended at `time` by its own clock, with two minutes to come back. */
const stoppedStatus = (time = NOW, wall = NOW): SpeakerStatus =>
  statusOf(
    {
      phase: 'stopped',
      time: at(time),
      sessions: [{ peer: 'tor', state: 'Bridged', until: at(time + 120 * SECOND) }],
    },
    wall,
  );

const NOTHING_ELSE = { pods: [], unreadyNodes: new Set<string>(), wall: NOW };

/** `runs tor`, `silent`. */
function describeState(status: SpeakerStatus, pods: readonly SpeakerPod[], wall = NOW): string {
  const state = resolveSpeakerStates([status], { ...NOTHING_ELSE, pods, wall }).byNode.get('w1');
  assert.ok(state);
  return [state.isRunning ? 'runs' : 'silent', ...state.up].join(' ');
}

const pod = (node: string, isReady = true): SpeakerPod => ({ node, isReady });

describe('a speaker', () => {
  const rows: readonly [says: string, document: SpeakerStatus, pods: readonly SpeakerPod[], word: string][] =
    [
      ['is believed where no Pod is seen: it runs outside of Pods', statusOf(), [], 'runs tor'],
      ['is not where it ran in a Pod, and all Pods are gone', statusOf({ pod: 'speaker-1' }), [], 'silent'],
      ['is believed outside of Pods, where others have one', statusOf({ pod: '' }), [pod('w2')], 'runs tor'],
      ['is believed while its Pod is ready', statusOf(), [pod('w1')], 'runs tor'],
      ['is not while its Pod is not ready', statusOf(), [pod('w1', false)], 'silent'],
      ['is not without a Pod, where others have one', statusOf(), [pod('w2')], 'silent'],
      ['is not while its Pod waits for a node', statusOf(), [pod('', false)], 'silent'],
      ['is one of two Pods, while they change places', statusOf(), [pod('w1', false), pod('w1')], 'runs tor'],
      [
        'has ended where its document says so',
        statusOf({ phase: 'stopped', sessions: [] }),
        [pod('w1')],
        'silent',
      ],
      ['has ended, and its router waits for the next one', stoppedStatus(), [], 'silent tor'],
      [
        'has ended without its Pod, and its router waits all the same',
        stoppedStatus(),
        [pod('w2')],
        'silent tor',
      ],
    ];
  for (const [title, document, pods, expected] of rows)
    it(title, () => assert.equal(describeState(document, pods), expected));
});

describe('a router that keeps the routes of a restarting speaker', () => {
  it('drops them when the time is over, which is known beforehand', () => {
    const document = stoppedStatus();
    const { validUntil } = resolveSpeakerStates([document, statusOf({ node: 'w2' })], NOTHING_ELSE);
    assert.equal(validUntil, NOW + 120 * SECOND);
    assert.equal(describeState(document, [], NOW + 119 * SECOND), 'silent tor');
    assert.equal(describeState(document, [], NOW + 120 * SECOND), 'silent');
    assert.equal(
      resolveSpeakerStates([document], { ...NOTHING_ELSE, wall: NOW + 120 * SECOND }).validUntil,
      null,
    );
  });

  it('is the next of many to change', () => {
    const documents = [20, 10, 30].map((ago, index) => ({
      ...stoppedStatus(NOW - ago * SECOND),
      node: `w${index}`,
    }));
    assert.equal(resolveSpeakerStates(documents, NOTHING_ELSE).validUntil, NOW + 90 * SECOND);
  });

  const rows: readonly [says: string, time: number, seconds: number][] = [
    ['waits as long as there is left of it', NOW - 50 * SECOND, 70],
    ['waits no longer where that was long ago', NOW - 3600 * SECOND, 0],
    ['waits no longer than the document says where the clock of the node is ahead', NOW + 3600 * SECOND, 120],
  ];
  for (const [title, time, seconds] of rows)
    it(title, () => assert.equal(stoppedStatus(time).bridged[0]?.until, NOW + seconds * SECOND));

  it('does not keep them where the document gives no time', () => {
    const [bridged] = statusOf({ sessions: [{ peer: 'tor', state: 'Bridged' }] }).bridged;
    assert.equal(bridged?.until, NOW);
  });
});

describe('a speaker is gone, and no longer named,', () => {
  const isGone = (
    status: SpeakerStatus,
    cluster: Partial<Parameters<typeof resolveSpeakerStates>[1]>,
  ): boolean | undefined =>
    resolveSpeakerStates([status], { ...NOTHING_ELSE, ...cluster }).byNode.get('w1')?.isGone;
  const removed = statusOf({ phase: 'stopped', sessions: [] });
  const dead = new Set(['w1']);

  it('when neither its Pod nor its Node is ready', () => {
    assert.equal(isGone(statusOf(), { pods: [pod('w1', false)], unreadyNodes: dead }), true);
  });

  it('not while only its Pod is not ready: it restarts', () => {
    assert.equal(isGone(statusOf(), { pods: [pod('w1', false)] }), false);
  });

  it('not while only its Node is not ready: its Pod has not been marked yet', () => {
    assert.equal(isGone(statusOf(), { pods: [pod('w1')], unreadyNodes: dead }), false);
  });

  it('a minute after it has stopped, which is known beforehand', () => {
    assert.equal(isGone(removed, { wall: NOW + 59 * SECOND }), false);
    assert.equal(resolveSpeakerStates([removed], NOTHING_ELSE).validUntil, NOW + 60 * SECOND);
    assert.equal(isGone(removed, { wall: NOW + 60 * SECOND }), true);
  });

  it('not while a router keeps its routes', () => {
    assert.equal(isGone(stoppedStatus(), { wall: NOW + 119 * SECOND, unreadyNodes: dead }), false);
    assert.equal(isGone(stoppedStatus(), { wall: NOW + 120 * SECOND }), true);
  });
});

it('a document that no speaker wrote, or has not filled yet, is ignored', () => {
  for (const document of [null, 'rubbish', {}, [], { node: 7, phase: 'speaking' }, { node: 'w1' }])
    assert.equal(parseSpeakerStatus(document, NOW), null, JSON.stringify(document));
});
