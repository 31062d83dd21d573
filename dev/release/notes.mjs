// @ts-check

/**
 * The section of one version in the changelog, without its heading. Throws where there is none: a release has notes.
 * @param {string} changelog in the format of Keep a Changelog
 * @param {string} version such as 0.1.0
 */
export function releaseNotes(changelog, version) {
  const sections = changelog.split(/^(?=## )/m);
  const section = sections.find((text) => text.startsWith(`## [${version}]`));
  if (section === undefined) throw new Error(`CHANGELOG.md has no section [${version}]: write one`);
  const [heading = '', ...lines] = section.split('\n');
  return `# Berth ${heading.replace(/^## \[(.*?)\]/, '$1')}\n${lines.join('\n').trimEnd()}\n`;
}
