/** Flags of the speaker that have a range. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFlags } from '../../src/base/flags.ts';
import { SPEAKER_FLAGS } from '../../src/speaker/flags.ts';

const delay = (...words: readonly string[]) => {
  const parsed = parseFlags(SPEAKER_FLAGS, ['--node-name=n1', ...words], {});
  return parsed.ok ? parsed.value.flags['l2-failback-delay'] : parsed.error.join('\n');
};

describe('--l2-failback-delay', () => {
  const accepted: readonly (readonly [readonly string[], number])[] = [
    [[], 5000],
    [['--l2-failback-delay=0'], 0],
    [['--l2-failback-delay=0s'], 0],
    [['--l2-failback-delay', '1m30s'], 90_000],
    [['--l2-failback-delay=1h'], 3_600_000],
  ];
  for (const [words, millis] of accepted)
    it(`${words.join(' ') || 'left out'} is ${millis} ms`, () => assert.equal(delay(...words), millis));

  const refused: readonly (readonly [string, RegExp])[] = [
    ['2h', /--l2-failback-delay is "2h"; it takes a duration of at most 3600s$/],
    ['-5s', /--l2-failback-delay is "-5s"; it takes a duration such as 60s/],
    ['5', /--l2-failback-delay is "5"; it takes a duration such as 60s/],
  ];
  for (const [text, message] of refused)
    it(`${text} is refused`, () => assert.match(String(delay(`--l2-failback-delay=${text}`)), message));
});
