/** Speakers that fell apart come together one by one: nobody's address moves for it, since no owner has failed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HEALING_TIME } from '../../../src/layer2/membership/healing-network.ts';
import { type Random, seeded, seeds } from '../../support/random.ts';
import type { MembershipCluster } from './support/membership-cluster.ts';
import { assertLiving, NOTICED_TOGETHER, STARTED, started } from './support/started-cluster.ts';

const STEP = 100;
/** A session that was down takes up to 3 s to come up (RFC 5880 6.8.3). */
const SLOWEST = 3000;

/** Each session takes a time of its own to come up again. */
function unevenly(cluster: MembershipCluster, random: Random): void {
  const delays = new Map<string, number>();
  cluster.comesUpAfter = (a, b) => {
    const delay = delays.get(`${a} ${b}`) ?? STEP * random.below(SLOWEST / STEP);
    delays.set(`${a} ${b}`, delay);
    return delay;
  };
}

/** Each owner has its addresses in the eyes of all that are among the judges, and nobody else takes them. */
function assertKept(cluster: MembershipCluster, says: string): void {
  for (const judge of cluster.names) {
    assert.equal(cluster.of(judge).presence?.isOutside, false, `${says}: ${judge} is outside`);
    for (const owner of cluster.names)
      assert.ok(cluster.ownersFor(judge, owner).includes(owner), `${says}: ${judge} takes what ${owner} has`);
  }
}

function runKept(cluster: MembershipCluster, duration: number, says: string): void {
  for (let passed = 0; passed < duration; passed += STEP) {
    cluster.run(STEP);
    assertKept(cluster, `${says}, after ${passed} ms`);
  }
}

describe('speakers that come together one by one', () => {
  for (const seed of seeds(20, 500))
    it(`keep what each of them has, where all were apart (seed ${seed})`, () => {
      const random = seeded(seed);
      const cluster = started(3 + random.below(4));
      cluster.scatter({ reachesApi: true });
      cluster.run(NOTICED_TOGETHER);
      assertKept(cluster, 'apart');
      unevenly(cluster, random);
      cluster.heal();
      runKept(cluster, STARTED + SLOWEST, 'healing');
      assertLiving(cluster, cluster.names);
    });

  for (const seed of seeds(10, 200))
    it(`keep what each of them has, where all were in pairs (seed ${seed})`, () => {
      const random = seeded(seed);
      const pairs = 2 + random.below(3);
      const cluster = started(2 * pairs);
      for (const [index, name] of cluster.names.entries())
        Object.assign(cluster.of(name), { part: index % pairs });
      cluster.run(NOTICED_TOGETHER);
      assertKept(cluster, 'apart');
      unevenly(cluster, random);
      cluster.heal();
      runKept(cluster, STARTED + SLOWEST, 'healing');
      assertLiving(cluster, cluster.names);
    });

  it('elect by size again where some stay apart', () => {
    const cluster = started(3);
    const [a = '', b = '', c = ''] = cluster.names;
    cluster.scatter({ reachesApi: true });
    cluster.run(NOTICED_TOGETHER);
    Object.assign(cluster.of(c), { part: cluster.of(b).part });
    runKept(cluster, HEALING_TIME, 'healing');
    cluster.run(STARTED);
    for (const judge of cluster.names) assert.deepEqual(cluster.ownersFor(judge, a), [b, c]);
    assert.equal(cluster.of(a).presence?.isOutside, true);
  });

  it('miss at once one of them that dies meanwhile', () => {
    const cluster = started(3);
    const [a = '', b = '', c = ''] = cluster.names;
    cluster.scatter({ reachesApi: true });
    cluster.run(NOTICED_TOGETHER);
    cluster.heal();
    cluster.run(STARTED);
    cluster.kill(a);
    cluster.run(1000);
    for (const judge of [b, c]) assert.deepEqual(cluster.ownersFor(judge, a), [b, c]);
  });
});
