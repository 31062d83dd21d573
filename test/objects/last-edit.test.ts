/** Who wrote an object last. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lastEditOf, withLastEdit } from '../../src/objects/last-edit.ts';

const entry = (manager: string, time: string, subresource?: string) => ({
  ...{ manager, operation: 'Update', apiVersion: 'v1', time, fieldsType: 'FieldsV1', fieldsV1: {} },
  ...(subresource === undefined ? {} : { subresource }),
});
const object = (...managedFields: readonly unknown[]) => ({
  metadata: { name: 'a', managedFields },
  spec: { localPref: 100 },
});

const rows: readonly (readonly [string, readonly unknown[], ReturnType<typeof lastEditOf>])[] = [
  [
    'the newest of several writers',
    [entry('helm', '2026-01-02T00:00:00Z'), entry('kubectl-edit', '2026-01-03T00:00:00Z')],
    { by: 'kubectl-edit', time: '2026-01-03T00:00:00Z' },
  ],
  [
    'nobody who writes the status',
    [entry('helm', '2026-01-02T00:00:00Z'), entry('berth', '2026-01-03T00:00:00Z', 'status')],
    { by: 'helm', time: '2026-01-02T00:00:00Z' },
  ],
  ['not known without a time', [entry('helm', '')], null],
  ['not known of what is no list of entries', [7, null, 'x'], null],
];

describe('the last edit of an object is', () => {
  for (const [says, entries, want] of rows)
    it(says, () => {
      const raw = object(...entries);
      assert.deepEqual(lastEditOf(raw), want);
      assert.deepEqual(lastEditOf(withLastEdit(raw)), want, 'it is kept');
    });

  it('kept without the fields that somebody owns', () => {
    const kept = withLastEdit(
      object(entry('helm', '2026-01-02T00:00:00Z'), entry('b', '2025-01-02T00:00:00Z')),
    );
    assert.deepEqual(kept, {
      metadata: { name: 'a', managedFields: [{ manager: 'helm', time: '2026-01-02T00:00:00Z' }] },
      spec: { localPref: 100 },
    });
  });
});
