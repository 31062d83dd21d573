/** Which speakers have stopped, by what they have published and by the Pods that there are. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { publishedSpeakers } from '../../../src/layer2/objects/published-speakers.ts';
import { toSpeakerPod } from '../../../src/layer2/objects/watched-objects.ts';

const status = (fields: Raw): Raw => ({ metadata: { name: 'n1' }, status: { phase: 'speaking', ...fields } });

type Pods = Parameters<typeof publishedSpeakers>[1];

const pods = (nodeName: string, image = 'registry.example/berth:v1'): Pods =>
  [
    toSpeakerPod({
      metadata: { name: `speaker-${nodeName}`, labels: { component: 'speaker' } },
      spec: { nodeName, containers: [{ image }] },
    }),
  ].filter((one) => one !== null);

const ROWS: readonly (readonly [says: string, fields: Raw, pods: Pods, hasStopped: boolean])[] = [
  ['it runs in a Pod that is there', { pod: 'a' }, pods('n1'), false],
  ['it ran in a Pod, and its node has none', { pod: 'a' }, pods('n2'), true],
  ['it ran in a Pod, and there is none at all: the speakers were removed', { pod: 'a' }, [], true],
  ['it ran in a Pod, and its node has one of MetalLB', { pod: 'a' }, pods('n1', 'metallb/speaker:v1'), true],
  ['Pods could not be read', { pod: 'a' }, null, false],
  ['it runs outside of a Pod', { pod: '' }, pods('n2'), false],
  ['an older build does not say how it runs', {}, [], false],
  ['it says that it has stopped', { pod: 'a', phase: 'stopped' }, pods('n1'), true],
];

describe('whether a speaker has stopped', () => {
  for (const [says, fields, seen, hasStopped] of ROWS)
    it(says, () => {
      const [speaker] = publishedSpeakers([status(fields)], seen);
      assert.equal(speaker?.hasStopped, hasStopped);
    });

  it('an object that no speaker has filled is none', () => {
    assert.deepEqual(publishedSpeakers([{ metadata: { name: 'n1' } }], []), []);
  });
});
