import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { writtenObject } from '../../../src/cli/dashboard/written-object.ts';
import { IP_ADDRESS_POOLS, SERVICES } from '../../../src/kube/resource.ts';

describe('an object as somebody would write it', () => {
  it('keeps what an edit is about', () => {
    const raw = {
      ...{ apiVersion: 'v1', kind: 'Service' },
      metadata: { name: 'web', namespace: 'shop', labels: { a: 'b' }, annotations: { c: 'd' } },
      spec: { type: 'LoadBalancer' },
    };
    assert.deepEqual(writtenObject({ resource: SERVICES }, raw), raw);
  });

  it('leaves out what the API server, kubectl and controllers added', () => {
    const raw = {
      ...{ apiVersion: 'v1', kind: 'Service' },
      metadata: {
        ...{ name: 'web', uid: 'u', resourceVersion: '7', managedFields: [{}], creationTimestamp: 'now' },
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
      },
      ...{ spec: {}, status: { loadBalancer: {} } },
    };
    assert.deepEqual(writtenObject({ resource: SERVICES }, raw), {
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: {} },
    });
  });

  it('adds the kind, which items of a list lack', () =>
    assert.deepEqual(writtenObject({ resource: IP_ADDRESS_POOLS }, { metadata: { name: 'p' } }), {
      ...{ apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool', metadata: { name: 'p' } },
    }));
});
