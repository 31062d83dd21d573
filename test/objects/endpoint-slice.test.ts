/** EndpointSlices are decoded to endpoints, their nodes and their conditions. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeEndpointSlice } from '../../src/objects/endpoint-slice.ts';

const slice = (metadata: object, endpoints: unknown = []) =>
  decodeEndpointSlice({
    ...{ addressType: 'IPv4', endpoints },
    metadata: { name: 'web-1', namespace: 'shop', ...metadata },
  }) ?? assert.fail();

describe('decoding an EndpointSlice', () => {
  it('takes the Service from the label, not from the name', () => {
    const labels = { 'kubernetes.io/service-name': 'web' };
    const { namespace, name, service, addressType } = slice({ labels, name: 'other-x7' });
    assert.deepEqual([namespace, name, service, addressType], ['shop', 'other-x7', 'shop/web', 'IPv4']);
  });

  for (const [labels, what] of [
    [{}, 'no label'],
    [{ 'kubernetes.io/service-name': '' }, 'an empty label'],
    [{ 'kubernetes.io/service-name': 7 }, 'a label that is no string'],
  ] as const) {
    it(`finds no Service with ${what}`, () => assert.equal(slice({ labels }).service, null));
  }

  for (const [conditions, isReady, isServing] of [
    [undefined, true, false],
    [{}, true, false],
    [{ ready: null }, true, false],
    [{ ready: true, serving: true }, true, true],
    [{ ready: false }, false, false],
    [{ ready: false, serving: true, terminating: true }, false, true],
    [{ ready: 'no', serving: 'yes' }, true, false],
  ] as const) {
    it(`reads the conditions ${JSON.stringify(conditions)}`, () => {
      const [endpoint] = slice({}, [{ addresses: ['10.0.0.1'], nodeName: 'w1', conditions }]).endpoints;
      assert.deepEqual(endpoint, { node: 'w1', addresses: ['10.0.0.1'], isReady, isServing });
    });
  }

  it('gives null for an object without a name', () => {
    assert.equal(decodeEndpointSlice({ endpoints: [] }), null);
  });

  it('never throws, whatever the shape', () => {
    for (const odd of [null, 7, 'text', {}, [null], [{ addresses: 7 }], [{ addresses: [7], nodeName: [] }]])
      assert.doesNotThrow(() => slice({ labels: odd }, odd));
  });
});
