/** What `berth explain` says of the pools of a Service agrees with what the controller did. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainService } from '../../../src/allocation/explain/explain-service.ts';
import { readIngressStatus } from '../../../src/allocation/ingress-status.ts';
import { isManaged } from '../../../src/allocation/service-filter.ts';
import { isKeptAgainstRequest } from '../../../src/allocation/unmet-request.ts';
import type { Service } from '../../../src/objects/service.ts';
import { underSeeds } from '../../support/random.ts';
import { RandomHistory } from '../support/random-history.ts';

/** With an address that nobody knows the pool of, since its annotation went with a `kubectl replace`, it is left alone. */
const isServed = ({ ingress, conditions: [condition] }: Service): boolean =>
  ingress.length > 0 &&
  condition !== undefined &&
  (condition.reason === 'ForeignAddress' || !isKeptAgainstRequest(condition.reason));

test('no pool serves a Service that waits, with an address or without, unless its request has a problem', () => {
  let waiting = 0;
  let kept = 0;
  underSeeds(20, 3000, (random) => {
    const history = new RandomHistory(random, { invalid: true, writers: false, calico: false });
    for (let step = 0; step < 30; step++) {
      history.step();
      const { allocator, options, simulator } = history.cluster;
      for (const service of simulator.services.values()) {
        if (!isManaged(service, options) || service.deleting || isServed(service)) continue;
        const { requestProblem, pools } = explainService(allocator.context, service);
        waiting++;
        if (readIngressStatus(service).addresses.length > 0) kept++;
        const serving = requestProblem === null ? pools.filter(({ serves }) => serves) : [];
        assert.deepEqual(
          serving.map(({ pool }) => pool),
          [],
          `${service.key} ${service.conditions[0]?.message}\n${history.journal.join('\n')}`,
        );
      }
    }
  });
  if (process.env['SEED'] === undefined) assert.ok(waiting > 100 && kept > 10, `${waiting} ${kept}`);
});
