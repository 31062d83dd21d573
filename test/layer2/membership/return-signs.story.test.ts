/** A speaker that was lost can be reached again: what is a sign of it, and what is a recording, or another process. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ReturnSigns, SIGN_COVERS, SIGN_SILENCE } from '../../../src/layer2/membership/return-signs.ts';

/** When the session with n2 went down. */
const LOST_AT = 10_000;
const LATER = LOST_AT + SIGN_SILENCE;

describe('a sign that a speaker can be reached again', () => {
  let signs: ReturnSigns;

  beforeEach(() => {
    signs = new ReturnSigns();
    assert.equal(arrives(1, 0), false, 'while its session is up');
    signs.lost('n2', 'first');
  });

  const arrives = (serial: number, now: number, { boot = 'first', sender = 'n2' } = {}) =>
    signs.received({ sender, boot, sequence: 1, serial, lost: [] }, now);

  it('is its report after a silence', () => {
    assert.equal(arrives(2, LATER), true);
  });

  it('is the first report that ever came', () => {
    signs.lost('n3', 'first');
    assert.equal(arrives(1, LOST_AT, { sender: 'n3' }), true);
  });

  it('is no report while more of them arrive: BFD alone does not get through', () => {
    assert.equal(arrives(2, LATER), true);
    for (let serial = 3; serial < 20; serial++)
      assert.equal(arrives(serial, LATER + (serial - 2) * (SIGN_SILENCE - 1)), false);
  });

  it('is no report that was recorded and is sent again, however often', () => {
    assert.equal(arrives(5, LATER), true);
    for (let round = 1; round < 10; round++) assert.equal(arrives(5, LATER + round * SIGN_SILENCE), false);
    assert.equal(arrives(4, LATER + 20 * SIGN_SILENCE), false);
    assert.equal(arrives(6, LATER + 20 * SIGN_SILENCE), true);
  });

  it('is the session that comes up, where no report came first', () => {
    assert.equal(signs.up('n2', 'first', LATER), true);
    assert.equal(arrives(2, LATER + SIGN_SILENCE), false, 'it is lost no more');
  });

  it('is no session that comes up soon after a report', () => {
    assert.equal(arrives(2, LATER), true);
    assert.equal(signs.up('n2', 'first', LATER + SIGN_COVERS - 1), false);
  });

  it('is the session that comes up long after a report that came alone', () => {
    assert.equal(arrives(2, LATER), true);
    assert.equal(signs.up('n2', 'first', LATER + SIGN_COVERS), true);
  });

  it('is nothing that another process of the speaker sends: it has started, and has read who answers', () => {
    assert.equal(arrives(1, LATER, { boot: 'second' }), false);
    assert.equal(signs.up('n2', 'second', LATER), false);
  });

  it('is nothing of a speaker that was never lost', () => {
    assert.equal(signs.up('n3', 'first', LATER), false);
  });

  it('is nothing of a speaker that is published no more', () => {
    signs.keepOnly((speaker) => speaker !== 'n2');
    assert.equal(signs.up('n2', 'first', LATER), false);
  });
});
