/** Which speakers answer by layer 2, by what the API server shows. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { publishedLosses } from '../../../src/layer2/membership/remote-losses.ts';
import {
  GROUP_SILENCE_GRACE,
  type Loss,
  SILENCE_GRACE,
} from '../../../src/layer2/membership/silent-speakers.ts';
import {
  type Layer2Pod,
  type PublishedSpeaker,
  speakerPresence,
} from '../../../src/layer2/membership/speaker-presence.ts';
import { WatchGraphs } from '../../../src/layer2/membership/watch-graph.ts';
import { nic, pod, speaker } from '../support/published.ts';

const NOW = 10_000;

/** Just now. */
const lostBy = (watcher: string, node: string): Loss => ({ watcher, node, since: NOW });

type Row = {
  readonly says: string;
  /** Who decides; n1 unless told. */
  readonly judge?: string;
  readonly speakers: readonly PublishedSpeaker[];
  readonly pods?: readonly Layer2Pod[];
  /** Beside what the speakers have published. */
  readonly losses?: readonly Loss[];
  /** Nodes that were lost for `SILENCE_GRACE`. */
  readonly longLost?: readonly string[];
  /** Of these, those that were lost for `GROUP_SILENCE_GRACE`. */
  readonly lostForLonger?: readonly string[];
  readonly alive: string;
};

const nobodyLost = () => ({ losses: [], graphs: new WatchGraphs(), now: NOW });

const two = [speaker('n1'), speaker('n2')];

const rows: readonly Row[] = [
  { says: 'those that have published themselves are', speakers: two, alive: 'n1 n2' },
  { says: 'the own one is not before it has published itself', speakers: [speaker('n2')], alive: 'n2' },
  {
    says: 'one without layer 2 is not',
    speakers: [speaker('n1'), speaker('n2', { interfaces: null })],
    alive: 'n1',
  },
  {
    says: 'one that has stopped is not',
    speakers: [speaker('n1'), speaker('n2', { hasStopped: true })],
    alive: 'n1',
  },
  {
    says: 'one whose Pod is not ready is not',
    speakers: two,
    pods: [pod('n2', { isReady: false })],
    alive: 'n1',
  },
  {
    says: 'one whose Pod is not ready is, while another one hears it: its kubelet stands still',
    speakers: [speaker('n1', { linked: ['n2'] }), speaker('n2', { linked: ['n1'] })],
    pods: [pod('n2', { isReady: false })],
    alive: 'n1 n2',
  },
  {
    says: 'one whose Pod is not ready is, while one hears it that another one hears',
    speakers: [speaker('n1', { linked: ['n2'] }), speaker('n2', { linked: ['n3'] }), speaker('n3')],
    pods: [pod('n2', { isReady: false }), pod('n3', { isReady: false })],
    alive: 'n1 n2 n3',
  },
  {
    says: 'one whose Pod is not ready, and that was heard and is lost, is not',
    speakers: [speaker('n1', { linked: ['n2'], lost: ['n2'] }), speaker('n2', { linked: ['n1'] })],
    pods: [pod('n2', { isReady: false })],
    alive: 'n1',
  },
  {
    says: 'two whose Pods are not ready do not speak for each other',
    speakers: [speaker('n1'), speaker('n2', { linked: ['n3'] }), speaker('n3', { linked: ['n2'] })],
    pods: [pod('n2', { isReady: false }), pod('n3', { isReady: false })],
    alive: 'n1',
  },
  {
    says: 'one whose Pod is about to be deleted is not, though another one hears it',
    speakers: [speaker('n1', { linked: ['n2'] }), speaker('n2', { linked: ['n1'] })],
    pods: [pod('n2', { isReady: false, isDeleting: true })],
    alive: 'n1',
  },
  {
    says: 'one whose Pod is about to be deleted is, until it says that it has stopped',
    speakers: two,
    pods: [pod('n2', { isDeleting: true })],
    alive: 'n1 n2',
  },
  {
    says: 'one whose Pod is gone is not, though it never said that it stopped',
    speakers: [speaker('n1'), speaker('n2', { pod: 'speaker-n2' })],
    pods: [pod('n1')],
    alive: 'n1',
  },
  {
    says: 'one whose Pod is gone is, while another one hears it',
    speakers: [speaker('n1', { linked: ['n2'] }), speaker('n2', { pod: 'speaker-n2' })],
    pods: [pod('n1')],
    alive: 'n1 n2',
  },
  {
    says: 'one that runs outside of the cluster is, beside others that have Pods',
    speakers: two,
    pods: [pod('n1')],
    alive: 'n1 n2',
  },
  {
    says: 'all are where no Pod can be seen',
    speakers: [speaker('n1'), speaker('n2', { pod: 'speaker-n2' })],
    pods: [],
    alive: 'n1 n2',
  },
  {
    says: 'one of two Pods of a rollout is enough',
    speakers: two,
    pods: [pod('n2', { isReady: false }), pod('n2', { name: 'next' })],
    alive: 'n1 n2',
  },
  {
    says: 'the own Pod does not matter',
    speakers: two,
    pods: [pod('n1', { isReady: false })],
    alive: 'n1 n2',
  },
  {
    says: 'a verdict that says down counts',
    speakers: [...two, speaker('n3')],
    losses: [lostBy('n2', 'n1'), lostBy('n3', 'n1')],
    alive: 'n2 n3',
  },
  {
    says: 'two that were lost at a time may hear each other, for a while',
    speakers: [...two, speaker('n3')],
    losses: [lostBy('n3', 'n1'), lostBy('n3', 'n2')],
    longLost: ['n1', 'n2'],
    alive: 'n1 n2',
  },
  {
    says: 'two that were lost long ago and say nothing of it died together',
    judge: 'n3',
    speakers: [...two, speaker('n3')],
    losses: [lostBy('n3', 'n1'), lostBy('n3', 'n2')],
    longLost: ['n1', 'n2'],
    lostForLonger: ['n1', 'n2'],
    alive: 'n3',
  },
  {
    says: 'two that say that they lost us are the larger half',
    speakers: [speaker('n1', { lost: ['n3'] }), speaker('n2', { lost: ['n3'] }), speaker('n3')],
    losses: [lostBy('n3', 'n1'), lostBy('n3', 'n2')],
    longLost: ['n1', 'n2'],
    lostForLonger: ['n1', 'n2'],
    alive: 'n1 n2',
  },
  {
    says: 'one that a speaker who runs still hears has not died with another',
    speakers: [...two, speaker('n3'), speaker('n4')],
    losses: [lostBy('n3', 'n1'), lostBy('n3', 'n2'), lostBy('n4', 'n2')],
    longLost: ['n1', 'n2'],
    lostForLonger: ['n1', 'n2'],
    alive: 'n1 n2 n3',
  },
  {
    says: 'of two, one that was lost and says nothing of it is not',
    speakers: two,
    losses: [lostBy('n1', 'n2')],
    longLost: ['n2'],
    alive: 'n1',
  },
  {
    says: 'of two, one that says that it lost the other is: the lowest name wins where none is recorded',
    speakers: [speaker('n2', { lost: ['n1'] }), speaker('n1')],
    losses: [lostBy('n1', 'n2')],
    longLost: ['n2'],
    alive: 'n1',
  },
  {
    says: 'one that others still hear is, though this one lost it',
    speakers: [...two, speaker('n3')],
    losses: [lostBy('n1', 'n2')],
    longLost: ['n2'],
    alive: 'n1 n2 n3',
  },
  {
    says: 'what others have published of a lost one counts',
    speakers: [speaker('n1'), speaker('n2'), speaker('n3', { lost: ['n2'] })],
    losses: [lostBy('n1', 'n2')],
    longLost: ['n2'],
    alive: 'n1 n3',
  },
  {
    says: 'two that lose each other alone stay',
    speakers: [...two, speaker('n3')],
    losses: [lostBy('n2', 'n1')],
    alive: 'n1 n2 n3',
  },
];

describe('alive speakers', () => {
  for (const { says, judge = 'n1', speakers, pods = [], alive, ...row } of rows) {
    it(says, () => {
      const { losses = [], longLost = [], lostForLonger = [] } = row;
      const since = (node: string): number => {
        if (lostForLonger.includes(node)) return NOW - GROUP_SILENCE_GRACE;
        return longLost.includes(node) ? NOW - SILENCE_GRACE : NOW;
      };
      const all = [...losses, ...publishedLosses(speakers)];
      const presence = speakerPresence({
        ...{ own: { node: judge, interfaces: [nic('eth0')] }, speakers, pods, now: NOW },
        ...{ losses: all.map((one) => ({ ...one, since: since(one.node) })), graphs: new WatchGraphs() },
      });
      assert.equal([...presence.alive.among(['n1', 'n2', 'n3'], null)].sort().join(' '), alive);
    });
  }

  it('are told apart from those of MetalLB', () => {
    const own = { node: 'n1', interfaces: [nic('eth0')] };
    const process = { phase: 'gone', lbClass: null, ignoreExcludeLabel: false } as const;
    const pods = [pod('n2'), pod('n2', { name: 'other', isReady: false, metallb: process })];
    const presence = speakerPresence({ own, speakers: two, pods, ...nobodyLost() });
    assert.deepEqual(presence.metallb, [{ node: 'n2', pod: 'other', ...process }]);
    assert.deepEqual([...presence.running].sort(), ['n1', 'n2'], 'a Pod of MetalLB says nothing about ours');
  });

  it('have lost an interface at once, and a new one when it is published', () => {
    const published = [nic('eth0'), nic('eth1')];
    const { interfaces } = speakerPresence({
      own: { node: 'n1', interfaces: [nic('eth1'), nic('eth2')] },
      ...{
        speakers: [speaker('n1', { interfaces: published })],
        pods: [],
        ...nobodyLost(),
      },
    });
    assert.deepEqual(interfaces.get('n1'), [nic('eth1')]);
  });

  describe('that came back a short time ago', () => {
    const returned = (speakers: readonly PublishedSpeaker[], own: readonly string[] = []) => {
      const presence = speakerPresence({
        own: { node: 'n1', interfaces: [nic('eth0')], returned: own },
        ...{ speakers, pods: [], ...nobodyLost() },
      });
      return [...presence.returned].sort();
    };

    it('are those that any running speaker names', () => {
      assert.deepEqual(returned([speaker('n1'), speaker('n2', { returned: ['n3'] }), speaker('n3')]), ['n3']);
    });

    it('are not those that a stopped speaker has named', () => {
      assert.deepEqual(returned([speaker('n1'), speaker('n2', { returned: ['n3'], hasStopped: true })]), []);
    });

    it('are those that this speaker has seen, before it has published them', () => {
      assert.deepEqual(returned(two, ['n2']), ['n2']);
    });

    it('are those that this speaker has published, until it has published that it is over', () => {
      assert.deepEqual(returned([speaker('n1', { returned: ['n1'] }), speaker('n2')]), ['n1']);
    });
  });
});
