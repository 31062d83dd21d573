import { frrFolder, missingForNetworks, oldBird } from '../../dev/parts/network.mjs';
import { strict } from '../../dev/place.mjs';

/** The routing daemons that tests in networks of namespaces run, or why such tests are skipped here. */
export type NetworkBinaries =
  | {
      readonly isAvailable: true;
      /** BIRD 2, which routers run. */
      readonly bird: string;
      readonly birdc: string;
      /** BIRD 1.6.8, which nodes run: one program a family. */
      readonly nodeBird: { readonly 4: string; readonly 6: string };
      readonly nodeBirdc: { readonly 4: string; readonly 6: string };
      readonly frrFolder: string;
      readonly vtysh: string;
      readonly gobgpd: string;
      readonly gobgp: string;
    }
  | { readonly isAvailable: false; readonly reason: string };

/**
 * Looks for the parts; installs nothing. `BERTH_REAL_PARTS=none` stands for a machine that has none. With CI=true a
 * missing part throws, so that no run there can pass by skipping.
 */
export function findNetworkBinaries(): NetworkBinaries {
  if (process.env['BERTH_REAL_PARTS'] === 'none')
    return { isAvailable: false, reason: 'switched off by BERTH_REAL_PARTS=none' };
  const missing = missingForNetworks();
  if (missing !== null) {
    const reason = `${missing}; \`node dev/setup.mjs\` run by root provides what such tests need`;
    if (strict) throw new Error(`CI=true, and ${reason}`);
    return { isAvailable: false, reason };
  }
  return {
    isAvailable: true,
    bird: 'bird',
    birdc: 'birdc',
    nodeBird: { 4: oldBird('bird'), 6: oldBird('bird6') },
    nodeBirdc: { 4: oldBird('birdc'), 6: oldBird('birdc6') },
    frrFolder,
    vtysh: 'vtysh',
    gobgpd: 'gobgpd',
    gobgp: 'gobgp',
  };
}

/** The same for those who have asked whether to skip. */
export function requireNetworkBinaries(): NetworkBinaries & { readonly isAvailable: true } {
  const parts = findNetworkBinaries();
  if (!parts.isAvailable) throw new Error(`no network of namespaces: ${parts.reason}`);
  return parts;
}

/** For the options of a `node:test` test or suite: false when it can run, else the reason for skipping it. */
export function skipWithoutNetworkBinaries(): string | false {
  const parts = findNetworkBinaries();
  return parts.isAvailable ? false : parts.reason;
}
