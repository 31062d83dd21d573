/** The speakers are removed, and what they have published stays: what the overview says. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Raw } from '../../src/base/json.ts';
import { statusOf } from '../../src/objects/metadata.ts';
import type { OverviewDocument } from '../../src/overview/document.ts';
import { liveCluster } from './support/live-cluster.ts';
import { forbidden, overviewOf } from './support/overview-of.ts';

const WALL = Date.UTC(2026, 0, 1);

/** The cluster with speakers that say in which Pod they run. */
const cluster = (pod: string): readonly Raw[] =>
  liveCluster(WALL).map((raw) =>
    raw['kind'] === 'SpeakerStatus' ? { ...raw, status: { ...statusOf(raw), pod } } : raw,
  );

const isSpeakerPod = (raw: Raw): boolean =>
  raw['kind'] === 'Pod' && JSON.stringify(raw['metadata']).includes('"speaker"');

const documentOf = (objects: readonly Raw[]): OverviewDocument => overviewOf({ objects, wall: WALL });

const statesOf = ({ announcing }: OverviewDocument) =>
  (announcing.speakers ?? []).map(({ state, because }) => [state, because]);

it('before: both speakers run', () => {
  const document = documentOf(cluster('berth-speaker-x'));
  assert.deepEqual(statesOf(document), [
    ['running', null],
    ['running', null],
  ]);
  assert.equal(document.verdict, 'clean');
});

it('after: no speaker runs, no session is up, and that is an error', () => {
  const document = documentOf(cluster('berth-speaker-x').filter((raw) => !isSpeakerPod(raw)));
  assert.deepEqual(statesOf(document), [
    ['down', 'it has no Pod'],
    ['down', 'it has no Pod'],
  ]);
  assert.deepEqual(document.announcing.sessions, { up: 0, all: 2 });
  const [problem] = document.problems;
  assert.deepEqual([problem?.code, problem?.severity], ['SpeakerDown', 'error']);
  assert.match(problem?.fix ?? '', /kubectl delete speakerstatuses -n metallb-system --all/);
});

it('speakers outside of Pods run on', () => {
  const document = documentOf(cluster('').filter((raw) => !isSpeakerPod(raw)));
  assert.deepEqual(statesOf(document), [
    ['running', null],
    ['running', null],
  ]);
});

it('with Pods that may not be read, nothing is concluded from them', () => {
  const document = overviewOf({
    objects: cluster('berth-speaker-x'),
    wall: WALL,
    unread: [forbidden('Pod')],
  });
  assert.deepEqual(document.announcing.sessions, { up: 2, all: 2 });
});
