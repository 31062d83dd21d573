import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { packageVersion } from '../../../dev/image/root.mjs';
import { root } from '../../../dev/place.mjs';
import { changelogProblem, releaseNotes } from '../../../dev/release/notes.mjs';

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

describe('a release is refused', () => {
  const made = '# Changelog\n\n## [1.1.0] - 2026-02-01\n\n### Added\n\n- A thing.\n';
  const rows: readonly [sentence: string, changelog: string, version: string, problem: RegExp | null][] = [
    ['not where the section has an entry', made, '1.1.0', null],
    ['where there is no section', made, '1.2.0', /has no section \[1\.2\.0\]/],
    ['where the section is empty', `## [1.2.0] - unreleased\n\n${made}`, '1.2.0', /\[1\.2\.0\].* no entry/],
    [
      'where entries would be in no release',
      `## [Unreleased]\n\n- Another thing.\n\n${made}`,
      '1.1.0',
      /under \[Unreleased\]: move them to \[1\.1\.0\]/,
    ],
    ['not by an empty section of what comes next', `## [Unreleased]\n\n${made}`, '1.1.0', null],
  ];
  for (const [sentence, changelog, version, problem] of rows)
    it(sentence, () => {
      const found = changelogProblem(changelog, version);
      if (problem === null) assert.equal(found, null);
      else assert.match(found ?? 'no problem', problem);
    });

  it('not today', () =>
    assert.equal(changelogProblem(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), packageVersion()), null));
});
