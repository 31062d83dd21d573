/** A cluster of speakers that have found each other, how long they need to notice what happens, and who is taken for alive. */
import assert from 'node:assert/strict';
import type { Millis } from '../../../../src/base/clock.ts';
import { MembershipCluster } from './membership-cluster.ts';

/** All sessions are up, and published. */
export const STARTED: Millis = 3000;
/** BFD misses a node, and those who did say so. */
export const NOTICED: Millis = 1000;
/** Those that died together are told from the other half of a network that broke. */
export const NOTICED_TOGETHER: Millis = 3000;

/** A cluster of `size` speakers that has run for `STARTED`. */
export function started(size: number): MembershipCluster {
  const cluster = new MembershipCluster(size);
  cluster.run(STARTED);
  return cluster;
}

/** `living` is what each of `judges` takes for alive; all that live unless told. */
export function assertLiving(
  cluster: MembershipCluster,
  living: readonly string[],
  judges: readonly string[] = living,
): void {
  const expected = [...living].sort();
  for (const judge of judges) assert.deepEqual([...cluster.livingFor(judge)].sort(), expected, judge);
}
