// @ts-check
import { installDebian } from './debian.mjs';
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
  const complaint = await installDebian([BROWSER]);
  return complaint === null ? null : `apt-get could not install ${BROWSER}:\n${complaint}`;
}
