import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  apiVersion,
  collectionPath,
  IP_ADDRESS_POOLS,
  LEASES,
  NAMESPACES,
  objectPath,
  SERVICES,
  withQuery,
} from '../../src/kube/resource.ts';

const rows: readonly [says: string, path: string, want: string][] = [
  ['all of a core kind', collectionPath(SERVICES), '/api/v1/services'],
  ['those of one namespace', collectionPath(SERVICES, 'shop'), '/api/v1/namespaces/shop/services'],
  [
    'a kind of a group',
    collectionPath(IP_ADDRESS_POOLS, 'metallb-system'),
    '/apis/metallb.io/v1beta1/namespaces/metallb-system/ipaddresspools',
  ],
  [
    'what lives in no namespace',
    objectPath(NAMESPACES, { namespace: null, name: 'shop' }),
    '/api/v1/namespaces/shop',
  ],
  [
    'a subresource',
    objectPath(SERVICES, { namespace: 'a', name: 'b' }, 'status'),
    '/api/v1/namespaces/a/services/b/status',
  ],
  [
    'a name that is no name stays one segment',
    objectPath(LEASES, { namespace: 'a', name: '../x?y' }),
    '/apis/coordination.k8s.io/v1/namespaces/a/leases/..%2Fx%3Fy',
  ],
  ['a query of what has a value', withQuery('/p', { a: 'x=y', b: null, c: '' }), '/p?a=x%3Dy&c='],
  ['no query', withQuery('/p', { a: null }), '/p'],
];

describe('the path of', () => {
  for (const [says, path, want] of rows) it(says, () => assert.equal(path, want));
});

it('a group stands before its version, and the core group does not', () => {
  assert.deepEqual([apiVersion(IP_ADDRESS_POOLS), apiVersion(SERVICES)], ['metallb.io/v1beta1', 'v1']);
});
