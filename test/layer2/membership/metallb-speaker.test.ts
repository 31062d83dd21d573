/** What the Pod of a MetalLB speaker says of its process. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import type { MetallbProcess } from '../../../src/layer2/membership/metallb-speaker.ts';
import { toSpeakerPod } from '../../../src/layer2/objects/watched-objects.ts';

type Row = {
  readonly says: string;
  readonly image?: string;
  readonly args?: readonly string[];
  /** Status of its condition Ready, and since which second. */
  readonly ready?: readonly [status: 'True' | 'False', since: number];
  /** The second in which its container started; null where it does not run. */
  readonly startedAt?: number | null;
  /** What else the kubelet says of its container; null where it has said nothing yet. */
  readonly container?: Raw | null;
  readonly metadata?: Raw;
  /** Null for a Pod that is none of MetalLB. */
  readonly process: Partial<MetallbProcess> | null;
};

const rows: readonly Row[] = [
  { says: 'a ready Pod', process: { phase: 'ready', lbClass: null, ignoreExcludeLabel: false } },
  { says: "a Pod of Berth's", image: 'ghcr.io/berth/berth:1.0', process: null },
  {
    says: 'an image of a private registry',
    image: 'registry.example/x/metallb/speaker@sha256:1',
    process: {},
  },
  {
    says: 'one that is about to be deleted, though it is ready',
    metadata: { deletionTimestamp: time(50) },
    process: { phase: 'gone' },
  },
  {
    says: 'one whose process started and was not ready yet',
    ready: ['False', 10],
    process: { phase: 'starting' },
  },
  {
    says: 'the same within one second',
    ready: ['False', 20],
    process: { phase: 'starting' },
  },
  {
    says: 'one that was ready, and whose node or process does not answer any more',
    ready: ['False', 30],
    process: { phase: 'gone' },
  },
  {
    says: 'one whose process has ended and is not started again yet',
    ready: ['False', 30],
    startedAt: null,
    container: { lastState: { terminated: { exitCode: 1 } } },
    process: { phase: 'gone' },
  },
  {
    says: 'one whose process has ended, for the first time',
    ready: ['False', 30],
    container: { state: { terminated: { exitCode: 1 } } },
    process: { phase: 'gone' },
  },
  {
    says: 'one whose container is being made: it may run by now',
    ready: ['False', 10],
    startedAt: null,
    process: { phase: 'starting' },
  },
  {
    says: 'one of which the kubelet has said nothing yet',
    ready: ['False', 10],
    container: null,
    process: { phase: 'starting' },
  },
  {
    says: 'its class, with two dashes',
    args: ['--port=7472', '--lb-class=example.com/lb'],
    process: { lbClass: 'example.com/lb' },
  },
  { says: 'its class, with one dash', args: ['-lb-class=a/b'], process: { lbClass: 'a/b' } },
  { says: 'a switch', args: ['--ignore-exclude-lb'], process: { ignoreExcludeLabel: true } },
  {
    says: 'a switch with a value',
    args: ['--ignore-exclude-lb=true'],
    process: { ignoreExcludeLabel: true },
  },
  {
    says: 'a switch that is off',
    args: ['--ignore-exclude-lb=false'],
    process: { ignoreExcludeLabel: false },
  },
];

function time(second: number): string {
  return new Date(second * 1000).toISOString().replace('.000', '');
}

describe('the Pod of a speaker says of MetalLB', () => {
  for (const { says, image = 'quay.io/metallb/speaker:v0.16.1', args = [], metadata = {}, ...row } of rows) {
    it(says, () => {
      const [status, since] = row.ready ?? ['True', 30];
      const startedAt = row.startedAt === undefined ? 20 : row.startedAt;
      const state = startedAt === null ? { waiting: {} } : { running: { startedAt: time(startedAt) } };
      const pod = toSpeakerPod({
        ...{ apiVersion: 'v1', kind: 'Pod' },
        metadata: {
          name: 'speaker-a',
          namespace: 'metallb-system',
          labels: { component: 'speaker' },
          ...metadata,
        },
        spec: { nodeName: 'n1', containers: [{ name: 'side' }, { name: 'speaker', image, args }] },
        status: {
          phase: 'Running',
          conditions: [{ type: 'Ready', status, lastTransitionTime: time(since) }],
          containerStatuses:
            row.container === null ? [] : [{ name: 'side' }, { name: 'speaker', state, ...row.container }],
        },
      });
      if (row.process === null) assert.equal(pod?.metallb, null);
      else assert.deepEqual({ ...pod?.metallb, ...row.process }, pod?.metallb);
    });
  }
});
