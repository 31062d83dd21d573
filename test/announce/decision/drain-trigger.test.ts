import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findDrainReason } from '../../../src/announce/decision/drain-trigger.ts';
import type { Raw } from '../../../src/base/json.ts';
import { decodeNode } from '../../../src/objects/node.ts';

const tainted = (...effects: readonly string[]): Raw => ({
  spec: { taints: effects.map((effect) => ({ key: 'maintenance', effect })) },
});
const deleting = { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } };

describe('the reason of a drain', () => {
  const rows: readonly (readonly [
    when: string,
    raw: Raw | null,
    always: string | null,
    onCordon: string | null,
  ])[] = [
    ['it is fine', { metadata: {}, spec: {} }, null, null],
    ['its object does not exist', null, 'its Node was deleted', 'its Node was deleted'],
    ['its object is being deleted', deleting, 'its Node is being deleted', 'its Node is being deleted'],
    ['it is cordoned', { spec: { unschedulable: true } }, null, 'it is cordoned'],
    ['it has a NoExecute taint', tainted('NoExecute'), null, 'it has the taint maintenance with NoExecute'],
    ['it has other taints', tainted('NoSchedule', 'PreferNoSchedule'), null, null],
    [
      'one taint of several counts',
      tainted('NoSchedule', 'NoExecute'),
      null,
      'it has the taint maintenance with NoExecute',
    ],
    ['its fields are invalid', { metadata: 7, spec: { taints: 'all', unschedulable: 'yes' } }, null, null],
  ];
  for (const [when, raw, always, onCordon] of rows) {
    it(`${when}: ${always ?? 'no drain'}; with --drain-on-cordon ${onCordon ?? 'no drain'}`, () => {
      assert.deepEqual(
        [false, true].map((isOn) =>
          findDrainReason(raw === null ? null : decodeNode(raw), { onCordon: isOn }),
        ),
        [always, onCordon],
      );
    });
  }
});
