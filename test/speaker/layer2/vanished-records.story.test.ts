import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type OwnerRecord, RecordIndex } from '../../../src/layer2/election/record-index.ts';
import { RECORD_GAP, VanishedRecords } from '../../../src/speaker/layer2/vanished-records.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const record = (node: string, handOverTo: string | null = null): OwnerRecord => ({
  ...{ name: `l2-${node}`, service: 'web/blog', node, interfaces: [], handOverTo, pod: null },
});

it('what a deleted record said counts until its successor is there, for a short time at most', () => {
  const clock = new FakeClock();
  let changes = 0;
  const vanished = new VanishedRecords<OwnerRecord>(clock, () => {
    changes += 1;
  });
  const said = (...now: OwnerRecord[]) => {
    const { recorded, handOver } = new RecordIndex(now).owners((service) => vanished.of(service));
    return [recorded.get('web/blog'), handOver.get('web/blog')];
  };
  vanished.deleted(record('n1', 'n2'));
  assert.deepEqual(said(), ['n1', 'n2']);
  assert.deepEqual(said(record('n2')), ['n2', undefined]);
  clock.advance(RECORD_GAP);
  assert.deepEqual([said(), changes], [[undefined, undefined], 1]);
  vanished.deleted(record('n1'));
  vanished.stop();
  assert.equal(clock.pending, 0);
});
