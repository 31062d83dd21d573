import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  LONG_WORK_SERVICES,
  PROGRESS_DELAY,
  showLongWork,
  showProgress,
} from '../../../src/cli/framework/progress.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { CapturedStream } from '../support/run-command.ts';

function startProgress(isTTY: boolean) {
  const [stderr, clock] = [new CapturedStream(), new FakeClock()];
  stderr.isTTY = isTTY;
  let count = 0;
  const end = showProgress({ stderr, clock }, () => `${++count} read`);
  return { stderr, clock, end };
}

describe('progress', () => {
  it('says nothing of what is done in two seconds', () => {
    const { stderr, clock, end } = startProgress(true);
    clock.advance(PROGRESS_DELAY - 1);
    end();
    clock.advance(60_000);
    assert.equal(stderr.text, '');
    assert.equal(clock.pending, 0);
  });

  it('writes over its own line at a terminal, and wipes it at the end', () => {
    const { stderr, clock, end } = startProgress(true);
    clock.advance(PROGRESS_DELAY + 250);
    end();
    assert.equal(stderr.text, '\r\u001b[K1 read …\r\u001b[K2 read …\r\u001b[K');
    assert.equal(clock.pending, 0);
  });

  it('writes a line now and then elsewhere', () => {
    const { stderr, clock, end } = startProgress(false);
    clock.advance(PROGRESS_DELAY + 25_000);
    end();
    assert.equal(stderr.text, '1 read …\n2 read …\n3 read …\n');
  });
});

describe('what keeps us busy in one go', () => {
  const rows: readonly [says: string, isTTY: boolean, services: number, want: string][] = [
    ['is not worth a word while it is little', true, LONG_WORK_SERVICES - 1, ''],
    [
      'is said beforehand at a terminal, and wiped',
      true,
      5000,
      '\r\u001b[Kworking out 5000 Services …\r\u001b[K',
    ],
    ['is a line elsewhere', false, 5000, 'working out 5000 Services …\n'],
  ];
  for (const [says, isTTY, services, want] of rows) {
    it(says, () => {
      const stderr = new CapturedStream();
      stderr.isTTY = isTTY;
      showLongWork({ stderr }, services)();
      assert.equal(stderr.text, want);
    });
  }
});
