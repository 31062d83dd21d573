// @ts-check
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installDebian } from './debian.mjs';

/**
 * Packages of the operating system that the tests need: how to see that one is there, and its Debian name.
 * @type {readonly { needs: string, there: () => boolean, debian: string }[]}
 */
const parts = [
  {
    needs: 'certificate authorities, without which Go cannot fetch modules',
    there: () =>
      existsSync('/etc/ssl/certs/ca-certificates.crt') || existsSync('/etc/pki/tls/certs/ca-bundle.crt'),
    debian: 'ca-certificates',
  },
  {
    needs: "setpriv, which ends a test's processes together with the test",
    there: () => onPath('setpriv'),
    debian: 'util-linux',
  },
  { needs: 'zsh, whose completion is tried', there: () => onPath('zsh'), debian: 'zsh' },
  { needs: 'fish, whose completion is tried', there: () => onPath('fish'), debian: 'fish' },
];

/**
 * Installs what is missing where that can be done without asking: as root, on a system with apt.
 * @returns {Promise<string | null>} null when all is there, else what is missing
 */
export async function provideSystem() {
  if (process.platform !== 'linux') return null;
  const missing = parts.filter((part) => !part.there());
  if (missing.length === 0) return null;
  const names = missing.map((part) => part.debian);
  const wish = missing.map((part) => `${part.needs} (Debian package ${part.debian})`).join('; ');
  if (process.getuid?.() !== 0 || !onPath('apt-get')) return wish;
  const complaint = await installDebian(names);
  return complaint === null ? null : `${wish}; apt-get said:\n${complaint}`;
}

/** @param {string} program */
export function onPath(program) {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
