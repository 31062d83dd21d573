/** The secret of the speakers as it is read: found, replaced, gone. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { err, ok } from '../../../src/base/result.ts';
import { FORGOTTEN_AFTER, speakerKey, USED_AFTER } from '../../../src/layer2/membership/key-ring.ts';
import type { LogFields } from '../../../src/observe/log.ts';
import { SpeakerKeys } from '../../../src/speaker/layer2/speaker-keys.ts';
import { FakeClock } from '../../support/fake-clock.ts';

describe('the secret of the speakers', () => {
  let clock: FakeClock;
  let keys: SpeakerKeys;
  let changes: number;
  let logged: string[];
  let fixes: string[];

  beforeEach(() => {
    clock = new FakeClock();
    changes = 0;
    [logged, fixes] = [[], []];
    const note = (message: string, fields: LogFields = {}): number => {
      fixes.push(`${fields['fix']}`);
      return logged.push(message);
    };
    const log = { info: note, warn: note };
    keys = new SpeakerKeys({ clock, log, fix: 'write a key', changed: () => changes++ });
  });

  const ids = (): readonly number[] => keys.authentication?.keys.map(({ id }) => id) ?? [];
  const idOf = (secret: string): number => speakerKey(secret).id;

  it('is not known before it was read', () => {
    assert.deepEqual([keys.isRead, keys.authentication], [false, null]);
  });

  it('is missed once, in a sentence with the reason', () => {
    for (let reads = 0; reads < 2; reads++) keys.read(err('there is no Secret'));
    assert.deepEqual([keys.isRead, keys.authentication, changes, logged.length], [true, null, 1, 1]);
    assert.match(logged[0] ?? '', /not authenticated/);
    assert.deepEqual(fixes, ['write a key']);
  });

  it('is in use as soon as there is one', () => {
    keys.read(err('there is no Secret'));
    keys.read(ok('one'));
    assert.deepEqual([ids(), keys.authentication?.activeKeyId], [[idOf('one')], idOf('one')]);
  });

  it('stays in force when it goes away, and a sentence says so', () => {
    keys.read(ok('one'));
    keys.read(err('the Secret was deleted'));
    assert.deepEqual([ids(), changes], [[idOf('one')], 1]);
    assert.deepEqual(logged, ['the secret of the speakers cannot be read, the last one stays in force']);
    assert.deepEqual(fixes, ['write a key']);
    keys.read(ok('one'));
    assert.deepEqual([changes, logged.length], [1, 1]);
  });

  it('is replaced in steps, each of which is a change', () => {
    keys.read(ok('one'));
    keys.read(ok('two'));
    assert.deepEqual([ids(), keys.authentication?.activeKeyId], [[idOf('one'), idOf('two')], idOf('one')]);
    clock.advance(USED_AFTER);
    assert.deepEqual([changes, keys.authentication?.activeKeyId], [3, idOf('two')]);
    clock.advance(FORGOTTEN_AFTER);
    assert.deepEqual([changes, ids(), clock.pending], [4, [idOf('two')], 0]);
  });

  it('waits for nothing after the end', () => {
    keys.read(ok('one'));
    keys.read(ok('two'));
    keys.stop();
    assert.equal(clock.pending, 0);
  });
});
