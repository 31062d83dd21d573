/** Waits until the network has converged to a state and stays in it. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { WaitLimit } from '../../../support/eventually.ts';

const POLL_INTERVAL_MS = 250;

/** A state must be stable for this long, since further routes may still arrive. */
export const STABLE_FOR_MS = 1_000;

/**
 * Looks until there are no differences and none have come up for `holds`; fails with those of the last look, and with
 * what `more` adds. A look that throws is a difference: a daemon that is only just starting does not answer.
 */
export async function awaitConvergence(
  differences: () => Promise<readonly string[]>,
  details: () => string,
  stableForMs = STABLE_FOR_MS,
): Promise<void> {
  const wait = new WaitLimit();
  let found: readonly string[] = [];
  let stableSince: number | null = null;
  while (stableSince !== null || !wait.isOver) {
    found = await differences().catch((error) => [String(error)]);
    stableSince = found.length > 0 ? null : (stableSince ?? performance.now());
    if (stableSince !== null && performance.now() - stableSince >= stableForMs) return;
    await sleep(POLL_INTERVAL_MS);
  }
  assert.fail([...found, details()].join('\n'));
}
