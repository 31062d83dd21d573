/** Contract: discovery, OpenAPI, version and health. */

import assert from 'node:assert/strict';
import type { Loose } from './client.ts';
import { assertIncludes, type ContractRow, service } from './fixture.ts';
import { DISCOVERY } from './tables.ts';

export const discovery: readonly ContractRow[] = [
  [
    'the resources of the core group',
    async (api) => {
      const list = await api.get('/api/v1');
      assertIncludes(list, { kind: 'APIResourceList', groupVersion: 'v1' });
      const entry = list.resources.find((item: Loose) => item.name === 'services');
      assertIncludes(entry, {
        kind: 'Service',
        namespaced: true,
        singularName: 'service',
        shortNames: ['svc'],
        categories: ['all'],
      });
      assert.deepEqual([...entry.verbs].sort(), [
        'create',
        'delete',
        'deletecollection',
        'get',
        'list',
        'patch',
        'update',
        'watch',
      ]);
      assertIncludes(
        list.resources.find((item: Loose) => item.name === 'services/status'),
        { kind: 'Service', verbs: ['get', 'patch', 'update'] },
      );
    },
  ],
  [
    'the group of a CRD, its preferred version first',
    async (api) => {
      const group = (await api.get('/apis')).groups.find((item: Loose) => item.name === 'contract.berth.dev');
      assert.deepEqual(
        group.versions.map((item: Loose) => item.version),
        ['v1', 'v1alpha1'],
      );
      assert.equal(group.preferredVersion.groupVersion, 'contract.berth.dev/v1');
    },
  ],
  [
    'all groups at once',
    async (api) => {
      const list = await api.must('GET', '/apis', undefined, { accept: DISCOVERY });
      assert.equal(list.kind, 'APIGroupDiscoveryList');
      const group = list.items.find((item: Loose) => item.metadata.name === 'contract.berth.dev');
      const resource = group.versions[0].resources.find((item: Loose) => item.resource === 'widgets');
      assertIncludes(resource, {
        scope: 'Namespaced',
        singularResource: 'widget',
        shortNames: ['wd'],
        responseKind: { kind: 'Widget' },
      });
    },
  ],
  [
    'OpenAPI has the fieldValidation parameter',
    async (api) => {
      const index = await api.get('/openapi/v3');
      const document = await api.get(index.paths['apis/contract.berth.dev/v1'].serverRelativeURL);
      const { patch } = document.paths['/apis/contract.berth.dev/v1/namespaces/{namespace}/widgets/{name}'];
      assert.ok(patch.parameters.some((item: Loose) => item.name === 'fieldValidation'));
      assertIncludes(patch['x-kubernetes-group-version-kind'], {
        group: 'contract.berth.dev',
        version: 'v1',
        kind: 'Widget',
      });
    },
  ],
  [
    'OpenAPI v3 refers from a kind to its types, which say how lists merge',
    async (api) => {
      const document = await api.get('/openapi/v3/api/v1');
      const { schemas } = document.components;
      const kind = { group: '', version: 'v1', kind: 'Service' };
      assert.deepEqual(schemas['io.k8s.api.core.v1.Service']['x-kubernetes-group-version-kind'], [kind]);
      assertIncludes(schemas['io.k8s.api.core.v1.ServiceSpec'].properties.ports, {
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['port', 'protocol'],
        'x-kubernetes-patch-merge-key': 'port',
        'x-kubernetes-patch-strategy': 'merge',
      });
      assert.deepEqual(schemas['io.k8s.api.core.v1.ServicePort'].required, ['port']);
    },
  ],
  [
    'OpenAPI v2 has the same definitions for all groups',
    async (api) => {
      const { definitions, swagger } = await api.get('/openapi/v2');
      assert.equal(swagger, '2.0');
      const { properties } = definitions['io.k8s.api.apps.v1.DeploymentSpec'];
      assert.equal(properties.replicas.type, 'integer');
      assert.equal(properties.template.$ref, '#/definitions/io.k8s.api.core.v1.PodTemplateSpec');
      assert.ok(definitions['dev.berth.contract.v1.Widget'].properties.spec.properties.size);
    },
  ],
  [
    'the version is 1.35',
    async (api) => assertIncludes(await api.get('/version'), { major: '1', minor: '35' }),
  ],
  ...['/healthz', '/livez', '/readyz'].map(
    (path): ContractRow => [
      `${path} is ok`,
      async (api) => {
        const reply = await api.call('GET', path);
        assert.deepEqual([reply.status, reply.body], [200, 'ok']);
      },
    ],
  ),
  [
    'an unknown path is not found',
    async (api) => {
      assert.equal((await api.call('GET', '/apis/none.example/v1')).status, 404);
      assert.equal((await api.call('GET', `/api/v1/namespaces/${api.namespace}/gadgets`)).status, 404);
    },
  ],
  [
    'an unsupported method is refused',
    async (api) => {
      await api.mustRefuse(api.call('POST', 'services/a', service('a')), 405, 'MethodNotAllowed');
    },
  ],
];
