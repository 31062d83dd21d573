/** What `kubectl get` prints, and what it reads first. */

import assert from 'node:assert/strict';
import type { Loose } from './client.ts';
import { configMap, has, type Row, widget } from './stage.ts';

const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
export const DISCOVERY =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

const headers = (table: Loose): string[] =>
  table.columnDefinitions.map((column: Loose) => `${column.name}${column.priority === 0 ? '' : '*'}`);
const AGE = /^\d+s$/;

/** The one row of a Service, without its age. */
const shows = (
  says: string,
  spec: Loose,
  ips: readonly string[],
  wanted: (service: Loose) => readonly Loose[],
): Row => [
  says,
  async (stage) => {
    await stage.service('a', spec);
    if (ips.length > 0) await stage.ingress('a', ...ips);
    const made = await stage.get('services/a');
    const table = await stage.must('GET', 'services', undefined, { accept: TABLE });
    const { cells } = table.rows[0];
    assert.match(cells[5], AGE);
    assert.deepEqual(cells.toSpliced(5, 1), wanted(made));
  },
];

const prints = (says: string, plural: string, path: string, wanted: readonly string[]): Row => [
  says,
  async (stage) => {
    const table = await stage.must('GET', path === '' ? plural : path, undefined, { accept: TABLE });
    has(table, { kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
    assert.deepEqual(headers(table), wanted);
  },
];

export const tables: readonly Row[] = [
  prints('Services', 'services', '', [
    'Name',
    'Type',
    'Cluster-IP',
    'External-IP',
    'Port(s)',
    'Age',
    'Selector*',
  ]),
  prints('ConfigMaps', 'configmaps', '', ['Name', 'Data', 'Age']),
  prints('Events', 'events', '', [
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
  prints('Leases', 'leases', '', ['Name', 'Holder', 'Age']),
  prints('Namespaces', 'namespaces', '/api/v1/namespaces', ['Name', 'Status', 'Age']),
  prints('Secrets', 'secrets', '', ['Name', 'Type', 'Data', 'Age']),
  prints('definitions', 'crds', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', [
    'Name',
    'Created At',
  ]),
  prints('custom resources, by their own columns', 'widgets', '', [
    'Name',
    'Size',
    'Colour*',
    'Tags',
    'Ready',
    'Age',
  ]),
  shows('a waiting Service', {}, [], (made) => [
    'a',
    'LoadBalancer',
    made.spec.clusterIP,
    '<pending>',
    `80:${made.spec.ports[0].nodePort}/TCP`,
    '<none>',
  ]),
  shows('a Service with an address', { selector: { b: '2', a: '1' } }, ['192.0.2.1'], (made) => [
    'a',
    'LoadBalancer',
    made.spec.clusterIP,
    '192.0.2.1',
    `80:${made.spec.ports[0].nodePort}/TCP`,
    'a=1,b=2',
  ]),
  shows('a Service with two addresses', {}, ['192.0.2.1', '2001:db8::1'], (made) => [
    'a',
    'LoadBalancer',
    made.spec.clusterIP,
    '192.0.2.1,2001:db8::1',
    `80:${made.spec.ports[0].nodePort}/TCP`,
    '<none>',
  ]),
  shows(
    'a ClusterIP Service',
    {
      type: 'ClusterIP',
      ports: [
        { name: 'a', port: 1, protocol: 'UDP' },
        { name: 'b', port: 2 },
      ],
    },
    [],
    (made) => ['a', 'ClusterIP', made.spec.clusterIP, '<none>', '1/UDP,2/TCP', '<none>'],
  ),
  shows('an ExternalName', { type: 'ExternalName', externalName: 'a.example', ports: undefined }, [], () => [
    'a',
    'ExternalName',
    '<none>',
    'a.example',
    '<none>',
    '<none>',
  ]),
  shows(
    'a headless Service',
    { type: 'ClusterIP', clusterIP: 'None', ports: undefined, selector: { a: 'b' } },
    [],
    () => ['a', 'ClusterIP', 'None', '<none>', '<none>', 'a=b'],
  ),
  [
    'one object is a table of one row',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a', { x: '1', y: '2' }));
      const table = await stage.must('GET', 'configmaps/a', undefined, { accept: TABLE });
      assert.deepEqual(table.rows[0].cells.slice(0, 2), ['a', 2]);
      has(table.rows[0].object, {
        kind: 'PartialObjectMetadata',
        apiVersion: 'meta.k8s.io/v1',
        metadata: { name: 'a' },
      });
    },
  ],
  [
    'a table carries whole objects on request',
    async (stage) => {
      await stage.must('POST', 'configmaps', configMap('a', { x: '1' }));
      const table = await stage.must(
        'GET',
        'configmaps',
        undefined,
        { accept: TABLE },
        { includeObject: 'Object' },
      );
      has(table.rows[0].object, { kind: 'ConfigMap', data: { x: '1' } });
    },
  ],
  [
    'a custom row by its paths',
    async (stage) => {
      await stage.must('POST', 'widgets', widget('a', { tags: ['x', 'y'] }));
      const table = await stage.must('GET', 'widgets', undefined, { accept: TABLE });
      const { cells } = table.rows[0];
      assert.deepEqual(cells.slice(0, 5), ['a', 3, 'red', '["x","y"]', null]);
      assert.match(cells[5], AGE);
    },
  ],
  [
    'a watch of tables: each event a row, columns the first time',
    async (stage) => {
      const watch = await stage.watch(
        'configmaps',
        { resourceVersion: await stage.version('configmaps') },
        TABLE,
      );
      await stage.must('POST', 'configmaps', configMap('a'));
      await stage.patch('configmaps/a', { data: { x: '1' } });
      const [first, second] = [await watch.next(), await watch.next()];
      assert.deepEqual(headers(first.object), ['Name', 'Data', 'Age']);
      assert.deepEqual(first.object.rows[0].cells.slice(0, 2), ['a', 0]);
      assert.equal(second.object.columnDefinitions, null);
      assert.deepEqual(second.object.rows[0].cells.slice(0, 2), ['a', 1]);
    },
  ],
  [
    'an event by its columns',
    async (stage) => {
      const involvedObject = { apiVersion: 'v1', kind: 'Service', name: 'web', namespace: stage.namespace };
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
      await stage.must('POST', 'events', event);
      const { cells } = (await stage.must('GET', 'events', undefined, { accept: TABLE })).rows[0];
      assert.deepEqual(cells.slice(1, 7), ['Normal', 'Assigned', 'service/web', '', 'me', 'text']);
      assert.equal(cells[8], 3);
    },
  ],
  [
    'metadata alone on request',
    async (stage) => {
      await stage.service('a');
      const list = await stage.must('GET', 'services', undefined, {
        accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
      });
      assert.equal(list.kind, 'PartialObjectMetadataList');
      has(list.items[0], { kind: 'PartialObjectMetadata', metadata: { name: 'a' }, spec: undefined });
    },
  ],
  [
    'a form that is not spoken is not acceptable',
    async (stage) => {
      assert.equal((await stage.call('GET', 'services', undefined, { accept: 'text/html' })).status, 406);
    },
  ],
];
