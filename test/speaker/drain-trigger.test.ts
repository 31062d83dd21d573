import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../src/base/json.ts';
import { decodeNode } from '../../src/objects/node.ts';
import { findDrainReason } from '../../src/speaker/drain-trigger.ts';

const tainted = (...effects: readonly string[]): Raw => ({
  spec: { taints: effects.map((effect) => ({ key: 'maintenance', effect })) },
});
const deleting = { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } };

describe('why a node leaves', () => {
  const rows: readonly (readonly [
    when: string,
    raw: Raw | null,
    anyway: string | null,
    onCordon: string | null,
  ])[] = [
    ['nothing is wrong with it', { metadata: {}, spec: {} }, null, null],
    ['its object is not there', null, 'its Node was deleted', 'its Node was deleted'],
    ['its object is going', deleting, 'its Node is being deleted', 'its Node is being deleted'],
    ['it is cordoned', { spec: { unschedulable: true } }, null, 'it is cordoned'],
    ['Pods are driven away', tainted('NoExecute'), null, 'it has the taint maintenance with NoExecute'],
    ['Pods are kept away', tainted('NoSchedule', 'PreferNoSchedule'), null, null],
    [
      'one taint of several counts',
      tainted('NoSchedule', 'NoExecute'),
      null,
      'it has the taint maintenance with NoExecute',
    ],
    ['its fields are nonsense', { metadata: 7, spec: { taints: 'all', unschedulable: 'yes' } }, null, null],
  ];
  for (const [when, raw, anyway, onCordon] of rows) {
    it(`${when}: ${anyway ?? 'it does not'}; with --drain-on-cordon ${onCordon ?? 'it does not'}`, () => {
      assert.deepEqual(
        [false, true].map((does) =>
          findDrainReason(raw === null ? null : decodeNode(raw), { onCordon: does }),
        ),
        [anyway, onCordon],
      );
    });
  }
});
