/** Grouped contributions give the same routes as contributions one by one. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResolvedAdvertisement } from '../../../src/announce/config/advertisement.ts';
import { NO_ENDPOINTS } from '../../../src/announce/decision/endpoints.ts';
import type { Contribution } from '../../../src/announce/decision/should-announce.ts';
import { ContributionIndex } from '../../../src/announce/routes/prefix-contributions.ts';
import {
  type AnnouncedService,
  aggregateRoute,
  computeDesiredRoutes,
  type DesiredRoute,
} from '../../../src/announce/routes/routes.ts';
import { type Random, underSeeds } from '../../support/random.ts';
import { advertisement, node, peer, pool, SimulatedSpeaker, service } from '../support/cluster.ts';
import { decodedService } from '../support/decoded.ts';

const { nodeConfig } = new SimulatedSpeaker([
  ...[node('n1'), pool('main', ['10.20.1.0/24']), peer('r1'), peer('r2')],
  advertisement('x', { localPref: 100, serviceSelectors: [{}], peers: ['r1'] }),
  advertisement('y', { localPref: 200, serviceSelectors: [{}], communities: ['64500:1'] }),
  advertisement('z', { localPref: 300, serviceSelectors: [{}], peers: ['r2'], communities: ['64500:2'] }),
]).state;

const peers = [...nodeConfig.peers.active.values()];
const advertisements: readonly ResolvedAdvertisement[] = nodeConfig.advertisementsByPool.get('main') ?? [];

/** Of one of few ages, with some advertisements of one or two prefixes. */
function randomAnnouncedService(random: Random, name: string): AnnouncedService {
  const raw = service(name, []);
  const createdAt = new Date(random.below(4) * 1_000).toISOString();
  const metadata = { ...(raw['metadata'] as object), creationTimestamp: createdAt };
  const contributions = Array.from({ length: 1 + random.below(3) }, (): Contribution => {
    const address = { family: 4, bits: BigInt(random.below(2)) } as const;
    return { address, prefix: { ...address, length: 32 }, advertisement: random.pick(advertisements) };
  });
  contributions.sort((a, b) => Number(a.address.bits - b.address.bits));
  return { service: decodedService({ ...raw, metadata }), contributions, endpoints: NO_ENDPOINTS };
}

test('through random additions and removals', () => {
  assert.equal(advertisements.length, 3);
  underSeeds(200, 5_000, (random) => {
    const index = new ContributionIndex();
    const present = new Map<string, AnnouncedService>();
    for (let step = 0; step < 40; step++) {
      const name = `s${random.below(12)}`;
      const before = present.get(name);
      if (before !== undefined) index.remove(before);
      present.delete(name);
      if (before === undefined || random.chance(0.3)) {
        const one = randomAnnouncedService(random, name);
        present.set(name, one);
        index.add(one);
      }
      for (const one of peers) {
        const grouped = new Map<string, DesiredRoute>();
        for (const prefix of index.prefixes) {
          const contributions = index.get(prefix)?.contributionsTo(one) ?? null;
          if (contributions !== null) grouped.set(prefix, aggregateRoute(contributions));
        }
        assert.deepEqual(grouped, computeDesiredRoutes(one, [...present.values()]));
      }
    }
    for (const one of present.values()) index.remove(one);
    assert.deepEqual([...index.prefixes], [], 'no contribution is left');
  });
});
