import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isOfKind, objectGroup, objectId } from '../../src/objects/object-id.ts';

const named = (apiVersion: string, kind: string, namespace = 'shop', name = 'web') => ({
  ...{ apiVersion, kind },
  metadata: { namespace, name },
});
const SERVICE = named('v1', 'Service');

describe('the identity of an object', () => {
  const rows = [
    { says: 'its name counts', other: named('v1', 'Service', 'shop', 'api'), same: false },
    { says: 'its namespace counts', other: named('v1', 'Service', 'docs'), same: false },
    { says: 'its kind counts', other: named('v1', 'Secret'), same: false },
    { says: 'its group counts', other: named('serving.knative.dev/v1', 'Service'), same: false },
    { says: 'its content does not', other: { ...SERVICE, spec: { type: 'LoadBalancer' } }, same: true },
  ];
  for (const { says, other, same } of rows)
    it(says, () => assert.equal(objectId(other) === objectId(SERVICE), same));

  it('its version does not count, and both groups of Calico hold the same objects', () => {
    const ids = [
      'metallb.io/v1beta1',
      'metallb.io/v1beta2',
      'projectcalico.org/v3',
      'crd.projectcalico.org/v1',
    ].map((apiVersion) => objectId(named(apiVersion, 'BGPPeer', '', 'tor')));
    assert.equal(ids[0], ids[1]);
    assert.equal(ids[2], ids[3]);
    assert.notEqual(ids[0], ids[2]);
  });
});

it('an object without apiVersion is of the group that is expected', () => {
  const peer = { kind: 'BGPPeer', metadata: { name: 'tor' } };
  assert.ok(isOfKind(peer, 'BGPPeer', 'metallb.io'));
  assert.ok(isOfKind(peer, 'BGPPeer', 'projectcalico.org'));
  assert.ok(!isOfKind(named('metallb.io/v1beta2', 'BGPPeer'), 'BGPPeer', 'projectcalico.org'));
  assert.equal(objectGroup(named('crd.projectcalico.org/v1', 'BGPPeer')), 'projectcalico.org');
});
