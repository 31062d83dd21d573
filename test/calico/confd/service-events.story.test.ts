/** Stories of EndpointSlices that change and are deleted, and of what nodes announce afterwards, version by version. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { exposedService, object, withChanges } from '../support/clusters.ts';
import { history, play } from '../support/played-cluster.ts';

const EDGE = '192.168.5.10/32';
const [EDGE_SERVICE] = exposedService('edge', { ip: '192.168.5.10', local: true }) as readonly [Raw];

/** An EndpointSlice of a Service in the namespace shop. */
const slice = (name: string, on: readonly string[], service = 'edge', family = 'IPv4'): Raw =>
  object(
    'EndpointSlice',
    name,
    {
      metadata: {
        namespace: 'shop',
        labels: { 'kubernetes.io/service-name': service },
      },
      addressType: family,
      endpoints: on.map((nodeName) => ({ addresses: ['10.244.0.5'], conditions: { ready: true }, nodeName })),
    },
    'discovery.k8s.io/v1',
  );

/** A cluster in which the Local Service shop/edge has these slices. */
const withSlices = (...slices: readonly Raw[]): readonly Raw[] =>
  withChanges({ drop: ['EndpointSlice/edge-1'], add: slices });

const NEWEST = '';
const ALONE = ['v3.31.0', 'v3.31.3', 'v3.31.6', 'v3.32.0', 'v3.32.1'];
const TOGETHER = ['v3.31.7', 'v3.32.2', NEWEST];

describe('a slice is deleted', () => {
  const deleted = (name: string, ...slices: readonly Raw[]) =>
    play({ objects: withSlices(...slices) }, { remove: [slice(name, [])] });

  it('and is not noticed where its name is none of a Service', () => {
    assert.deepEqual(history(EDGE, deleted('edge-1', slice('edge-1', ['w2']))), [['w2'], ['w2']]);
  });

  it("and the Service's routes are withdrawn where it has the Service's very name", () => {
    assert.deepEqual(history(EDGE, deleted('edge', slice('edge', ['w2']))), [['w2'], []]);
  });

  it('and they are withdrawn even where another slice has endpoints', () => {
    const slices = [slice('edge', ['w2']), slice('edge-1', ['w1', 'w2'])];
    assert.deepEqual(history(EDGE, deleted('edge', ...slices)), [['w1', 'w2'], []]);
  });

  it('and a Service loses its routes to a slice of another Service that has its name', () => {
    const slices = [slice('edge', [], 'web'), slice('edge-1', ['w2'])];
    assert.deepEqual(history(EDGE, deleted('edge', ...slices)), [['w2'], []]);
  });

  it('and the next change of the Service or of a slice announces what was withdrawn', () => {
    const slices = [slice('edge', ['w2']), slice('edge-1', ['w1'])];
    for (const next of [EDGE_SERVICE, slice('edge-1', ['w1'])]) {
      const observations = play(
        { objects: withSlices(...slices) },
        { remove: [slice('edge', [])] },
        { apply: [next] },
      );
      assert.deepEqual(history(EDGE, observations), [['w1', 'w2'], [], ['w1']]);
    }
  });

  it('and a change of BGPConfiguration in any field evaluates all Services again', () => {
    const configuration = withChanges({
      set: { 'BGPConfiguration/default': { spec: { logSeverityScreen: 'Debug' } } },
    }).filter(({ kind }) => kind === 'BGPConfiguration');
    const observations = play(
      { objects: withSlices(slice('edge-1', ['w1']), slice('edge-2', ['w2'])) },
      { remove: [slice('edge-1', [])] },
      { apply: configuration },
    );
    assert.deepEqual(history(EDGE, observations), [['w1', 'w2'], ['w1', 'w2'], ['w2']]);
  });

  it('and a node that is excluded later still announces what it was not noticed for', () => {
    const excluded = withChanges({
      set: {
        'Node/w2': {
          metadata: { labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': 'true' } },
        },
      },
    }).filter(({ metadata }) => (metadata as Raw)['name'] === 'w2');
    const observations = play(
      { objects: withSlices(slice('edge-1', ['w2'])) },
      { remove: [slice('edge-1', [])] },
      { apply: excluded },
    );
    assert.deepEqual(history(EDGE, observations), [['w2'], ['w2'], ['w2']]);
    assert.deepEqual(history('192.168.5.0/24', observations).at(-1), ['w1']);
  });

  it('and versions that watch Endpoints notice it', () => {
    const observations = play(
      { calicoVersion: 'v3.30.7', objects: withSlices(slice('edge-1', ['w1']), slice('edge-2', ['w2'])) },
      { remove: [slice('edge-1', [])] },
      { remove: [slice('edge-2', [])] },
    );
    assert.deepEqual(history(EDGE, observations), [['w1', 'w2'], ['w2'], []]);
  });
});

describe('one of two slices changes', () => {
  const changed = (calicoVersion: string) =>
    play(
      { calicoVersion, objects: withSlices(slice('edge-1', ['w1']), slice('edge-2', ['w2'])) },
      { apply: [slice('edge-1', ['w1'])] },
      { apply: [EDGE_SERVICE] },
    );

  for (const version of ALONE)
    it(`and ${version} withdraws the Service from the nodes of the other, until the Service changes`, () => {
      assert.deepEqual(history(EDGE, changed(version)), [['w1', 'w2'], ['w1'], ['w1', 'w2']]);
    });

  for (const version of TOGETHER)
    it(`and ${version || 'the newest version'} evaluates both`, () => {
      assert.deepEqual(history(EDGE, changed(version)), [
        ['w1', 'w2'],
        ['w1', 'w2'],
        ['w1', 'w2'],
      ]);
    });

  it('and one that moves to another Service is an event of that one alone', () => {
    const observations = play(
      { objects: withSlices(slice('edge-1', ['w1']), slice('edge-2', ['w2'])) },
      { apply: [slice('edge-1', ['w1'], 'web')] },
    );
    assert.deepEqual(history(EDGE, observations), [
      ['w1', 'w2'],
      ['w1', 'w2'],
    ]);
  });
});

describe('a dual-stack Service with endpoints of its second family alone', () => {
  const dualStack = withChanges({
    set: {
      'Service/edge': { spec: { clusterIPs: ['10.43.0.7', 'fd00:43::7'], ipFamilies: ['IPv4', 'IPv6'] } },
    },
    drop: ['EndpointSlice/edge-1'],
    add: [slice('edge-6', ['w2'], 'edge', 'IPv6')],
  });

  for (const [version, nodes] of [
    ['v3.30.7', []],
    ['v3.31.3', []],
    ['v3.31.4', ['w2']],
    ['v3.32.0', ['w2']],
  ] as const)
    it(`is announced from ${nodes.length === 0 ? 'no node' : nodes.join()} by ${version}`, () => {
      assert.deepEqual(history(EDGE, play({ calicoVersion: version, objects: dualStack })), [nodes]);
    });
});
