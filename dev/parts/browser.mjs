// @ts-check
import { capture, say } from '../run.mjs';
import { onPath } from './system.mjs';

/** The browser in which the dashboard is tried: Debian's Chromium. */

export const BROWSER = 'chromium';

/**
 * Installs it where that can be done without asking: as root, on a system with apt.
 * @returns {Promise<string | null>} null when it is there, else what is missing, as a sentence without its full stop
 */
export async function provideBrowser() {
  if (onPath(BROWSER)) return null;
  if (process.getuid?.() !== 0 || !onPath('apt-get')) return `${BROWSER} is not installed`;
  say(`Installing ${BROWSER} ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const update = await capture('apt-get', ['update', '-q'], { env, doing: 'reading package lists' });
  const install = await capture('apt-get', ['install', '-qy', '--no-install-recommends', BROWSER], {
    env,
    doing: `installing ${BROWSER}`,
  });
  return install.code === 0
    ? null
    : `apt-get could not install ${BROWSER}:\n${update.output}${install.output}`;
}
