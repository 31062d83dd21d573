/** The decision of a playground's router, rule by rule. */
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

/** As the table shows them. */
const selectedText = (all: Readonly<Record<string, PathOverrides>>): string =>
  selectBestPaths(offeredPaths(all))
    .map(
      (way) =>
        `${way.node}${way.weight === null ? '' : `×${way.weight}`}${way.isDraining ? ' (leaving)' : ''}`,
    )
    .join(' ');

const rows: readonly [says: string, all: Readonly<Record<string, PathOverrides>>, want: string][] = [
  ['ways that are as good are all taken, by name', { w2: {}, w1: {} }, 'w1 w2'],
  ['a higher LOCAL_PREF wins', { w1: { localPref: 200 }, w2: { localPref: 150 } }, 'w1'],
  ['where none is said it is 100', { w1: { localPref: 99 }, w2: {} }, 'w2'],
  ['a shorter AS_PATH wins', { w1: { asPath: path(64_700, 64_700) }, w2: {} }, 'w2'],
  ['LOCAL_PREF goes before AS_PATH', { w1: { asPath: path(1, 1), localPref: 101 }, w2: {} }, 'w1'],
  ['a lower MED wins', { w1: { med: 10 }, w2: { med: 5 }, w3: { med: 5 } }, 'w2 w3'],
  ['where none is said it is 0', { w1: { med: 1 }, w2: {} }, 'w2'],
  ['MED says nothing between two ASes', { w1: { med: 10 }, w2: { asPath: path(64_701), med: 5 } }, 'w1 w2'],
  ['a way from outside goes before one from inside', { w1: { internal: true }, w2: {} }, 'w2'],
  ['a better origin wins', { w1: { origin: 'incomplete' }, w2: {} }, 'w2'],
  [
    'who leaves comes last',
    { w1: { ...gracefulShutdown, localPref: 500 }, w2: { asPath: path(1, 2, 3) } },
    'w2',
  ],
  ['and is taken where nobody else is there', { w1: gracefulShutdown }, 'w1 (leaving)'],
  [
    'weights are those of the links',
    { w1: { extendedCommunities: weight(2) }, w2: { extendedCommunities: weight(1) } },
    'w1×2 w2×1',
  ],
  ['where one says none there are none', { w1: { extendedCommunities: weight(2) }, w2: {} }, 'w1 w2'],
  ['nothing of nothing', {}, ''],
];

describe('which ways a router takes', () => {
  for (const [says, all, want] of rows) it(says, () => assert.equal(selectedText(all), want));
});
