/** Nodes and Pods are decoded to the fields that decide about announcing and draining. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatAddress } from '../../src/net/address.ts';
import { decodeNode, EXCLUDE_LABEL } from '../../src/objects/node.ts';
import { decodePod } from '../../src/objects/pod.ts';

const condition = (type: string, status: string) => ({ type, status });

describe('decoding a Node', () => {
  it('takes the first InternalIP of each family, and keeps all reported addresses as they are', () => {
    const { addresses, reportedAddresses } = decodeNode({
      metadata: { name: 'w1' },
      status: {
        addresses: [
          { type: 'Hostname', address: '192.0.2.9' },
          { type: 'ExternalIP', address: '192.0.2.8' },
          { type: 'InternalIP', address: 'w1.example' },
          { type: 'InternalIP', address: '192.0.2.1' },
          { type: 'InternalIP', address: 'fd00::1' },
          { type: 'InternalIP', address: '192.0.2.2' },
        ],
      },
    });
    assert.deepEqual(
      ([4, 6] as const).map((family) => addresses[family]).map((one) => one && formatAddress(one)),
      ['192.0.2.1', 'fd00::1'],
    );
    assert.deepEqual(
      reportedAddresses.map(({ type, text }) => `${type} ${text}`),
      [
        ...['ExternalIP 192.0.2.8', 'InternalIP w1.example', 'InternalIP 192.0.2.1'],
        ...['InternalIP fd00::1', 'InternalIP 192.0.2.2'],
      ],
    );
  });

  it('counts the presence of the exclude label, whatever its value', () => {
    for (const value of ['', 'true', 'false'])
      assert.equal(decodeNode({ metadata: { labels: { [EXCLUDE_LABEL]: value } } }).isExcluded, true);
    assert.equal(decodeNode({ metadata: { labels: { other: 'true' } } }).isExcluded, false);
  });

  for (const [status, isNetworkUnavailable, isReady] of [
    ['True', true, true],
    ['False', false, false],
    ['Unknown', false, false],
  ] as const) {
    it(`reads conditions of status ${status}`, () => {
      const conditions = [condition('NetworkUnavailable', status), condition('Ready', status)];
      const node = decodeNode({ status: { conditions } });
      assert.deepEqual([node.isNetworkUnavailable, node.isReady], [isNetworkUnavailable, isReady]);
    });
  }

  it('does not know whether a Node without conditions is ready', () => {
    assert.equal(decodeNode({ status: {} }).isReady, null);
  });

  it('keeps the annotations of Calico alone', () => {
    const annotations = { 'projectcalico.org/IPv4Address': '192.0.2.1/24', 'other.dev/large': '{}' };
    assert.deepEqual(decodeNode({ metadata: { annotations } }).annotations, {
      'projectcalico.org/IPv4Address': '192.0.2.1/24',
    });
  });

  it('never throws, whatever the shape', () => {
    for (const odd of [null, 7, 'text', [], [null], { a: null }]) {
      const node = decodeNode({
        ...{ metadata: { labels: odd, annotations: odd, deletionTimestamp: odd } },
        ...{ spec: { taints: odd, unschedulable: odd }, status: { conditions: odd, addresses: odd } },
      });
      assert.deepEqual(
        [node.name, node.isDeleting && odd !== 'text', node.isUnschedulable],
        ['', false, false],
      );
    }
  });
});

it('a Pod is decoded to its node, its phase and whether it is ready', () => {
  const status = (ready: string) => ({
    phase: 'Running',
    conditions: [{ type: 'Initialized' }, condition('Ready', ready)],
  });
  const pod = { metadata: { name: 'p' }, spec: { nodeName: 'w1' } };
  const decoded = { name: 'p', node: 'w1', phase: 'Running' };
  assert.deepEqual(decodePod({ ...pod, status: status('True') }), { ...decoded, isReady: true });
  // The cluster writes Unknown where a kubelet does not respond any more.
  for (const ready of ['False', 'Unknown'])
    assert.deepEqual(decodePod({ ...pod, status: status(ready) }), { ...decoded, isReady: false });
  assert.deepEqual(decodePod({}), { name: '', node: '', phase: '', isReady: false });
});
