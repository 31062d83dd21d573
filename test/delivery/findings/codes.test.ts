/** The documentation has a paragraph for each code. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { SPEAKER_FINDING_CODES } from '../../../src/delivery/findings/codes.ts';

test('docs/speaker-findings.md has each code, in order', () => {
  const page = readFileSync(new URL('../../../docs/speaker-findings.md', import.meta.url), 'utf8');
  const headings = [...page.matchAll(/^## (S\d+ .*)$/gm)].map(([, heading]) => heading);
  assert.deepEqual(
    headings,
    Object.entries(SPEAKER_FINDING_CODES).map(([code, name]) => `${code} ${name}`),
  );
});
