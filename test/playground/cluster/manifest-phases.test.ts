import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { splitManifests } from '../../../src/playground/cluster/manifest-phases.ts';

const manifest = (apiVersion: string, kind: string) => ({
  object: { apiVersion, kind, metadata: { name: 'a' } },
  location: `${kind} of ${apiVersion}`,
});

describe('whether an object is applied before the controller starts', () => {
  const rows: readonly [apiVersion: string, kind: string, isManaged: boolean, calico: 'auto' | 'required'][] =
    [
      ['v1', 'Service', true, 'auto'],
      ['metallb.io/v1beta1', 'IPAddressPool', true, 'auto'],
      ['v1', 'Namespace', false, 'auto'],
      ['v1', 'Node', false, 'auto'],
      ['apps/v1', 'DaemonSet', false, 'auto'],
      ['serving.knative.dev/v1', 'Service', false, 'auto'],
      ['projectcalico.org/v3', 'BGPPeer', false, 'required'],
      ['crd.projectcalico.org/v1', 'BGPPeer', false, 'required'],
      ['metallb.io/v1beta2', 'BGPPeer', true, 'auto'],
    ];
  for (const [apiVersion, kind, isManaged, calico] of rows) {
    it(`${kind} of ${apiVersion}: ${isManaged ? 'no' : 'yes'}, Calico: ${calico}`, () => {
      const one = manifest(apiVersion, kind);
      assert.deepEqual(splitManifests([one]), {
        prerequisites: isManaged ? [] : [one],
        managed: isManaged ? [one] : [],
        calico,
      });
    });
  }

  it('each phase keeps the order of the manifests', () => {
    const [first, second, third] = ['ConfigMap', 'Secret', 'Node'].map((kind) => manifest('v1', kind));
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    const service = manifest('v1', 'Service');
    assert.deepEqual(splitManifests([third, service, first, second]).prerequisites, [third, first, second]);
  });
});
