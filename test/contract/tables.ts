/** Contract: Tables, as `kubectl get` requests them. */

import assert from 'node:assert/strict';
import type { Loose } from './client.ts';
import { assertIncludes, type ContractRow, configMap, widget } from './fixture.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
export const DISCOVERY =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

const columnHeaders = (table: Loose): string[] =>
  table.columnDefinitions.map((column: Loose) => `${column.name}${column.priority === 0 ? '' : '*'}`);
const AGE = /^\d+s$/;

/** The row of a Service, without its age. */
const serviceTableRow = (
  title: string,
  spec: Loose,
  ips: readonly string[],
  expected: (service: Loose) => readonly Loose[],
): ContractRow => [
  title,
  async (api) => {
    await api.service('a', spec);
    if (ips.length > 0) await api.ingress('a', ...ips);
    const created = await api.get('services/a');
    const table = await api.must('GET', 'services', undefined, { accept: TABLE });
    const { cells } = table.rows[0];
    assert.match(cells[5], AGE);
    assert.deepEqual(cells.toSpliced(5, 1), expected(created));
  },
];

const columnsRow = (
  title: string,
  plural: string,
  path: string,
  expected: readonly string[],
): ContractRow => [
  title,
  async (api) => {
    const table = await api.must('GET', path === '' ? plural : path, undefined, { accept: TABLE });
    assertIncludes(table, { kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
    assert.deepEqual(columnHeaders(table), expected);
  },
];

export const tables: readonly ContractRow[] = [
  columnsRow('Services', 'services', '', [
    'Name',
    'Type',
    'Cluster-IP',
    'External-IP',
    'Port(s)',
    'Age',
    'Selector*',
  ]),
  columnsRow('ConfigMaps', 'configmaps', '', ['Name', 'Data', 'Age']),
  columnsRow('Events', 'events', '', [
    'Last Seen',
    'Type',
    'Reason',
    'Object',
    'Subobject*',
    'Source*',
    'Message',
    'First Seen*',
    'Count*',
    'Name*',
  ]),
  columnsRow('Leases', 'leases', '', ['Name', 'Holder', 'Age']),
  columnsRow('Namespaces', 'namespaces', '/api/v1/namespaces', ['Name', 'Status', 'Age']),
  columnsRow('Secrets', 'secrets', '', ['Name', 'Type', 'Data', 'Age']),
  columnsRow('CRDs', 'crds', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', [
    'Name',
    'Created At',
  ]),
  columnsRow('custom resources, by their own columns', 'widgets', '', [
    'Name',
    'Size',
    'Colour*',
    'Tags',
    'Ready',
    'Age',
  ]),
  serviceTableRow('a Service without an address', {}, [], (created) => [
    'a',
    'LoadBalancer',
    created.spec.clusterIP,
    '<pending>',
    `80:${created.spec.ports[0].nodePort}/TCP`,
    '<none>',
  ]),
  serviceTableRow('a Service with an address', { selector: { b: '2', a: '1' } }, ['192.0.2.1'], (created) => [
    'a',
    'LoadBalancer',
    created.spec.clusterIP,
    '192.0.2.1',
    `80:${created.spec.ports[0].nodePort}/TCP`,
    'a=1,b=2',
  ]),
  serviceTableRow('a Service with two addresses', {}, ['192.0.2.1', '2001:db8::1'], (created) => [
    'a',
    'LoadBalancer',
    created.spec.clusterIP,
    '192.0.2.1,2001:db8::1',
    `80:${created.spec.ports[0].nodePort}/TCP`,
    '<none>',
  ]),
  serviceTableRow(
    'a ClusterIP Service',
    {
      type: 'ClusterIP',
      ports: [
        { name: 'a', port: 1, protocol: 'UDP' },
        { name: 'b', port: 2 },
      ],
    },
    [],
    (created) => ['a', 'ClusterIP', created.spec.clusterIP, '<none>', '1/UDP,2/TCP', '<none>'],
  ),
  serviceTableRow(
    'an ExternalName Service',
    { type: 'ExternalName', externalName: 'a.example', ports: undefined },
    [],
    () => ['a', 'ExternalName', '<none>', 'a.example', '<none>', '<none>'],
  ),
  serviceTableRow(
    'a headless Service',
    { type: 'ClusterIP', clusterIP: 'None', ports: undefined, selector: { a: 'b' } },
    [],
    () => ['a', 'ClusterIP', 'None', '<none>', '<none>', 'a=b'],
  ),
  [
    'one object is a table of one row',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a', { x: '1', y: '2' }));
      const table = await api.must('GET', 'configmaps/a', undefined, { accept: TABLE });
      assert.deepEqual(table.rows[0].cells.slice(0, 2), ['a', 2]);
      assertIncludes(table.rows[0].object, {
        kind: 'PartialObjectMetadata',
        apiVersion: 'meta.k8s.io/v1',
        metadata: { name: 'a' },
      });
    },
  ],
  [
    'a table includes whole objects on request',
    async (api) => {
      await api.must('POST', 'configmaps', configMap('a', { x: '1' }));
      const table = await api.must(
        'GET',
        'configmaps',
        undefined,
        { accept: TABLE },
        { includeObject: 'Object' },
      );
      assertIncludes(table.rows[0].object, { kind: 'ConfigMap', data: { x: '1' } });
    },
  ],
  [
    'the row of a custom resource by its JSONPaths',
    async (api) => {
      await api.must('POST', 'widgets', widget('a', { tags: ['x', 'y'] }));
      const table = await api.must('GET', 'widgets', undefined, { accept: TABLE });
      const { cells } = table.rows[0];
      assert.deepEqual(cells.slice(0, 5), ['a', 3, 'red', '["x","y"]', null]);
      assert.match(cells[5], AGE);
    },
  ],
  [
    'a watch of tables: a row for each event, columns in the first',
    async (api) => {
      const watch = await api.watch(
        'configmaps',
        { resourceVersion: await api.listVersion('configmaps') },
        TABLE,
      );
      await api.must('POST', 'configmaps', configMap('a'));
      await api.patch('configmaps/a', { data: { x: '1' } });
      const [first, second] = [await watch.next(), await watch.next()];
      assert.deepEqual(columnHeaders(first.object), ['Name', 'Data', 'Age']);
      assert.deepEqual(first.object.rows[0].cells.slice(0, 2), ['a', 0]);
      assert.equal(second.object.columnDefinitions, null);
      assert.deepEqual(second.object.rows[0].cells.slice(0, 2), ['a', 1]);
    },
  ],
  [
    'the row of an Event',
    async (api) => {
      const involvedObject = { apiVersion: 'v1', kind: 'Service', name: 'web', namespace: api.namespace };
      const event = {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'e' },
        involvedObject,
        reason: 'Assigned',
        message: 'text',
        type: 'Normal',
        source: { component: 'me' },
        count: 3,
      };
      await api.must('POST', 'events', event);
      const { cells } = (await api.must('GET', 'events', undefined, { accept: TABLE })).rows[0];
      assert.deepEqual(cells.slice(1, 7), ['Normal', 'Assigned', 'service/web', '', 'me', 'text']);
      assert.equal(cells[8], 3);
    },
  ],
  [
    'metadata only, on request',
    async (api) => {
      await api.service('a');
      const list = await api.must('GET', 'services', undefined, {
        accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
      });
      assert.equal(list.kind, 'PartialObjectMetadataList');
      assertIncludes(list.items[0], {
        kind: 'PartialObjectMetadata',
        metadata: { name: 'a' },
        spec: undefined,
      });
    },
  ],
  [
    'an unsupported representation is not acceptable',
    async (api) => {
      assert.equal((await api.call('GET', 'services', undefined, { accept: 'text/html' })).status, 406);
    },
  ],
];
