import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeClusterObject } from '../../../../src/calico/objects/cluster-object.ts';
import {
  nodeObject,
  sameNodeObject,
  sliceObject,
} from '../../../../src/controller/announced/calico/model-objects.ts';
import { summarizeSlice } from '../../../../src/controller/announced/slice-summary.ts';
import { decodeNode, type Node } from '../../../../src/objects/node.ts';
import { decodedSlice } from '../../../announce/support/decoded.ts';

const node = (status: object, metadata: object = {}): Node =>
  decodeNode({ metadata: { name: 'w1', ...metadata }, status });

describe('a Node for the model of Calico', () => {
  const ready = { type: 'Ready', status: 'True' };

  it('has no fields that the model does not read', () => {
    const annotations = { 'projectcalico.org/ASNumber': '64512' };
    const one = node({ conditions: [ready] }, { labels: { a: 'b' }, annotations });
    assert.deepEqual(nodeObject(one), {
      type: 'node',
      node: {
        ...{ name: 'w1', labels: { a: 'b' }, annotations, isReady: true },
        ...{ addresses: { 4: null, 6: null }, reportedAddresses: [] },
      },
    });
  });

  it('is the same after a heartbeat, and another one when it is not ready', () => {
    const before = node({ conditions: [{ ...ready, lastHeartbeatTime: '1' }] });
    assert.equal(sameNodeObject(before, node({ conditions: [{ ...ready, lastHeartbeatTime: '2' }] })), true);
    assert.equal(sameNodeObject(before, node({ conditions: [{ ...ready, status: 'False' }] })), false);
  });
});

it('an EndpointSlice for the model has each node once for its ready endpoints, and once for others', () => {
  const endpoints = [
    { nodeName: 'w2', addresses: ['10.244.1.1'], conditions: { ready: false, serving: true } },
    { nodeName: 'w1', addresses: ['10.244.0.1'], conditions: { ready: true } },
    { nodeName: 'w1', addresses: ['10.244.0.2'] },
    { nodeName: 'w1', addresses: ['10.244.0.3'], conditions: { ready: false } },
    { addresses: ['10.244.9.9'] },
  ];
  const labels = { 'kubernetes.io/service-name': 'web', app: 'x' };
  const metadata = { name: 'web-1', namespace: 'shop', labels };
  const raw = { kind: 'EndpointSlice', metadata, addressType: 'IPv4', endpoints };
  assert.deepEqual(sliceObject(summarizeSlice(decodedSlice(raw))), {
    type: 'slice',
    slice: {
      ...{ namespace: 'shop', name: 'web-1', service: 'shop/web', addressType: 'IPv4' },
      endpoints: [
        { node: 'w2', isReady: false },
        { node: 'w1', isReady: false },
        { node: 'w1', isReady: true },
        { node: '', isReady: true },
      ],
    },
  });
  assert.equal(decodeClusterObject(raw)?.type, 'slice');
});
