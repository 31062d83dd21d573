import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { packageVersion } from '../../../dev/image/root.mjs';
import { root } from '../../../dev/place.mjs';
import { releaseNotes } from '../../../dev/release/notes.mjs';

const changelog = `# Changelog

About it.

## [1.1.0] - 2026-02-01

### Added

- More.

## [1.1] - 2026-01-15

- Not this.

## [1.0.0] - 2026-01-01

- First.
`;

describe('the notes of a release', () => {
  const rows: readonly [version: string, want: string][] = [
    ['1.1.0', '# Berth 1.1.0 - 2026-02-01\n\n### Added\n\n- More.\n'],
    ['1.0.0', '# Berth 1.0.0 - 2026-01-01\n\n- First.\n'],
  ];
  for (const [version, want] of rows)
    it(`are the section ${version} alone`, () => assert.equal(releaseNotes(changelog, version), want));

  it('are asked for where there is no section', () => {
    assert.throws(
      () => releaseNotes(changelog, '2.0.0'),
      /CHANGELOG\.md has no section \[2\.0\.0\]: write one/,
    );
  });

  it('are there for the version of the package', () => {
    const notes = releaseNotes(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), packageVersion());
    assert.match(notes, /^- /m);
  });
});
