/** While speakers are starting, what they do not announce yet is no error; a speaker that does not start is one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../src/base/json.ts';
import {
  isOpening,
  SESSION_START_TIME,
  SPEAKER_START_TIME,
  startingNodes,
} from '../../src/delivery/starting-speakers.ts';
import {
  answering,
  BGP_CLUSTER,
  daemonSet,
  diagnoseCluster,
  edited,
  LAYER2_CLUSTER,
  NAMESPACE,
  session,
  speakerStatus,
} from './support/speaker-clusters.ts';

const WALL = Date.parse('2026-01-01T00:10:00Z');
const JUST_NOW = '2026-01-01T00:09:50Z';
const LONG_AGO = '2026-01-01T00:00:00Z';

const created = (raw: Raw, creationTimestamp: string): Raw => ({
  ...raw,
  metadata: { ...(raw['metadata'] as Raw), creationTimestamp },
});

const speakerPod = (node: string, since: string, name = `speaker-${node}`): Raw =>
  created(
    {
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: {
        ...{ name, namespace: NAMESPACE },
        labels: { 'app.kubernetes.io/name': 'berth', 'app.kubernetes.io/component': 'speaker' },
      },
      spec: { nodeName: node, containers: [{ name: 'speaker', image: 'berth:1' }] },
    },
    since,
  );

const speakers = (since: string): Raw =>
  created(daemonSet('speaker', 'berth:1', { args: ['speaker'] }), since);

const settled = (objects: readonly Raw[]): readonly Raw[] =>
  objects.map((raw) => (raw['kind'] === 'Node' ? created(raw, LONG_AGO) : raw));

const OLD_BGP = settled(BGP_CLUSTER);
const OLD_LAYER2 = settled(LAYER2_CLUSTER);

type Row = {
  readonly says: string;
  readonly objects: readonly Raw[];
  readonly starting: readonly string[];
  /** Codes of errors. */
  readonly errors: readonly string[];
  /** Whether it is said that clients may reach the address soon. */
  readonly isAwaited: boolean;
};

const ROWS: readonly Row[] = [
  {
    says: 'new Nodes without a speaker get one',
    objects: BGP_CLUSTER.map((raw) => created(raw, JUST_NOW)),
    ...{ starting: ['n1', 'n2'], errors: [], isAwaited: true },
  },
  {
    says: 'a new DaemonSet has no Pod yet',
    objects: edited(OLD_BGP, [speakers(JUST_NOW)]),
    ...{ starting: ['n1', 'n2'], errors: [], isAwaited: true },
  },
  {
    says: 'an old DaemonSet has no Pod',
    objects: edited(OLD_BGP, [speakers(LONG_AGO)]),
    ...{ starting: [], errors: ['S19'], isAwaited: false },
  },
  {
    says: 'a new Pod has not published itself, and the speaker of the other node has ended',
    objects: edited(OLD_BGP, [
      speakerPod('n1', JUST_NOW),
      speakerStatus('n2', { phase: 'stopped', sessions: [], pod: 'speaker-n2' }),
      speakerPod('n2', LONG_AGO),
    ]),
    ...{ starting: ['n1'], errors: [], isAwaited: true },
  },
  {
    says: 'speakers were replaced, and the new Pods have not published themselves',
    objects: edited(
      OLD_BGP,
      ['n1', 'n2'].flatMap((node) => [
        speakerStatus(node, { phase: 'stopped', pod: 'old' }),
        speakerPod(node, JUST_NOW),
      ]),
    ),
    ...{ starting: ['n1', 'n2'], errors: [], isAwaited: true },
  },
  {
    says: 'speakers by layer 2 were replaced',
    objects: edited(
      OLD_LAYER2,
      ['n1', 'n2'].flatMap((node) => [
        speakerStatus(node, { phase: 'stopped', pod: 'old', ...answering(['10.20.1.0/24']) }),
        speakerPod(node, JUST_NOW),
      ]),
    ),
    ...{ starting: ['n1', 'n2'], errors: [], isAwaited: true },
  },
  {
    says: 'the Pods were created long ago, and their speakers have ended',
    objects: edited(
      OLD_BGP,
      ['n1', 'n2'].flatMap((node) => [
        speakerStatus(node, { phase: 'stopped', pod: `speaker-${node}` }),
        speakerPod(node, LONG_AGO),
      ]),
    ),
    ...{ starting: [], errors: ['S20'], isAwaited: false },
  },
  {
    says: 'sessions were opened a moment ago',
    objects: edited(
      OLD_BGP,
      ['n1', 'n2'].map((node) =>
        speakerStatus(node, { sessions: [{ ...session('Down'), since: JUST_NOW }] }),
      ),
    ),
    ...{ starting: [], errors: [], isAwaited: false },
  },
  {
    says: 'sessions were opened a moment ago, and the router has refused them',
    objects: edited(
      OLD_BGP,
      ['n1', 'n2'].map((node) =>
        speakerStatus(node, { sessions: [{ ...session('Down', 'refused'), since: JUST_NOW }] }),
      ),
    ),
    ...{ starting: [], errors: ['S18'], isAwaited: false },
  },
  {
    says: 'sessions are down for long',
    objects: edited(
      OLD_BGP,
      ['n1', 'n2'].map((node) =>
        speakerStatus(node, { sessions: [{ ...session('Down'), since: LONG_AGO }] }),
      ),
    ),
    ...{ starting: [], errors: ['S18'], isAwaited: false },
  },
  {
    says: 'what speakers that are starting will not announce either is an error at once',
    objects: edited(
      BGP_CLUSTER.map((raw) => created(raw, JUST_NOW)),
      [],
      ['EndpointSlice a-1'],
    ),
    ...{ starting: ['n1', 'n2'], errors: ['S19'], isAwaited: false },
  },
];

describe('speakers that are starting', () => {
  for (const { says, objects, starting, errors, isAwaited } of ROWS) {
    it(says, () => {
      // The whole cluster is shown: a speaker that is not there does not run.
      const read = new Set(['SpeakerStatus', 'Pod']);
      const { findings, unknown } = diagnoseCluster(objects, { wall: WALL, read });
      assert.deepEqual(startingNodes(objects, { namespace: NAMESPACE, wall: WALL }), starting);
      assert.deepEqual(
        findings.filter(({ severity }) => severity === 'error').map(({ code }) => code),
        errors,
        findings.map(({ code, problem }) => `${code} ${problem}`).join('\n'),
      );
      assert.equal(
        unknown.some((one) => /whether clients reach 10\.20\.1\.5: .* starting$/.test(one.says)),
        isAwaited,
        unknown.map((one) => one.says).join('\n'),
      );
    });
  }

  it('of files without a time none is starting', () => {
    const objects = edited(OLD_BGP, [
      speakerStatus('n1', { sessions: [{ ...session('Down'), since: JUST_NOW }] }),
      speakerStatus('n2', { sessions: [{ ...session('Down'), since: JUST_NOW }] }),
    ]);
    const { findings } = diagnoseCluster(objects);
    assert.deepEqual(
      findings.map(({ code, severity }) => `${severity} ${code}`),
      ['error S18'],
    );
  });

  it('the time to start ends, and a time far in the future says nothing', () => {
    const at = (offset: number): boolean =>
      startingNodes([created(BGP_CLUSTER[0] as Raw, new Date(WALL).toISOString())], {
        namespace: NAMESPACE,
        wall: WALL + offset,
      }).length > 0;
    assert.deepEqual([0, SPEAKER_START_TIME - 1, SPEAKER_START_TIME, -SPEAKER_START_TIME].map(at), [
      true,
      true,
      false,
      false,
    ]);
    const since = new Date(WALL).toISOString();
    assert.equal(isOpening({ since, error: null }, WALL + SESSION_START_TIME - 1), true);
    assert.equal(isOpening({ since, error: null }, WALL + SESSION_START_TIME), false);
    assert.equal(isOpening({ since: '', error: null }, WALL), false);
  });
});
