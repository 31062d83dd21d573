import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../src/base/json.ts';
import { mergeDuplicates } from '../../src/manifests/duplicates.ts';

const pool = (location: string, addresses: string, more: Raw = {}) => ({
  location,
  object: {
    ...{ apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool', metadata: { name: 'a', namespace: 'lb' } },
    ...{ spec: { addresses: [addresses] }, ...more },
  },
});

describe('manifests of one object', () => {
  it('count once where they say the same', () => {
    const { unique, clashes } = mergeDuplicates([pool('1', '10.1.0.0/24'), pool('2', '10.1.0.0/24')]);
    assert.deepEqual([unique.map(({ location }) => location), clashes], [['1'], []]);
  });

  it('are named with both places where they differ', () => {
    const { unique, clashes } = mergeDuplicates([
      pool('x.yaml:1', '10.1.0.0/24'),
      pool('y.yaml:3', '10.2.0.0/24'),
    ]);
    assert.equal(unique.length, 1);
    assert.deepEqual(clashes, [
      {
        location: 'y.yaml:3',
        message: 'IPAddressPool a is in x.yaml:1, too, and differs: leave one of them out',
      },
    ]);
  });

  it('are two objects in two namespaces', () => {
    const other = pool('2', '10.2.0.0/24', { metadata: { name: 'a', namespace: 'other' } });
    assert.equal(mergeDuplicates([pool('1', '10.1.0.0/24'), other]).unique.length, 2);
  });
});
