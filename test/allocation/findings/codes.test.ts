/** The documentation has a paragraph for each code. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { SERVICE_FINDING_CODES } from '../../../src/allocation/findings/codes.ts';

test('docs/service-findings.md has each code, in order', () => {
  const page = readFileSync(new URL('../../../docs/service-findings.md', import.meta.url), 'utf8');
  const headings = [...page.matchAll(/^## (A\d+ .*)$/gm)].map(([, heading]) => heading);
  assert.deepEqual(
    headings,
    Object.entries(SERVICE_FINDING_CODES).map(([code, name]) => `${code} ${name}`),
  );
});
