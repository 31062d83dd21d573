import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keysByAge, keysWhere, servicesByPool, servicesOf } from '../../src/plan/source.ts';
import { service } from './support.ts';

const older = service('z-older', { shows: ['10.0.0.0'], from: 'p' });
const younger = service('a-younger', { shows: ['10.0.0.1'], from: 'p' });
const waiting = service('waiting', { from: 'p' });
const foreign = service('foreign', { shows: ['192.0.2.1'] });
const SERVICES = new Map([foreign, waiting, younger, older].map((one) => [one.key, one]));

test('the older come first, whatever their names and in whatever order they are listed', () => {
  assert.deepEqual(keysByAge([younger, older]), ['default/z-older', 'default/a-younger']);
  assert.deepEqual(
    keysWhere(SERVICES, ({ annotations }) => Object.keys(annotations).length > 0),
    ['default/z-older', 'default/a-younger', 'default/waiting'],
  );
});

test('who is no more is left out', () => {
  assert.deepEqual(servicesOf(SERVICES, ['default/waiting', 'default/gone']), [waiting]);
});

test('a pool’s Services are those that carry its name and show something', () => {
  assert.deepEqual([...servicesByPool(SERVICES)], [['p', 2]]);
});
