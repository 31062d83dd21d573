import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  LONG_WORK_SERVICES,
  PROGRESS_DELAY,
  showLongWork,
  showProgress,
} from '../../../src/cli/framework/progress.ts';
import { createTerminal } from '../../../src/observe/terminal.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { CapturedStream } from '../support/run-command.ts';

function startProgress(isTTY: boolean) {
  const [stderr, clock] = [new CapturedStream(), new FakeClock()];
  stderr.isTTY = isTTY;
  const terminal = createTerminal(stderr, {});
  let count = 0;
  const end = showProgress({ stderr: terminal, clock }, () => `${++count} read`);
  return { stderr, clock, end };
}

describe('progress', () => {
  it('shows nothing for a command of two seconds', () => {
    const { stderr, clock, end } = startProgress(true);
    clock.advance(PROGRESS_DELAY - 1);
    end();
    clock.advance(60_000);
    assert.equal(stderr.text, '');
    assert.equal(clock.pending, 0);
  });

  it('writes over its own line at a terminal, and clears it at the end', () => {
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

describe('a long computation', () => {
  const rows: readonly [says: string, isTTY: boolean, services: number, want: string][] = [
    ['is not announced for few Services', true, LONG_WORK_SERVICES - 1, ''],
    ['is announced at a terminal, and cleared', true, 5000, '\r\u001b[Kcomputing 5000 Services …\r\u001b[K'],
    ['is a line elsewhere', false, 5000, 'computing 5000 Services …\n'],
  ];
  for (const [says, isTTY, services, want] of rows) {
    it(says, () => {
      const stderr = new CapturedStream();
      stderr.isTTY = isTTY;
      showLongWork({ stderr: createTerminal(stderr, {}) }, services)();
      assert.equal(stderr.text, want);
    });
  }
});
