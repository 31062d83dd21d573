import assert from 'node:assert/strict';
import { it } from 'node:test';
import { buildPoolSet, toPoolObject } from '../../../src/config/pool/pool-set.ts';
import { poolValidity } from '../../../src/config/pool/validity.ts';

const pool = (name: string, ...addresses: readonly string[]) =>
  toPoolObject({ metadata: { name, uid: name }, spec: { addresses } });

const validityOf = (name: string, ...sets: readonly ReturnType<typeof pool>[][]) => {
  const set = sets.reduce<ReturnType<typeof buildPoolSet> | null>(
    (before, objects) => buildPoolSet(objects, before),
    null,
  );
  const state = set?.byName.get(name);
  assert.ok(state);
  return poolValidity(state);
};

it('a valid pool is in force', () =>
  assert.deepEqual(validityOf('p', [pool('p', '10.0.0.0/24')]), {
    ...{ status: 'True', reason: 'Valid', message: 'The pool is valid.' },
  }));

it('an invalid pool assigns nothing, or its last good version is in force', () => {
  const wrong = pool('p', '10.0.0.9-10.0.0.1');
  const first = validityOf('p', [wrong]);
  assert.deepEqual([first.status, first.reason], ['False', 'PoolInvalid']);
  assert.match(first.message, /^spec\.addresses\[0\]: .* ends before it begins\. It assigns nothing/);
  assert.match(
    validityOf('p', [pool('p', '10.0.0.0/24')], [wrong]).message,
    /What was valid before is in force\.$/,
  );
});

it('a pool that overlaps with an older one is valid, and says so', () => {
  const { status, reason, message } = validityOf('q', [pool('p', '10.0.0.0/24'), pool('q', '10.0.0.0/25')]);
  assert.deepEqual([status, reason], ['True', 'PoolOverlaps']);
  assert.match(message, /overlaps/);
});
