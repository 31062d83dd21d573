import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { QUIET_FOR, showProgress } from '../../src/cli/progress.ts';
import { FakeClock } from '../support/clock.ts';
import { Kept } from './support/run.ts';

function stage(isTTY: boolean) {
  const [stderr, clock] = [new Kept(), new FakeClock()];
  stderr.isTTY = isTTY;
  let count = 0;
  const end = showProgress({ stderr, clock }, () => `${++count} read`);
  return { stderr, clock, end };
}

describe('progress', () => {
  it('says nothing of what is done in two seconds', () => {
    const { stderr, clock, end } = stage(true);
    clock.advance(QUIET_FOR - 1);
    end();
    clock.advance(60_000);
    assert.equal(stderr.text, '');
    assert.equal(clock.pending, 0);
  });

  it('writes over its own line at a terminal, and wipes it at the end', () => {
    const { stderr, clock, end } = stage(true);
    clock.advance(QUIET_FOR + 250);
    end();
    assert.equal(stderr.text, '\r\u001b[K1 read …\r\u001b[K2 read …\r\u001b[K');
    assert.equal(clock.pending, 0);
  });

  it('writes a line now and then elsewhere', () => {
    const { stderr, clock, end } = stage(false);
    clock.advance(QUIET_FOR + 25_000);
    end();
    assert.equal(stderr.text, '1 read …\n2 read …\n3 read …\n');
  });
});
