import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeService, type Service } from '../../src/objects/service.ts';
import { KEYS_MAX, UnreadAnnotations } from '../../src/overview/unread-annotations.ts';

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

test('tenants write keys: beyond a limit, all others are one problem', () => {
  const unread = new UnreadAnnotations();
  for (let index = 100; index < 105 + KEYS_MAX; index++)
    unread.put(service(`t${index}`, { [`metallb.io/colour-${index}`]: '' }));
  for (const name of ['a', 'b']) unread.put(service(name, { 'metallb.io/zzz': '' }));
  const says = saysOf(unread);
  assert.equal(says.length, KEYS_MAX + 1);
  assert.match(says[0] ?? '', /^2: 2 Services, such as shop\/a: .*metallb.io\/zzz/);
  assert.equal(
    says.at(-1),
    '6: 6 Services, such as shop/t119: other keys have no effect, since nothing reads them: metallb.io/colour-119, metallb.io/colour-120, metallb.io/colour-121 and 3 more. Remove them, or correct their names.',
  );
});
