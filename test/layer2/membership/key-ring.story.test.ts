/** The keys of the speakers while their secret is replaced: which are accepted, and which one is used. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  bfdAuthentication,
  FORGOTTEN_AFTER,
  type KeyRing,
  nextRingChange,
  speakerKey,
  USED_AFTER,
  withSecret,
} from '../../../src/layer2/membership/key-ring.ts';

const START = 1_000_000;

/** The secrets by their key IDs: those accepted, and the one in use. */
function inForce(ring: KeyRing, now: number): string {
  const authentication = bfdAuthentication(ring, now);
  if (authentication === null) return 'none';
  const nameOf = (id: number): string =>
    ['one', 'two', 'three'].find((text) => speakerKey(text).id === id) ?? '?';
  return `${authentication.keys.map(({ id }) => nameOf(id)).join(' ')}, uses ${nameOf(authentication.activeKeyId)}`;
}

describe('the keys of the speakers', () => {
  it('are none without a secret', () => {
    assert.deepEqual([bfdAuthentication([], START), nextRingChange([], START)], [null, null]);
  });

  it('are one from the first secret on', () => {
    const ring = withSecret([], 'one', START);
    assert.equal(inForce(ring, START), 'one, uses one');
    assert.equal(nextRingChange(ring, START), null);
  });

  it('are two while a secret is replaced: accepted at once, used later, and the old one forgotten', () => {
    const ring = withSecret(withSecret([], 'one', 0), 'two', START);
    assert.equal(inForce(ring, START), 'one two, uses one');
    assert.equal(nextRingChange(ring, START), START + USED_AFTER);
    assert.equal(inForce(ring, START + USED_AFTER), 'one two, uses two');
    assert.equal(nextRingChange(ring, START + USED_AFTER), START + FORGOTTEN_AFTER);
    assert.equal(inForce(ring, START + FORGOTTEN_AFTER), 'two, uses two');
    assert.equal(nextRingChange(ring, START + FORGOTTEN_AFTER), null);
  });

  it('do not change when the same secret is read again', () => {
    const ring = withSecret(withSecret([], 'one', 0), 'two', START);
    assert.deepEqual(withSecret(ring, ' two\n', START + 50), ring);
  });

  it('go on when a secret is put back: that one stays in use', () => {
    const replaced = withSecret(withSecret([], 'one', 0), 'two', START);
    const ring = withSecret(replaced, 'one', START + 1000);
    assert.equal(inForce(ring, START + 1000), 'two one, uses one');
    assert.equal(inForce(ring, START + 1000 + FORGOTTEN_AFTER), 'one, uses one');
  });

  it('are at most four, with the one in use and the newest', () => {
    const secrets = ['b', 'c', 'd', 'e', 'f'];
    const ring = secrets.reduce(
      (one, secret, index) => withSecret(one, secret, START + index),
      withSecret([], 'a', 0),
    );
    const ids = ring.map(({ key }) => key.id);
    assert.deepEqual(
      ids,
      ['a', 'd', 'e', 'f'].map((secret) => speakerKey(secret).id),
    );
    assert.equal(bfdAuthentication(ring, START + 10)?.activeKeyId, speakerKey('a').id);
  });

  it('follow from the secret alone, and never change: other versions compute the same', () => {
    const { id, bfd } = speakerKey('one');
    assert.deepEqual(
      [id, Buffer.from(bfd).toString('hex')],
      [57, '42382f02c29c2c48982eaa83213fb31e9cf9b893'],
    );
  });
});
