import { existsSync } from 'node:fs';
import { clientPath } from '../../dev/parts/clients.mjs';
import { strict } from '../../dev/place.mjs';

/** A client of the Kubernetes API that tests run, or why it is not at hand. */
export type ClientBinary =
  | { readonly isAvailable: true; readonly path: string }
  | { readonly isAvailable: false; readonly reason: string };

/**
 * Looks for a client of `dev/parts/clients.mjs` by its name; builds nothing. With CI=true a missing one throws, so that no
 * run there can pass by skipping.
 */
export function findClient(name: string): ClientBinary {
  if (process.env['BERTH_REAL_PARTS'] === 'none')
    return { isAvailable: false, reason: 'switched off by BERTH_REAL_PARTS=none' };
  const path = clientPath(name);
  if (existsSync(path)) return { isAvailable: true, path };
  const reason = `${name} is not built; npm test and npm run test:full build their clients where there is Go`;
  if (strict) throw new Error(`CI=true, and ${reason}`);
  return { isAvailable: false, reason };
}
