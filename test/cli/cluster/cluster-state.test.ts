import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { ClusterState } from '../../../src/cli/cluster/cluster-state.ts';
import { refOf } from '../../../src/cli/cluster/resource-ref.ts';

const defaultNamespaces = { services: 'shop', pools: 'metallb-system' };

const make = (kind: string, name: string, more: Raw = {}, namespace?: string): Raw => ({
  apiVersion: kind === 'Service' || kind === 'Namespace' ? 'v1' : 'metallb.io/v1beta1',
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  ...more,
});

function refTo(raw: Raw) {
  const ref = refOf(raw, defaultNamespaces);
  assert.ok(ref, JSON.stringify(raw));
  return ref;
}

const put = (state: ClusterState, raw: Raw): boolean => state.put(refTo(raw), raw);

describe('a scene', () => {
  it('is not changed by what is done to its copy', () => {
    const scene = new ClusterState('metallb-system');
    const all = ['Service', 'IPAddressPool', 'Namespace', 'L2Advertisement', 'BGPAdvertisement'].map((kind) =>
      make(kind, 'x'),
    );
    for (const raw of all) assert.ok(put(scene, raw));
    const copy = scene.copy();
    for (const raw of all) {
      copy.remove(refTo(raw));
      assert.deepEqual([copy.has(refTo(raw)), scene.has(refTo(raw))], [false, true], String(raw['kind']));
    }
    const other = scene.copy();
    for (const raw of all) {
      other.clear(refTo(raw).resource);
      assert.deepEqual([other.has(refTo(raw)), scene.has(refTo(raw))], [false, true], String(raw['kind']));
    }
  });

  it('passes over pools and advertisements that the controller does not see', () => {
    const scene = new ClusterState('metallb-system');
    assert.equal(put(scene, make('IPAddressPool', 'x', {}, 'other')), false);
    assert.equal(put(scene, make('L2Advertisement', 'x', {}, 'other')), false);
    assert.equal(put(scene, make('Service', 'x', {}, 'other')), true);
    assert.equal(scene.pools.size, 0);
    assert.equal(scene.has(refTo(make('IPAddressPool', 'x', {}, 'other'))), false);
  });

  it('gives a Service the namespace that is meant where its file names none', () => {
    const scene = new ClusterState('metallb-system');
    put(scene, make('Service', 'web'));
    assert.equal(scene.services.get('shop/web')?.key, 'shop/web');
  });

  it('loses the Services of a namespace with it, and no others', () => {
    const scene = new ClusterState('metallb-system');
    for (const namespace of ['shop', 'shop-2']) put(scene, make('Service', 'web', {}, namespace));
    scene.remove(refTo(make('Namespace', 'shop')));
    assert.deepEqual([...scene.services.keys()], ['shop-2/web']);
  });

  it('knows the pools that only layer 2 covers', () => {
    const scene = new ClusterState('metallb-system');
    put(scene, make('IPAddressPool', 'a'));
    put(scene, make('IPAddressPool', 'b'));
    put(scene, make('L2Advertisement', 'all', { spec: {} }));
    put(scene, make('BGPAdvertisement', 'one', { spec: { ipAddressPools: ['a'] } }));
    assert.deepEqual([...scene.layer2OnlyPools()], ['b']);
  });
});
