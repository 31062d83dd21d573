/** The simulated API server: admission, patches, finalizers and namespaces. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SimulatedObjectStore } from '../../../src/announce/simulator/object-store.ts';
import type { Raw } from '../../../src/base/json.ts';
import { advertisement, peer, pool, service } from '../support/cluster.ts';

const SELECTIVE = { serviceSelectors: [{ matchLabels: { a: 'b' } }] };

const preferring = (preferred: Raw): Raw => ({
  ...{ kind: 'L2Advertisement', metadata: { name: 'x' } },
  spec: { preferredNodeSelectors: [preferred] },
});

const refused: readonly (readonly [what: string, raw: Raw])[] = [
  ['serviceSelectors beside an aggregate', advertisement('x', { ...SELECTIVE, aggregationLength: 24 })],
  ['the length 0', advertisement('x', { aggregationLength: 0 })],
  ['a pool without a list', { kind: 'IPAddressPool', metadata: { name: 'x' }, spec: {} }],
  ['a peer without an AS', peer('x', { myASN: null })],
  ['a port above 16384', peer('x', { peerPort: 17_000 })],
  ['an unknown rule for the AS', peer('x', { dynamicASN: 'inside' })],
  ['a preference without a weight', preferring({ preference: {} })],
  ['a weight above 100', preferring({ preference: {}, weight: 101 })],
  ['the weight 0', preferring({ preference: {}, weight: 0 })],
  ['a weight without a preference', preferring({ weight: 1 })],
  ['half a second between attempts', peer('x', { connectTime: '500ms' })],
];

const accepted: readonly (readonly [what: string, raw: Raw])[] = [
  ['a length above 32, which only the code rejects', advertisement('x', { aggregationLength: 33 })],
  ['the AS 0, which only the code rejects', peer('x', { myASN: 0 })],
  ['no addresses, which only the code rejects', pool('x', [])],
  ['the weight 100', preferring({ preference: {}, weight: 100 })],
  ['serviceSelectors beside 32', advertisement('x', { ...SELECTIVE, aggregationLength: 32 })],
];

const patched: readonly (readonly [
  what: string,
  before: Raw,
  reference: string,
  change: Raw,
  holds: boolean,
])[] = [
  [
    'graceful restart switched off',
    peer('x', { enableGracefulRestart: true }),
    'BGPPeer x',
    { spec: { enableGracefulRestart: false } },
    false,
  ],
  [
    'graceful restart set after creation',
    peer('x'),
    'BGPPeer x',
    { spec: { enableGracefulRestart: true } },
    true,
  ],
  [
    'another class',
    service('x', [], { loadBalancerClass: 'a/b' }),
    'Service web/x',
    { spec: { loadBalancerClass: 'a/c' } },
    false,
  ],
  [
    'no class together with another type',
    service('x', [], { loadBalancerClass: 'a/b' }),
    'Service web/x',
    { spec: { loadBalancerClass: null, type: 'ClusterIP' } },
    true,
  ],
];

const allObjects = (store: SimulatedObjectStore): readonly unknown[] => {
  const { config, services, endpointSlices } = store.objects();
  const { pools, advertisements, layer2, peers } = config;
  return [...pools, ...advertisements, ...layer2, ...peers, ...services, ...endpointSlices];
};

describe('the simulated API server', () => {
  for (const [rows, count] of [
    [refused, 0],
    [accepted, 1],
  ] as const) {
    for (const [what, raw] of rows) {
      it(`${count === 0 ? 'rejects' : 'accepts'} ${what}`, () => {
        const store = new SimulatedObjectStore('metallb-system');
        store.create(raw);
        assert.equal(allObjects(store).length, count);
      });
    }
  }

  for (const [what, before, reference, change, holds] of patched) {
    it(`${holds ? 'accepts' : 'rejects'} ${what}`, () => {
      const store = new SimulatedObjectStore('metallb-system');
      store.create(before);
      const was = allObjects(store)[0];
      store.patch(reference, change);
      assert.equal(allObjects(store)[0] !== was, holds);
    });
  }

  it('keeps a deleted object until its finalizers are removed', () => {
    const store = new SimulatedObjectStore('metallb-system');
    store.create({ ...service('x', []), metadata: { name: 'x', namespace: 'web', finalizers: ['a/b'] } });
    store.delete('Service web/x');
    assert.equal(allObjects(store).length, 1);
    store.patch('Service web/x', { metadata: { finalizers: null } });
    assert.equal(allObjects(store).length, 0);
  });

  it('clears the status of a Service that is no LoadBalancer any more', () => {
    const store = new SimulatedObjectStore('metallb-system');
    store.create(service('x', ['10.20.1.1']));
    store.patch('Service web/x', { spec: { type: 'ClusterIP' } });
    assert.deepEqual(store.objects().services[0]?.ingress, []);
  });

  it('keeps objects of one name in different namespaces apart', () => {
    const store = new SimulatedObjectStore('metallb-system');
    store.create(pool('x', ['10.20.1.0/24']));
    store.create(pool('x', ['10.20.2.0/24'], { namespace: 'web' }));
    store.create(pool('x', ['10.20.3.0/24']));
    assert.equal(allObjects(store).length, 2);
    store.delete('IPAddressPool x');
    assert.equal(allObjects(store).length, 1);
  });
});

it('objects of other groups that share a kind and a name are not stored', () => {
  const store = new SimulatedObjectStore('metallb-system');
  const namesake = (apiVersion: string, kind: string): Raw => ({
    ...{ apiVersion, kind },
    metadata: { name: 'a', namespace: 'web' },
  });
  store.create(namesake('serving.knative.dev/v1', 'Service'));
  store.create(namesake('projectcalico.org/v3', 'BGPPeer'));
  store.create(service('a', []));
  assert.deepEqual(
    store.stored().map(({ kind }) => kind),
    ['Service'],
  );
});
