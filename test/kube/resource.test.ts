import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  collectionPath,
  IP_ADDRESS_POOLS,
  LEASES,
  NAMESPACES,
  objectPath,
  SERVICES,
  withQuery,
} from '../../src/kube/resource.ts';
import { apiVersionOf } from '../../src/objects/api-group.ts';

const rows: readonly [title: string, path: string, want: string][] = [
  ['all objects of the core group', collectionPath(SERVICES), '/api/v1/services'],
  ['the objects of one namespace', collectionPath(SERVICES, 'shop'), '/api/v1/namespaces/shop/services'],
  [
    'a resource of a named group',
    collectionPath(IP_ADDRESS_POOLS, 'metallb-system'),
    '/apis/metallb.io/v1beta1/namespaces/metallb-system/ipaddresspools',
  ],
  [
    'a cluster-scoped object',
    objectPath(NAMESPACES, { namespace: null, name: 'shop' }),
    '/api/v1/namespaces/shop',
  ],
  [
    'a subresource',
    objectPath(SERVICES, { namespace: 'a', name: 'b' }, 'status'),
    '/api/v1/namespaces/a/services/b/status',
  ],
  [
    'an invalid name stays one segment',
    objectPath(LEASES, { namespace: 'a', name: '../x?y' }),
    '/apis/coordination.k8s.io/v1/namespaces/a/leases/..%2Fx%3Fy',
  ],
  [
    'a query of the parameters that are not null',
    withQuery('/p', { a: 'x=y', b: null, c: '' }),
    '/p?a=x%3Dy&c=',
  ],
  ['no query', withQuery('/p', { a: null }), '/p'],
];

describe('the path of', () => {
  for (const [title, path, want] of rows) it(title, () => assert.equal(path, want));
});

it('an apiVersion starts with the group, except for the core group', () => {
  assert.deepEqual([apiVersionOf(IP_ADDRESS_POOLS), apiVersionOf(SERVICES)], ['metallb.io/v1beta1', 'v1']);
});
