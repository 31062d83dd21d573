/** Contract: who owns what after a server-side apply, and what is refused for it. */

import assert from 'node:assert/strict';
import { APPLY_PATCH, JSON_PATCH } from '../../../src/objects/patch-type.ts';
import type { Loose } from '../client.ts';
import { assertIncludes, type ContractRow, configMap } from '../fixture.ts';
import { applier, data, FORCE, mustApply, ownersOf } from './applier.ts';

export const applyOwnership: readonly ContractRow[] = [
  [
    'it creates an object, whose fields the manager owns',
    async (api) => {
      const { status, body } = await applier(api, 'configmaps/a')(data({ x: '1' }));
      assert.equal(status, 201);
      const [entry] = body.metadata.managedFields;
      assertIncludes(entry, {
        manager: 'alice',
        operation: 'Apply',
        apiVersion: 'v1',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:x': {} } },
      });
    },
  ],
  [
    'the same configuration again writes nothing',
    async (api) => {
      const apply = applier(api, 'configmaps/a');
      const first = await mustApply(apply(data({ x: '1' })));
      assert.deepEqual(await mustApply(apply(data({ x: '1' }))), first);
    },
  ],
  [
    'a body as YAML',
    async (api) => {
      const apply = applier(api, 'configmaps/a');
      const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: "1"\n';
      assert.deepEqual((await mustApply(apply(yaml))).data, { x: '1' });
    },
  ],
  [
    'what is left out is removed, what others own is kept',
    async (api) => {
      const apply = applier(api, 'configmaps/a');
      await mustApply(apply(data({ x: '1', y: '2' })));
      await mustApply(apply(data({ z: '3' }), 'bob'));
      assert.deepEqual((await mustApply(apply(data({ y: '2' })))).data, { y: '2', z: '3' });
    },
  ],
  [
    'another value than that of another manager is a conflict',
    async (api) => {
      const apply = applier(api, 'configmaps/a');
      const before = await mustApply(apply(data({ x: '1', y: '2' })));
      const refused = await api.mustRefuse(
        apply(data({ x: '2' }), 'bob'),
        409,
        'Conflict',
        'Apply failed with 1 conflict: conflict with "alice": .data.x',
      );
      assert.deepEqual(refused.details.causes, [
        { reason: 'FieldManagerConflict', message: 'conflict with "alice"', field: '.data.x' },
      ]);
      await api.mustRefuse(
        apply(data({ x: '2', y: '3' }), 'bob'),
        409,
        'Conflict',
        'Apply failed with 2 conflicts: conflicts with "alice":\n- .data.x\n- .data.y',
      );
      assert.deepEqual(await api.get('configmaps/a'), before);
    },
  ],
  [
    'force takes the field from its owner',
    async (api) => {
      const apply = applier(api, 'configmaps/a');
      await mustApply(apply(data({ x: '1', y: '2' })));
      const after = await mustApply(apply(data({ x: '2' }), 'bob', FORCE));
      assert.deepEqual(after.data, { x: '2', y: '2' });
      assert.deepEqual(ownersOf(after), {
        alice: { 'f:data': { 'f:y': {} } },
        bob: { 'f:data': { 'f:x': {} } },
      });
    },
  ],
  [
    'a value that two managers apply stays until both leave it out',
    async (api) => {
      const apply = applier(api, 'configmaps/a');
      await mustApply(apply(data({ x: '1' })));
      await mustApply(apply(data({ x: '1', y: '2' }), 'bob'));
      assert.deepEqual((await mustApply(apply(data({ z: '3' })))).data, { x: '1', y: '2', z: '3' });
      assert.deepEqual((await mustApply(apply(data({ y: '2' }), 'bob'))).data, { y: '2', z: '3' });
    },
  ],
  [
    'an update takes fields without asking, and is a conflict for the next apply',
    async (api) => {
      const apply = applier(api, 'configmaps/a');
      await mustApply(apply(data({ x: '1' })));
      const updated = await api.patch('configmaps/a', { data: { x: '2' } });
      assert.deepEqual(ownersOf(updated), { 'contract/Update': { 'f:data': { 'f:x': {} } } });
      await api.mustRefuse(
        apply(data({ x: '1' })),
        409,
        'Conflict',
        'Apply failed with 1 conflict: conflict with "contract" using v1',
      );
      assert.deepEqual(ownersOf(await mustApply(apply(data({ x: '2' })))), {
        alice: { 'f:data': { 'f:x': {} } },
        'contract/Update': { 'f:data': { 'f:x': {} } },
      });
    },
  ],
  [
    'a dry run answers and writes nothing',
    async (api) => {
      const apply = applier(api, 'configmaps/a');
      const { status, body } = await apply(data({ x: '1' }), 'alice', { dryRun: 'All' });
      assert.deepEqual([status, body.data], [201, { x: '1' }]);
      await api.mustRefuse(api.call('GET', 'configmaps/a'), 404, 'NotFound');
      await mustApply(apply(data({ x: '1' })));
      assert.deepEqual((await mustApply(apply(data({ x: '2' }), 'alice', { dryRun: 'All' }))).data, {
        x: '2',
      });
      assert.deepEqual((await api.get('configmaps/a')).data, { x: '1' });
    },
  ],
  [
    'the owners can be moved by a patch, as kubectl does before its first apply',
    async (api) => {
      const created = await api.must('POST', 'configmaps', configMap('a', { x: '1' }));
      const [entry] = created.metadata.managedFields;
      const applied = { ...entry, operation: 'Apply', manager: 'alice' };
      const patch = [
        { op: 'replace', path: '/metadata/managedFields', value: [applied] },
        { op: 'replace', path: '/metadata/resourceVersion', value: created.metadata.resourceVersion },
      ];
      assert.deepEqual(Object.keys(ownersOf(await api.patch('configmaps/a', patch, JSON_PATCH))), ['alice']);
      assert.equal(
        (await mustApply(applier(api, 'configmaps/a')({ ...data({}), data: undefined }))).data,
        undefined,
      );
    },
  ],
  [
    'an object without owners is owned by its past',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a', { x: '1' }));
      const cleared = await api.patch('configmaps/a', { metadata: { managedFields: [{}] } });
      assert.equal(cleared.metadata.managedFields, undefined);
      const apply = applier(api, 'configmaps/a');
      await api.mustRefuse(
        apply(data({ x: '2' })),
        409,
        'Conflict',
        'conflict with "before-first-apply" using v1',
      );
      assert.deepEqual((await mustApply(apply(data({ x: '2' }), 'alice', FORCE))).data, { x: '2' });
    },
  ],
  [
    'a uid or resourceVersion in the configuration is a precondition',
    async (api) => {
      const apply = applier(api, 'configmaps/a');
      const meta = (metadata: Loose): Loose => ({ ...data({}), metadata: { name: 'a', ...metadata } });
      await api.mustRefuse(apply(meta({ uid: 'none' })), 409, 'Conflict', 'uid mismatch');
      const { metadata } = await mustApply(apply(data({ x: '1' })));
      await mustApply(apply(data({ x: '2' })));
      const { resourceVersion } = metadata;
      await api.mustRefuse(apply(meta({ resourceVersion })), 409, 'Conflict', 'the object has been modified');
    },
  ],
  [
    'it needs a manager',
    async (api) => {
      await api.mustRefuse(
        api.call('PATCH', 'configmaps/a', data({}), { type: APPLY_PATCH }),
        422,
        'Invalid',
        'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      );
    },
  ],
  [
    'only it can be forced',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a'));
      await api.mustRefuse(
        api.call('PATCH', 'configmaps/a', {}, {}, FORCE),
        422,
        'Invalid',
        'force: Forbidden: may not be specified for non-apply patch',
      );
    },
  ],
  [
    'the configuration has no managedFields, and the name of the path',
    async (api) => {
      const apply = applier(api, 'configmaps/a');
      const owned = { ...data({}), metadata: { name: 'a', managedFields: [{}] } };
      await api.mustRefuse(apply(owned), 400, 'BadRequest', 'metadata.managedFields must be nil');
      await mustApply(apply(data({ x: '1' })));
      const other = { ...data({}), metadata: { name: 'b' } };
      await api.mustRefuse(apply(other), 400, 'BadRequest', 'the name of the object (b) does not match');
    },
  ],
];
