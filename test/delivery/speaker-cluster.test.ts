import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../src/base/json.ts';
import { readSpeakerCluster } from '../../src/delivery/speaker-cluster.ts';
import { node } from '../announce/support/cluster.ts';

const NAMESPACE = 'metallb-system';

const status = (phase: string): Raw => ({
  ...{
    apiVersion: 'berth.dev/v1alpha1',
    kind: 'SpeakerStatus',
    metadata: { name: 'n1', namespace: NAMESPACE },
  },
  status: { phase },
});

const pod = (isReady: boolean): Raw => ({
  ...{ apiVersion: 'v1', kind: 'Pod', spec: { nodeName: 'n1', containers: [] } },
  metadata: { name: 'speaker-n1', namespace: NAMESPACE, labels: { component: 'speaker' } },
  status: { conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
});

const nodeThat = (isReady: boolean): Raw =>
  node('n1', {}, { conditions: [{ type: 'Ready', status: isReady ? 'True' : 'Unknown' }] });

describe('the speaker of a node', () => {
  const rows: readonly (readonly [says: string, objects: readonly Raw[], runs: boolean])[] = [
    ['runs where it has published itself', [nodeThat(true), status('speaking'), pod(true)], true],
    ['runs outside of the cluster, without a Pod', [nodeThat(true), status('speaking')], true],
    [
      'runs until the node is known to be dead, though its Pod is not ready',
      [nodeThat(true), status('speaking'), pod(false)],
      true,
    ],
    [
      'runs where only its node is not ready: its kubelet may stand still',
      [nodeThat(false), status('speaking'), pod(true)],
      true,
    ],
    ['is dead with its node', [nodeThat(false), status('speaking'), pod(false)], false],
    ['has stopped', [nodeThat(true), status('stopped'), pod(true)], false],
  ];
  for (const [says, objects, runs] of rows)
    it(says, () => {
      const { running } = readSpeakerCluster(objects, {
        ...{ namespace: NAMESPACE, lbClass: null, completeKinds: new Set() },
      });
      assert.deepEqual(running, runs ? ['n1'] : []);
    });
});
