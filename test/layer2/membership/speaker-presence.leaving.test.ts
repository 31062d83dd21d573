/** Which speakers are likely to run soon, and which are about to stop, by their Pods. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Layer2Pod,
  type PublishedSpeaker,
  speakerPresence,
} from '../../../src/layer2/membership/speaker-presence.ts';
import { WatchGraphs } from '../../../src/layer2/membership/watch-graph.ts';
import { nic, pod, speaker } from '../support/published.ts';

const BOTH = [speaker('n1'), speaker('n2')];

describe('speakers that do not run, or will not for long', () => {
  const sets = (speakers: readonly PublishedSpeaker[], pods: readonly Layer2Pod[]) => {
    const presence = speakerPresence({
      ...{
        own: { node: 'n1', interfaces: [nic('eth0')] },
        speakers,
        pods,
        losses: [],
        graphs: new WatchGraphs(),
        now: 0,
      },
    });
    return { expected: [...presence.expected].sort(), leaving: [...presence.leaving].sort() };
  };
  const stopped = speaker('n2', { hasStopped: true });
  const table: readonly (readonly [
    says: string,
    speakers: readonly PublishedSpeaker[],
    pods: readonly Layer2Pod[],
    expected: readonly string[],
    leaving: readonly string[],
  ])[] = [
    [
      'one that has stopped may be back, also where it has no Pod yet',
      [speaker('n1'), stopped],
      [pod('n1')],
      ['n2'],
      [],
    ],
    ['where no speaker has a Pod, none is awaited', [speaker('n1'), stopped], [], [], []],
    ['the same, with a Pod', [speaker('n1'), stopped], [pod('n2')], ['n2'], []],
    [
      'one that is back does not run until its Pod is ready',
      BOTH,
      [pod('n1'), pod('n2', { isReady: false })],
      ['n2'],
      [],
    ],
    [
      'one that has a Pod, and has not published itself yet, is awaited',
      [speaker('n1'), speaker('n2', { interfaces: null })],
      [pod('n1'), pod('n2'), pod('n3', { isReady: false })],
      ['n2', 'n3'],
      [],
    ],
    [
      'one that has never run is not, where its Pod is about to be deleted, or on no node',
      [speaker('n1')],
      [pod('n1'), pod('n2', { isDeleting: true }), pod('')],
      [],
      ['n2'],
    ],
    ['one that runs is back', BOTH, [pod('n1'), pod('n2')], [], []],
    [
      'one whose Pod is about to be deleted runs, and leaves',
      BOTH,
      [pod('n2', { isDeleting: true })],
      [],
      ['n2'],
    ],
    [
      'one that has a second Pod stays',
      BOTH,
      [pod('n2', { isDeleting: true }), pod('n2', { name: 'next', isReady: false })],
      [],
      [],
    ],
    [
      'all whose Pods are about to be deleted leave, this one too',
      BOTH,
      [pod('n1', { isDeleting: true }), pod('n2', { isDeleting: true })],
      [],
      ['n1', 'n2'],
    ],
  ];
  for (const [says, speakers, pods, expected, leaving] of table)
    it(says, () => assert.deepEqual(sets(speakers, pods), { expected, leaving }));
});
