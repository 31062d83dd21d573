/** What counts as a change of an advertisement that can conflict with others. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ResolvedAdvertisement } from '../../../src/announce/config/advertisement.ts';
import { ATTRIBUTE_CONFLICT_RULES } from '../../../src/announce/config/attribute-conflicts.ts';
import { resolveNodeConfig } from '../../../src/announce/config/node-config.ts';
import { METALLB_NAMESPACE } from '../../../src/announce/simulator/cluster-simulator.ts';
import { advertisement, pool } from '../support/cluster.ts';

/** The advertisement with that spec, where the only pool has these addresses. */
function resolved(addresses: readonly string[], spec = {}): ResolvedAdvertisement {
  const objects = {
    ...{ layer2: [], peers: [], communities: [], bfdProfiles: [], secrets: [] },
    pools: [pool('main', addresses)],
    advertisements: [advertisement('a', spec)],
  };
  const config = resolveNodeConfig(objects, {}, { namespace: METALLB_NAMESPACE }, null);
  const active = config.advertisements.get('a')?.active;
  assert.ok(active, config.errors.map(({ issue }) => issue.message).join());
  return active;
}

const BEFORE = resolved(['10.20.1.0/24']);

const rows: readonly (readonly [title: string, now: ResolvedAdvertisement, isUnchanged: boolean])[] = [
  ['nothing', resolved(['10.20.1.0/24']), true],
  ['the addresses of its pool', resolved(['10.20.2.0/24', '10.20.4.0/24']), true],
  ['its communities', resolved(['10.20.1.0/24'], { communities: ['64512:1'] }), true],
  ['LOCAL_PREF', resolved(['10.20.1.0/24'], { localPref: 150 }), false],
  ['its peers', resolved(['10.20.1.0/24'], { peers: ['r1'] }), false],
  ['a family that its pool also has', resolved(['10.20.1.0/24', '2001:db8:1::/64']), false],
  ['the family of its pool', resolved(['2001:db8:1::/64']), false],
];

for (const [title, now, isUnchanged] of rows) {
  it(`${isUnchanged ? 'cannot' : 'can'} conflict anew by an edit of ${title}`, () => {
    assert.equal(ATTRIBUTE_CONFLICT_RULES.isUnchanged(now, BEFORE), isUnchanged);
  });
}
