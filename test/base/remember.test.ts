import assert from 'node:assert/strict';
import { it } from 'node:test';
import { rememberByObject, rememberLast } from '../../src/base/remember.ts';

it('a result by object is made once for each object', () => {
  let made = 0;
  const nameOf = rememberByObject(({ name }: { readonly name: string }) => {
    made += 1;
    return { name };
  });
  const one = { name: 'a' };
  assert.equal(nameOf(one), nameOf(one));
  assert.notEqual(nameOf({ name: 'a' }), nameOf(one));
  assert.equal(made, 2);
});

it('the last result stays while the items are the same objects in the same order', () => {
  let made = 0;
  const sizeOf = rememberLast((items: readonly object[]) => {
    made += 1;
    return items.length;
  });
  const [a, b] = [{}, {}];
  for (const items of [[a, b], [a, b], [b, a], [a], [a]]) assert.equal(sizeOf(items), items.length);
  assert.equal(made, 3);
});
