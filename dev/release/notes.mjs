// @ts-check

/** A line of a list: something that users notice. */
const ENTRY = /^- \S/m;

/**
 * Why a release of this version cannot be made of this changelog, as a sentence; null where it can. Users read in it what is new.
 * @param {string} changelog
 * @param {string} version
 */
export function changelogProblem(changelog, version) {
  const section = sectionOf(changelog, `[${version}]`);
  if (section === undefined) return `CHANGELOG.md has no section [${version}]: write one`;
  if (!ENTRY.test(section))
    return `the section [${version}] of CHANGELOG.md has no entry: write what users notice`;
  if (ENTRY.test(sectionOf(changelog, '[Unreleased]') ?? ''))
    return `CHANGELOG.md has entries under [Unreleased]: move them to [${version}], or they are in no release`;
  return null;
}

/**
 * The section of one version in the changelog, without its heading. Throws where there is none: a release has notes.
 * @param {string} changelog in the format of Keep a Changelog
 * @param {string} version such as 0.1.0
 */
export function releaseNotes(changelog, version) {
  const section = sectionOf(changelog, `[${version}]`);
  if (section === undefined) throw new Error(`CHANGELOG.md has no section [${version}]: write one`);
  const [heading = '', ...lines] = section.split('\n');
  return `# Berth ${heading.replace(/^## \[(.*?)\]/, '$1')}\n${lines.join('\n').trimEnd()}\n`;
}

/**
 * @param {string} changelog
 * @param {string} title such as `[0.1.0]`
 */
const sectionOf = (changelog, title) =>
  changelog.split(/^(?=## )/m).find((text) => text.startsWith(`## ${title}`));
