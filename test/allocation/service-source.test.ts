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

test('the older come first, whatever their names and in whatever order they are listed', () => {
  assert.deepEqual(sortKeysByAge([younger, older]), ['default/z-older', 'default/a-younger']);
  assert.deepEqual(
    selectKeys(SERVICES, ({ annotations }) => Object.keys(annotations).length > 0),
    ['default/z-older', 'default/a-younger', 'default/waiting'],
  );
});

test('who is no more is left out', () => {
  assert.deepEqual(lookUpServices(SERVICES, ['default/waiting', 'default/gone']), [waiting]);
});

test('a pool’s Services are those that carry its name and show something', () => {
  assert.deepEqual([...countServicesByPool(SERVICES)], [['p', 2]]);
});
