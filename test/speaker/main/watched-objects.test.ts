import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { toWatchedService, toWatchedSlice } from '../../../src/speaker/main/watched-objects.ts';
import { countHiddenClasses } from '../../support/hidden-classes.ts';

const NODE = 'w1';

const metadata = (index: number, labels: object = {}): object => ({
  ...{ namespace: 'shop', name: `s${index}`, uid: `uid-${index}`, resourceVersion: String(index), labels },
});

const service = (index: number): Raw => ({
  metadata: metadata(index, { app: `s${index}` }),
  spec: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', clusterIP: '10.96.0.1' },
  status: { loadBalancer: { ingress: [{ ip: `10.50.0.${index}` }] } },
});

const slice = (index: number): Raw => ({
  metadata: metadata(index, { 'kubernetes.io/service-name': `s${index}` }),
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.244.0.1'], conditions: { ready: true }, nodeName: NODE }],
});

describe('the objects that a speaker keeps', () => {
  it('have the version of the object, and what the speaker reads', () => {
    const { uid, resourceVersion, service: read } = toWatchedService(service(7)) ?? assert.fail();
    assert.deepEqual([uid, resourceVersion, read.key], ['uid-7', '7', 'shop/s7']);
    assert.deepEqual(toWatchedSlice(NODE, true)(slice(7)), {
      ...{ uid: 'uid-7', resourceVersion: '7', namespace: 'shop', name: 's7', service: 'shop/s7' },
      endpoints: { hasAny: true, ready: ['10.244.0.1'], serving: [] },
      usable: { hasAny: true, nodes: new Set([NODE]) },
    });
  });

  it('share what layer 2 reads of endpoints on the same nodes; without layer 2 there is nothing', () => {
    const decode = toWatchedSlice(NODE, true);
    assert.equal(decode(slice(1))?.usable, decode(slice(2))?.usable);
    assert.deepEqual(toWatchedSlice(NODE, false)(slice(1))?.usable, { hasAny: false, nodes: new Set() });
  });

  it('are none without a name', () => {
    assert.deepEqual([toWatchedService({}), toWatchedSlice(NODE, true)({})], [null, null]);
  });

  for (const [name, decode, make] of [
    ['Services', toWatchedService, service],
    ['EndpointSlices', toWatchedSlice(NODE, true), slice],
  ] as const) {
    it(`share one hidden class: ${name}`, () => {
      const kept = Array.from({ length: 100 }, (_, index) => decode(make(index)) ?? assert.fail());
      assert.equal(countHiddenClasses(kept), 1);
    });
  }
});
