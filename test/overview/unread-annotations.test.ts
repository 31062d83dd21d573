import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeService, type Service } from '../../src/objects/service.ts';
import { UnreadAnnotations } from '../../src/overview/unread-annotations.ts';

function service(name: string, annotations: Readonly<Record<string, string>>): Service {
  const decoded = decodeService({
    metadata: { name, namespace: 'shop', annotations },
    spec: { type: 'LoadBalancer' },
  });
  assert.ok(decoded !== null);
  return decoded;
}

const saysOf = (unread: UnreadAnnotations): readonly string[] =>
  unread.problems('metallb-system').map(({ says, fix, count }) => `${count}: ${says} ${fix}`);

test('each key is one problem, whatever the number of Services, until the last one is corrected', () => {
  const unread = new UnreadAnnotations();
  const wrong = { 'metallb.io/adress-pool': 'a' };
  for (const name of ['a', 'b', 'c']) unread.put(service(name, wrong));
  unread.put(service('fine', { 'metallb.io/address-pool': 'a' }));
  const says = 'the annotation metallb.io/adress-pool has no effect: nothing reads it.';
  const fix = 'Did you mean metallb.io/address-pool?';
  assert.deepEqual(saysOf(unread), [`3: 3 Services, such as shop/a: ${says} ${fix}`]);
  unread.put(service('a', { 'metallb.io/address-pool': 'a' }));
  unread.remove('shop/b');
  unread.remove('shop/b');
  assert.deepEqual(saysOf(unread), [`1: Service shop/c: ${says} ${fix}`]);
  unread.put(service('c', { 'metallb.io/colour': 'red' }));
  assert.deepEqual(saysOf(unread), [
    '1: Service shop/c: the annotation metallb.io/colour has no effect: nothing reads it. Remove it, or correct its name.',
  ]);
  unread.remove('shop/c');
  assert.deepEqual(saysOf(unread), []);
});
