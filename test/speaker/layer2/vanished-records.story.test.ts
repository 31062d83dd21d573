import assert from 'node:assert/strict';
import { it } from 'node:test';
import { recordedOwners } from '../../../src/layer2/election/record-plan.ts';
import { RECORD_GAP, VanishedRecords } from '../../../src/speaker/layer2/vanished-records.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const record = (node: string, handOverTo: string | null = null) => ({
  ...{ name: `l2-${node}`, service: 'web/blog', node, interfaces: [], handOverTo },
});

it('what a deleted record said counts until its successor is there, for a short time at most', () => {
  const clock = new FakeClock();
  let changes = 0;
  const vanished = new VanishedRecords(clock, () => {
    changes += 1;
  });
  const owners = (...now: ReturnType<typeof record>[]) => recordedOwners([...vanished.records, ...now]);
  vanished.deleted(record('n1', 'n2'));
  assert.deepEqual([...owners().handOver], [['web/blog', 'n2']]);
  const next = owners(record('n2'));
  assert.deepEqual([[...next.recorded], [...next.handOver]], [[['web/blog', 'n2']], []]);
  clock.advance(RECORD_GAP);
  assert.deepEqual([[...owners().recorded], changes], [[], 1]);
  vanished.deleted(record('n1'));
  vanished.stop();
  assert.equal(clock.pending, 0);
});
