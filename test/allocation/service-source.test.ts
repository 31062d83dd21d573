import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  countServicesByPool,
  lookUpServices,
  selectKeys,
  sortKeysByAge,
} from '../../src/allocation/service-source.ts';
import { service } from './support/test-cluster.ts';

const older = service('z-older', { ingressEntries: ['10.0.0.0'], allocatedFrom: 'p' });
const younger = service('a-younger', { ingressEntries: ['10.0.0.1'], allocatedFrom: 'p' });
const waiting = service('waiting', { allocatedFrom: 'p' });
const foreign = service('foreign', { ingressEntries: ['192.0.2.1'] });
const SERVICES = new Map([foreign, waiting, younger, older].map((one) => [one.key, one]));

test('keys are sorted by age', () => {
  assert.deepEqual(sortKeysByAge([younger, older]), ['default/z-older', 'default/a-younger']);
  assert.deepEqual(
    selectKeys(SERVICES, ({ annotations }) => Object.keys(annotations).length > 0),
    ['default/z-older', 'default/a-younger', 'default/waiting'],
  );
});

test('keys without a Service are left out', () => {
  assert.deepEqual(lookUpServices(SERVICES, ['default/waiting', 'default/deleted']), [waiting]);
});

test('a Service counts for the pool of its annotation if it has an address', () => {
  assert.deepEqual([...countServicesByPool(SERVICES)], [['p', 2]]);
});
