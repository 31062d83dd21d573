/** Contract: conditions and addresses in the status of a Service, and their managers. */

import assert from 'node:assert/strict';
import { JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH } from '../../../src/objects/patch-type.ts';
import type { Loose } from '../client.ts';
import { assertIncludes, type ContractRow, service } from '../fixture.ts';
import { condition } from './status.ts';

export const statusLists: readonly ContractRow[] = [
  [
    'a strategic merge keeps other conditions',
    async (api) => {
      await api.service('a');
      await api.patch(
        'services/a/status',
        { status: { conditions: [condition('example.com/Theirs')] } },
        STRATEGIC_MERGE_PATCH,
      );
      const after = await api.patch(
        'services/a/status',
        { status: { conditions: [condition('example.com/Ours')] } },
        STRATEGIC_MERGE_PATCH,
      );
      assert.deepEqual(after.status.conditions.map((item: Loose) => item.type).sort(), [
        'example.com/Ours',
        'example.com/Theirs',
      ]);
    },
  ],
  [
    'a strategic merge changes a condition in place',
    async (api) => {
      await api.service('a');
      await api.patch(
        'services/a/status',
        { status: { conditions: [condition('A'), condition('B')] } },
        STRATEGIC_MERGE_PATCH,
      );
      const after = await api.patch(
        'services/a/status',
        { status: { conditions: [{ type: 'A', status: 'False' }] } },
        STRATEGIC_MERGE_PATCH,
      );
      assert.deepEqual(
        after.status.conditions.find((item: Loose) => item.type === 'A'),
        condition('A', 'False'),
      );
      assert.equal(after.status.conditions.length, 2);
    },
  ],
  [
    'a strategic merge removes one condition by directive',
    async (api) => {
      await api.service('a');
      await api.patch(
        'services/a/status',
        { status: { conditions: [condition('A'), condition('B')] } },
        STRATEGIC_MERGE_PATCH,
      );
      const after = await api.patch(
        'services/a/status',
        { status: { conditions: [{ type: 'A', $patch: 'delete' }] } },
        STRATEGIC_MERGE_PATCH,
      );
      assert.deepEqual(after.status.conditions, [condition('B')]);
    },
  ],
  [
    'a merge patch replaces all conditions',
    async (api) => {
      await api.service('a');
      await api.patch('services/a/status', { status: { conditions: [condition('A'), condition('B')] } });
      const after = await api.patch('services/a/status', { status: { conditions: [condition('C')] } });
      assert.deepEqual(after.status.conditions, [condition('C')]);
    },
  ],
  [
    'a strategic merge replaces the ingress as a whole',
    async (api) => {
      await api.service('a');
      await api.ingress('a', '192.0.2.1', '192.0.2.2');
      const after = await api.patch(
        'services/a/status',
        { status: { loadBalancer: { ingress: [{ ip: '192.0.2.3' }] } } },
        STRATEGIC_MERGE_PATCH,
      );
      assert.deepEqual(after.status.loadBalancer.ingress, [{ ip: '192.0.2.3', ipMode: 'VIP' }]);
    },
  ],
  [
    'a JSON patch changes one entry',
    async (api) => {
      await api.service('a');
      await api.ingress('a', '192.0.2.1', '192.0.2.2');
      const after = await api.patch(
        'services/a/status',
        [{ op: 'replace', path: '/status/loadBalancer/ingress/1/ip', value: '192.0.2.9' }],
        JSON_PATCH,
      );
      assert.deepEqual(
        after.status.loadBalancer.ingress.map((item: Loose) => item.ip),
        ['192.0.2.1', '192.0.2.9'],
      );
    },
  ],
  [
    'a PUT of the status keeps the spec',
    async (api) => {
      const created = await api.service('a');
      const body = {
        ...created,
        spec: { ...created.spec, ports: [{ port: 99 }] },
        status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
      };
      const after = await api.must('PUT', 'services/a/status', body);
      assert.deepEqual(after.spec, created.spec);
      assert.equal(after.status.loadBalancer.ingress[0].ip, '192.0.2.1');
    },
  ],
  [
    'a PUT of the status with an old resourceVersion is a conflict',
    async (api) => {
      const created = await api.service('a');
      await api.ingress('a', '192.0.2.1');
      await api.mustRefuse(
        api.call('PUT', 'services/a/status', created),
        409,
        'Conflict',
        'the object has been modified',
      );
    },
  ],
  [
    'the status of a missing Service is not found',
    async (api) => {
      await api.mustRefuse(
        api.call('PATCH', 'services/none/status', { status: {} }),
        404,
        'NotFound',
        'services "none" not found',
      );
    },
  ],
  [
    'the status subresource can be read',
    async (api) => {
      await api.service('a');
      assert.equal((await api.get('services/a/status')).metadata.name, 'a');
    },
  ],
  [
    'managedFields name the writer of the status',
    async (api) => {
      await api.service('a');
      const after = await api.patch(
        'services/a/status',
        { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } },
        MERGE_PATCH,
        { fieldManager: 'somebody' },
      );
      const entry = after.metadata.managedFields.find((item: Loose) => item.manager === 'somebody');
      assertIncludes(entry, {
        operation: 'Update',
        subresource: 'status',
        apiVersion: 'v1',
        fieldsType: 'FieldsV1',
      });
      assert.ok('f:ingress' in entry.fieldsV1['f:status']['f:loadBalancer'], JSON.stringify(entry.fieldsV1));
    },
  ],
  [
    'the manager defaults to the first word of the User-Agent',
    async (api) => {
      await api.service('a');
      const after = await api.ingress('a', '192.0.2.1');
      assert.ok(
        after.metadata.managedFields.some(
          (item: Loose) => item.manager === 'contract' && item.subresource === 'status',
        ),
      );
    },
  ],
  [
    'the next writer of the ingress becomes its manager',
    async (api) => {
      await api.service('a');
      const write = (ip: string, fieldManager: string): Promise<Loose> =>
        api.patch('services/a/status', { status: { loadBalancer: { ingress: [{ ip }] } } }, MERGE_PATCH, {
          fieldManager,
        });
      await write('192.0.2.1', 'one');
      const after = await write('192.0.2.2', 'two');
      const owners = after.metadata.managedFields.filter(
        (item: Loose) => item.fieldsV1['f:status']?.['f:loadBalancer']?.['f:ingress'],
      );
      assert.deepEqual(
        owners.map((item: Loose) => item.manager),
        ['two'],
      );
    },
  ],
  [
    'a dry run returns the result, and changes nothing',
    async (api) => {
      const before = await api.service('a');
      const shown = await api.patch(
        'services/a/status',
        { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } },
        MERGE_PATCH,
        { dryRun: 'All' },
      );
      assert.equal(shown.status.loadBalancer.ingress.length, 1);
      assert.deepEqual(await api.get('services/a'), before);
    },
  ],
  [
    'a Service with a class accepts a status like any other',
    async (api) => {
      await api.must('POST', 'services', service('a', { loadBalancerClass: 'example.com/x' }));
      assert.equal((await api.ingress('a', '192.0.2.1')).status.loadBalancer.ingress.length, 1);
    },
  ],
];
