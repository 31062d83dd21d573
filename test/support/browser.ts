/** A browser for tests of pages. */
import { BROWSER } from '../../dev/parts/browser.mjs';
import { onPath } from '../../dev/parts/system.mjs';
import { strict } from '../../dev/place.mjs';

/** For the options of a `node:test` test or suite: false when it can run, else the reason for skipping it. */
export function skipWithoutBrowser(): string | false {
  if (process.env['BERTH_REAL_PARTS'] === 'none') return 'switched off by BERTH_REAL_PARTS=none';
  if (onPath(BROWSER)) return false;
  const reason = `${BROWSER} is not installed; \`node dev/setup.mjs\` run by root provides it`;
  if (strict) throw new Error(`CI=true, and ${reason}`);
  return reason;
}
