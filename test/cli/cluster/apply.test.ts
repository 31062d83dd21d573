import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyManifest } from '../../../src/cli/cluster/apply.ts';

type AnyObject = Record<string, unknown>;

const stored = (spec: AnyObject, lastApplied: AnyObject | null, annotations: AnyObject = {}): AnyObject => ({
  metadata: {
    name: 'a',
    uid: 'u',
    resourceVersion: '7',
    creationTimestamp: 'then',
    annotations: {
      ...annotations,
      ...(lastApplied === null
        ? {}
        : { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(lastApplied) }),
    },
  },
  spec,
  status: { here: true },
});

const rows: readonly [
  says: string,
  was: AnyObject,
  before: AnyObject | null,
  manifest: AnyObject,
  spec: AnyObject,
][] = [
  ['sets what the manifest names', { a: 1, b: 2 }, null, { a: 3 }, { a: 3, b: 2 }],
  [
    'removes what was applied and is named no more',
    { a: 1, b: 2, c: 3 },
    { a: 1, b: 2 },
    { a: 1 },
    { a: 1, c: 3 },
  ],
  [
    'keeps what others set within a field that stays',
    { m: { x: 1, y: 2 } },
    { m: { x: 1 } },
    { m: { x: 5 } },
    { m: { x: 5, y: 2 } },
  ],
  [
    'removes within a field that stays',
    { m: { x: 1, y: 2, z: 3 } },
    { m: { x: 1, y: 2 } },
    { m: { x: 1 } },
    { m: { x: 1, z: 3 } },
  ],
  ['takes a list as one value', { l: [1, 2] }, { l: [1, 2] }, { l: [3] }, { l: [3] }],
  ['removes what is null', { a: 1, b: 2 }, null, { a: null }, { b: 2 }],
  [
    'takes an object for a plain value, and the other way',
    { a: 1, m: { x: 1 } },
    null,
    { a: { y: 1 }, m: 2 },
    { a: { y: 1 }, m: 2 },
  ],
];

describe('applying over what is stored', () => {
  for (const [says, was, before, manifest, spec] of rows) {
    it(says, () => {
      const lastApplied = before === null ? null : { metadata: { name: 'a' }, spec: before };
      const result = applyManifest(stored(was, lastApplied), { metadata: { name: 'a' }, spec: manifest });
      assert.deepEqual(result['spec'], spec);
    });
  }

  it('leaves to the server what is the server’s, and the annotations of others', () => {
    const lastApplied = { metadata: { name: 'a', annotations: { mine: '1', gone: '1' } }, spec: {} };
    const was = stored({}, lastApplied, { mine: '1', gone: '1', others: '1' });
    const manifest = {
      metadata: { name: 'a', uid: 'other', generation: 9, annotations: { mine: '2' } },
      spec: {},
      status: { here: false },
    };
    const { metadata, status } = applyManifest(was, manifest) as { metadata: AnyObject; status: unknown };
    const annotations = metadata['annotations'] as AnyObject;
    assert.deepEqual(
      [annotations['mine'], annotations['gone'], annotations['others']],
      ['2', undefined, '1'],
    );
    assert.deepEqual(
      [metadata['uid'], metadata['resourceVersion'], metadata['creationTimestamp'], metadata['generation']],
      ['u', '7', 'then', undefined],
    );
    assert.deepEqual(status, { here: true });
  });

  it('removes nothing where the last applied manifest is nonsense', () => {
    const was = {
      metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{' } },
      spec: { a: 1 },
    };
    assert.deepEqual(applyManifest(was, { spec: { b: 2 } })['spec'], { a: 1, b: 2 });
  });
});
