/** Contract: how server-side apply merges lists, maps and defaults. */

import assert from 'node:assert/strict';
import type { Loose } from '../client.ts';
import { assertIncludes, type ContractRow, service } from '../fixture.ts';
import { applier, data, FORCE, mustApply, ownersOf, widget, withPorts } from './applier.ts';

export const applyMerging: readonly ContractRow[] = [
  [
    'ports of a Service merge by port and protocol, which is TCP by default',
    async (api) => {
      const apply = applier(api, 'services/a');
      const created = await mustApply(
        apply(withPorts({ port: 80, name: 'http' }, { port: 53, name: 'tcp' })),
      );
      assert.deepEqual(ownersOf(created), {
        alice: {
          'f:spec': {
            'f:ports': {
              'k:{"port":53,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {} },
              'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {} },
            },
          },
        },
      });
      await mustApply(apply(withPorts({ port: 53, protocol: 'UDP', name: 'udp' }), 'bob'));
      await api.mustRefuse(
        apply(withPorts({ port: 80, name: 'web' }), 'bob'),
        409,
        'Conflict',
        'conflict with "alice": .spec.ports[port=80,protocol="TCP"].name',
      );
      const after = await mustApply(apply(withPorts({ port: 80, name: 'http' })));
      const names = after.spec.ports.map((port: Loose) => port.name);
      assert.deepEqual([...names].sort(), ['http', 'udp']);
    },
  ],
  [
    'defaults belong to nobody, and stay',
    async (api) => {
      const apply = applier(api, 'services/a');
      const created = await mustApply(apply(withPorts({ port: 80 })));
      const after = await mustApply(apply(withPorts({ port: 81 })));
      assert.deepEqual(after.spec.clusterIP, created.spec.clusterIP);
      assert.deepEqual(after.spec.ports, [{ port: 81, protocol: 'TCP', targetPort: 81 }]);
    },
  ],
  [
    'a selector is owned as a whole',
    async (api) => {
      const apply = applier(api, 'services/a');
      const selecting = (selector: Loose): Loose => ({ ...withPorts(), spec: { selector } });
      await mustApply(
        apply({ ...withPorts({ port: 80 }), spec: { ports: [{ port: 80 }], selector: { a: '1' } } }),
      );
      await api.mustRefuse(apply(selecting({ b: '2' }), 'bob'), 409, 'Conflict', '"alice": .spec.selector');
      assert.deepEqual((await mustApply(apply(selecting({ b: '2' }), 'bob', FORCE))).spec.selector, {
        b: '2',
      });
    },
  ],
  [
    'labels and finalizers merge, each for itself',
    async (api) => {
      const apply = applier(api, 'configmaps/a');
      const meta = (metadata: Loose): Loose => ({ ...data(undefined), metadata: { name: 'a', ...metadata } });
      await mustApply(apply(meta({ labels: { x: '1' }, finalizers: ['example.com/x'] })));
      const both = await mustApply(apply(meta({ labels: { y: '2' }, finalizers: ['example.com/y'] }), 'bob'));
      assert.deepEqual(both.metadata.labels, { x: '1', y: '2' });
      assert.deepEqual([...both.metadata.finalizers].sort(), ['example.com/x', 'example.com/y']);
      const after = await mustApply(apply(meta({})));
      assert.deepEqual([after.metadata.labels, after.metadata.finalizers], [{ y: '2' }, ['example.com/y']]);
      await api.patch('configmaps/a', { metadata: { finalizers: null } });
    },
  ],
  [
    'items keep the order of the configuration, after those of others',
    async (api) => {
      const apply = applier(api, 'widgets/a');
      const parts = (...names: readonly string[]): Loose =>
        widget({ size: 3, parts: names.map((name) => ({ name })) });
      await mustApply(apply(parts('a', 'b', 'c')));
      const after = await mustApply(apply(parts('c', 'd'), 'bob'));
      assert.deepEqual(
        after.spec.parts.map((part: Loose) => part.name),
        ['a', 'b', 'c', 'd'],
      );
    },
  ],
  [
    'custom resources get defaults, which nobody owns',
    async (api) => {
      const created = await mustApply(
        applier(api, 'widgets/a')(widget({ size: 3, parts: [{ name: 'p' }], tags: ['t'] })),
      );
      assertIncludes(created.spec, { colour: 'red', on: true, parts: [{ name: 'p', weight: 7 }] });
      assert.deepEqual(ownersOf(created).alice, {
        'f:spec': {
          'f:parts': { 'k:{"name":"p"}': { '.': {}, 'f:name': {} } },
          'f:size': {},
          'f:tags': { 'v:"t"': {} },
        },
      });
    },
  ],
  [
    'the status is applied by its subresource alone',
    async (api) => {
      const apply = applier(api, 'widgets/a');
      const withStatus = { ...widget({ size: 3 }), status: { phase: 'Main' } };
      const created = await mustApply(apply(withStatus));
      assert.equal(created.status, undefined);
      const status = { ...widget({ size: 9 }), status: { phase: 'Sub' } };
      const after = await mustApply(applier(api, 'widgets/a/status')(status, 'bob'));
      assert.deepEqual([after.spec.size, after.status.phase], [3, 'Sub']);
      assert.deepEqual(ownersOf(after)['bob/status'] ?? ownersOf(after).bob, {
        'f:status': { 'f:phase': {} },
      });
    },
  ],
  [
    'an unknown field is an error with its path',
    async (api) => {
      const metadata = { name: 'a', namespace: api.namespace };
      const reply = await applier(api, 'services/a')({ ...withPorts(), metadata, spec: { portz: [] } });
      assert.equal(reply.status, 500);
      assert.match(
        reply.body.message,
        /^failed to create typed patch object \(contract-\w+\/a; \/v1, Kind=Service\): \.spec\.portz: field not declared in schema$/,
      );
    },
  ],
  [
    'two items of one key are an error',
    async (api) => {
      const reply = await applier(api, 'services/a')(withPorts({ port: 80 }, { port: 80, protocol: 'TCP' }));
      assert.equal(reply.status, 500);
      assert.match(
        reply.body.message,
        /\.spec\.ports: duplicate entries for key \[port=80,protocol="TCP"\]$/,
      );
    },
  ],
  [
    'an item without its key is an error',
    async (api) => {
      const reply = await applier(api, 'widgets/a')(widget({ size: 3, parts: [{ weight: 1 }] }));
      assert.equal(reply.status, 500);
      assert.match(
        reply.body.message,
        /\.spec\.parts: element 0: associative list with keys has an element that omits all key fields \["name"\]/,
      );
    },
  ],
  [
    'an object that was created otherwise keeps what others own',
    async (api) => {
      await api.must('POST', 'services', service('a', { sessionAffinity: 'ClientIP' }));
      const apply = applier(api, 'services/a');
      const after = await mustApply(
        apply(withPorts({ port: 81, name: 'more' }, { port: 80, name: 'web' }), 'alice', FORCE),
      );
      assert.equal(after.spec.sessionAffinity, 'ClientIP');
      assert.equal(after.spec.type, 'LoadBalancer');
    },
  ],
];
