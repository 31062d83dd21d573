import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SessionIndex } from '../../src/bfd/demultiplex.ts';

const HERE = { place: 'udp 3784', remote: '192.0.2.1' };
const THERE = { place: 'udp 3784', remote: '192.0.2.2' };

function index(): SessionIndex<string> {
  const sessions = new SessionIndex<string>();
  sessions.add(HERE, 7, 'here');
  sessions.add(THERE, 8, 'there');
  return sessions;
}

const rows: readonly (readonly [
  rule: string,
  arrival: typeof HERE,
  yourDiscriminator: number,
  found: string,
])[] = [
  ['our discriminator finds its session (RFC 5880 6.3)', HERE, 7, 'here'],
  ['without our discriminator, the remote finds it (RFC 5881 3)', THERE, 0, 'there'],
  ['the discriminator of another session finds none', HERE, 8, 'unknown-discriminator'],
  ['a discriminator of before a restart finds none', HERE, 99, 'unknown-discriminator'],
  [
    'another address finds none, whatever discriminator it has',
    { ...HERE, remote: '192.0.2.9' },
    7,
    'unknown-remote',
  ],
  ['another socket finds none', { ...HERE, place: 'udp 4784' }, 7, 'unknown-remote'],
];

describe('the session of a packet', () => {
  for (const [rule, arrival, yourDiscriminator, found] of rows)
    it(rule, () => {
      const result = index().find(arrival, { yourDiscriminator });
      assert.equal(result.kind === 'session' ? result.session : result.kind, found);
    });

  it('is not found after it was removed', () => {
    const sessions = index();
    sessions.remove(HERE);
    sessions.remove(HERE);
    assert.equal(sessions.find(HERE, { yourDiscriminator: 7 }).kind, 'unknown-remote');
    assert.equal(sessions.hasDiscriminator(7), false);
    assert.equal(sessions.hasDiscriminator(8), true);
  });

  it('is found by another discriminator from the moment it has one', () => {
    const sessions = index();
    sessions.renumber(HERE, 9);
    sessions.renumber({ ...HERE, remote: '192.0.2.9' }, 10);
    assert.equal(sessions.find(HERE, { yourDiscriminator: 9 }).kind, 'session');
    assert.equal(sessions.find(HERE, { yourDiscriminator: 7 }).kind, 'unknown-discriminator');
    assert.deepEqual(
      [7, 9, 10].map((one) => sessions.hasDiscriminator(one)),
      [false, true, false],
    );
  });

  it('is one: neither the remote nor the discriminator can have another', () => {
    const sessions = index();
    assert.equal(sessions.add(HERE, 9, 'again'), false);
    assert.equal(sessions.add({ ...HERE, remote: '192.0.2.3' }, 8, 'again'), false);
    assert.equal(sessions.add({ ...HERE, remote: '192.0.2.3' }, 9, 'other'), true);
  });
});
