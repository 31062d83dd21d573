/** The README shows what the playground prints. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import { openPlayground } from '../playground/support/in-process-playground.ts';

const PICTURE = /^```text\n(SERVICE [\s\S]*?)^```$/m;

describe('README.md', () => {
  it('shows the table that `npm start -- --once` prints', async () => {
    const [, shown] = PICTURE.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
    assert.ok(shown !== undefined, 'README.md has no block of text that begins with the head of the table');
    const playground = openPlayground(['--once', '--quiet']);
    assert.equal(await playground.ended, 0, playground.stderr.text);
    assert.equal(
      shown,
      playground.stdout.text,
      'README.md is out of date: replace its table with the one that npm start -- --once prints',
    );
  });
});
