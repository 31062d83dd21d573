import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../../src/base/json.ts';
import {
  toWatchedNode,
  toWatchedSliceSummary,
  toWatchedSpeakerPod,
} from '../../../../src/controller/main/api/watched-objects.ts';
import { countHiddenClasses } from '../../../support/hidden-classes.ts';

const object = (index: number): Raw => ({
  metadata: {
    ...{ namespace: 'shop', name: `s${index}`, uid: `uid-${index}`, resourceVersion: String(index) },
    labels: { 'kubernetes.io/service-name': `s${index}` },
  },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.244.0.1'], conditions: { ready: true }, nodeName: 'w1' }],
  spec: { nodeName: 'w1' },
});

describe('the objects that a controller keeps by the thousand share one hidden class', () => {
  for (const [name, decode] of [
    ['EndpointSlices', toWatchedSliceSummary],
    ['Nodes', toWatchedNode],
    ['Pods of speakers', toWatchedSpeakerPod],
  ] as const) {
    it(name, () => {
      const kept = Array.from({ length: 100 }, (_, index) => decode(object(index)) ?? assert.fail());
      assert.equal(countHiddenClasses(kept), 1);
      assert.deepEqual([kept[7]?.uid, kept[7]?.resourceVersion], ['uid-7', '7']);
    });
  }
});
