/** Waiting for a state of the network that comes about by itself, and is then there to stay. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

const WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 250;

/** What is right at a glance must still be so after this long: a route too many may only be on its way. */
export const HOLDS_MS = 1_000;

/**
 * Looks until there are no differences and none have come up for `holds`; fails with those of the last look, and with
 * what `more` adds. A look that throws is a difference: a daemon that is only just starting does not answer.
 */
export async function settle(
  differences: () => Promise<readonly string[]>,
  more: () => string,
  holds = HOLDS_MS,
): Promise<void> {
  const deadline = performance.now() + WITHIN_MS;
  let found: readonly string[] = [];
  let equalSince: number | null = null;
  while (equalSince !== null || performance.now() < deadline) {
    found = await differences().catch((error) => [String(error)]);
    equalSince = found.length > 0 ? null : (equalSince ?? performance.now());
    if (equalSince !== null && performance.now() - equalSince >= holds) return;
    await sleep(LOOK_EVERY_MS);
  }
  assert.fail([...found, more()].join('\n'));
}
