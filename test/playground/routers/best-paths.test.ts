/** Tests of the best-path selection of a simulated router, one for each rule. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AsPath } from '../../../src/bgp/attributes/as-path.ts';
import { WELL_KNOWN_COMMUNITIES } from '../../../src/bgp/attributes/community.ts';
import { linkBandwidthCommunity } from '../../../src/bgp/attributes/extended-community.ts';
import { DEFAULT_ATTRIBUTES, type PathAttributes } from '../../../src/bgp/attributes/path.ts';
import { type OfferedPath, selectBestPaths } from '../../../src/playground/routers/best-paths.ts';

const path = (...asns: readonly number[]): AsPath => [{ kind: 'sequence', asns }];
const weight = (pods: number) => [
  linkBandwidthCommunity({ asn: 64_700, bytesPerSecond: pods * 125e6, transitive: false }),
];
const gracefulShutdown = { communities: [WELL_KNOWN_COMMUNITIES['graceful-shutdown']] };

type PathOverrides = Partial<PathAttributes> & { readonly internal?: boolean };

const offeredPaths = (all: Readonly<Record<string, PathOverrides>>): readonly OfferedPath[] =>
  Object.entries(all).map(([node, { internal = false, ...overrides }]) => ({
    ...{ node, internal },
    attributes: { ...DEFAULT_ATTRIBUTES, asPath: path(64_700), ...overrides },
  }));

/** The selected paths, as the table shows them. */
const selectedText = (all: Readonly<Record<string, PathOverrides>>): string =>
  selectBestPaths(offeredPaths(all))
    .map(
      (path) =>
        `${path.node}${path.weight === null ? '' : `×${path.weight}`}${path.isDraining ? ' (leaving)' : ''}`,
    )
    .join(' ');

const rows: readonly [says: string, all: Readonly<Record<string, PathOverrides>>, want: string][] = [
  ['equally good paths are all selected, sorted by node', { w2: {}, w1: {} }, 'w1 w2'],
  ['a higher LOCAL_PREF wins', { w1: { localPref: 200 }, w2: { localPref: 150 } }, 'w1'],
  ['an absent LOCAL_PREF is 100', { w1: { localPref: 99 }, w2: {} }, 'w2'],
  ['a shorter AS_PATH wins', { w1: { asPath: path(64_700, 64_700) }, w2: {} }, 'w2'],
  ['LOCAL_PREF goes before AS_PATH', { w1: { asPath: path(1, 1), localPref: 101 }, w2: {} }, 'w1'],
  ['a lower MED wins', { w1: { med: 10 }, w2: { med: 5 }, w3: { med: 5 } }, 'w2 w3'],
  ['an absent MED is 0', { w1: { med: 1 }, w2: {} }, 'w2'],
  [
    'MED is not compared between two ASes',
    { w1: { med: 10 }, w2: { asPath: path(64_701), med: 5 } },
    'w1 w2',
  ],
  ['an external path is preferred to an internal one', { w1: { internal: true }, w2: {} }, 'w2'],
  ['a better origin wins', { w1: { origin: 'incomplete' }, w2: {} }, 'w2'],
  [
    'a path with GRACEFUL_SHUTDOWN is the least preferred',
    { w1: { ...gracefulShutdown, localPref: 500 }, w2: { asPath: path(1, 2, 3) } },
    'w2',
  ],
  [
    'a path with GRACEFUL_SHUTDOWN is selected where there is no other',
    { w1: gracefulShutdown },
    'w1 (leaving)',
  ],
  [
    'weights are the link bandwidths',
    { w1: { extendedCommunities: weight(2) }, w2: { extendedCommunities: weight(1) } },
    'w1×2 w2×1',
  ],
  [
    'one path without a link bandwidth removes all weights',
    { w1: { extendedCommunities: weight(2) }, w2: {} },
    'w1 w2',
  ],
  ['without a path none is selected', {}, ''],
];

describe('the best paths of a router', () => {
  for (const [says, all, want] of rows) it(says, () => assert.equal(selectedText(all), want));
});
