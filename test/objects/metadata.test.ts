/** Metadata of objects: identity, age, and the part that people write. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeCondition } from '../../src/objects/condition.ts';
import {
  compareAge,
  identityOf,
  parseCreationTimestamp,
  userWrittenPart,
  withoutBookkeeping,
} from '../../src/objects/metadata.ts';
import { decodeNamespace } from '../../src/objects/namespace.ts';

describe('the age of an object', () => {
  it('is its creationTimestamp, in milliseconds', () => {
    assert.equal(parseCreationTimestamp('2026-01-01T00:00:05Z'), Date.UTC(2026, 0, 1, 0, 0, 5));
  });

  for (const value of [undefined, null, '', 'yesterday', 7, {}]) {
    it(`is younger than every stored object where creationTimestamp is ${JSON.stringify(value)}`, () => {
      assert.equal(parseCreationTimestamp(value), Number.POSITIVE_INFINITY);
      const stored = identityOf({ metadata: { name: 'z', creationTimestamp: '2026-01-01T00:00:00Z' } });
      const notStored = identityOf({ metadata: { name: 'a', creationTimestamp: value } });
      assert.deepEqual([notStored, stored].sort(compareAge), [stored, notStored]);
    });
  }

  it('orders objects of one age by name, then by uid', () => {
    const named = (name: string, uid: string) => identityOf({ metadata: { name, uid } });
    const sorted = [named('b', '1'), named('a', '2'), named('a', '1')].sort(compareAge);
    assert.deepEqual(
      sorted.map(({ name, uid }) => name + uid),
      ['a1', 'a2', 'b1'],
    );
  });
});

it('an identity is read from any object, and fields of the wrong type count as missing', () => {
  assert.deepEqual(identityOf({ metadata: { name: 7, namespace: null, labels: { a: 'b', c: 1 } } }), {
    ...{ name: '', namespace: '', uid: '' },
    createdAt: Number.POSITIVE_INFINITY,
    labels: { a: 'b' },
  });
  for (const raw of [null, undefined, 7, [], { metadata: 'x' }]) assert.equal(identityOf(raw).name, '');
});

const POOL = {
  apiVersion: 'metallb.io/v1beta1',
  metadata: {
    ...{ name: 'main', uid: 'p-1', generation: 3, resourceVersion: '9' },
    managedFields: [{}],
    annotations: {
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
      'example.com/note': 'of others',
      'berth.dev/send-max': '7',
    },
  },
  spec: { addresses: ['192.0.2.0/24'] },
  status: { assignedIPv4: 4 },
};

it('bookkeeping is left out: managedFields, and annotations of others, such as the copy that kubectl apply keeps', () => {
  assert.deepEqual(withoutBookkeeping(POOL), {
    ...POOL,
    metadata: {
      ...{ name: 'main', uid: 'p-1', generation: 3, resourceVersion: '9' },
      annotations: { 'berth.dev/send-max': '7' },
    },
  });
});

it('the part that people write has no status and no counters', () => {
  const written = userWrittenPart(POOL);
  assert.deepEqual(written, {
    apiVersion: 'metallb.io/v1beta1',
    metadata: { name: 'main', uid: 'p-1', annotations: { 'berth.dev/send-max': '7' } },
    spec: { addresses: ['192.0.2.0/24'] },
  });
  const counted = { ...POOL, status: { assignedIPv4: 5 } };
  assert.deepEqual(userWrittenPart(counted), written);
});

it('a Namespace is decoded to its name and its labels', () => {
  assert.deepEqual(decodeNamespace({ metadata: { name: 'shop', labels: { env: 'prod', odd: 7 } } }), {
    name: 'shop',
    labels: { env: 'prod' },
  });
  assert.equal(decodeNamespace({ metadata: {} }), null);
});

it('a condition whose status is neither True nor False is Unknown', () => {
  assert.deepEqual(decodeCondition({ type: 'Ready', status: 'yes', reason: 7 }), {
    ...{ type: 'Ready', status: 'Unknown', reason: '', message: '', lastTransitionTime: '' },
  });
});
