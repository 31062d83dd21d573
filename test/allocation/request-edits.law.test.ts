/** Whatever owners edit, and whatever pools do meanwhile: an address is only given up for a reason that a person can name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { underSeeds } from '../support/random.ts';
import { addressesOf, releaseReason } from './support/release-reasons.ts';
import { RequestHistory } from './support/request-history.ts';

const STEPS = 60; // of one history

test('an address is given up only for a reason of the oracle, and every reason occurs', () => {
  const seen = new Map<string, number>();
  let kept = 0;
  underSeeds(200, 10_000, (random) => {
    const history = new RequestHistory(random);
    for (let step = 0; step < STEPS; step++) {
      const before = history.moment();
      history.step();
      const { edited, deletedAt } = history;
      const change = { before, after: history.moment(), edited, deletedAt };
      for (const [key, old] of before.services) {
        const now = change.after.services.get(key);
        for (const address of addressesOf(old)) {
          if (now !== undefined && addressesOf(now).includes(address)) {
            kept += 1;
            continue;
          }
          const reason = releaseReason(key, address, change);
          assert.ok(
            reason !== null,
            `${key} gave up ${address}, and has ${now === undefined ? 'gone' : `${addressesOf(now)} ${JSON.stringify(now.conditions)}`} after\n${history.journal.join('\n')}`,
          );
          seen.set(reason, (seen.get(reason) ?? 0) + 1);
        }
      }
      history.cluster.allocator.ledger.audit();
    }
  });
  assert.ok(kept > 0);
  if (process.env['SEED'] === undefined) assert.ok(seen.size >= 7, [...seen].join('\n'));
});
