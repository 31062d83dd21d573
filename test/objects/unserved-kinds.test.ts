import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unservedKinds } from '../../src/objects/unserved-kinds.ts';

const ROWS: readonly (readonly [apiVersion: string, kind: string, sentence: RegExp | null])[] = [
  ['metallb.io/v1beta1', 'IPAddressPool', null],
  ['metallb.io/v1beta1', 'BGPPeer', null],
  ['metallb.io/v1beta2', 'BGPPeer', null],
  [
    'metallb.io/v1',
    'IPAddressPool',
    /^kind IPAddressPool of metallb\.io\/v1 does not exist.*write metallb\.io\/v1beta1$/,
  ],
  ['metallb.io/v1beta2', 'L2Advertisement', /write metallb\.io\/v1beta1$/],
  ['metallb.io/v1alpha1', 'BGPPeer', /write metallb\.io\/v1beta2$/],
  ['projectcalico.org/v1', 'BGPPeer', /write projectcalico\.org\/v3$/],
  ['crd.projectcalico.org/v3', 'IPPool', /write crd\.projectcalico\.org\/v1$/],
  ['v1beta1', 'Service', /of v1beta1 does not exist.*write v1$/],
  ['apps/v1', 'Service', /^kind Service of the group apps is unknown and ignored: did you mean v1\?$/],
  [
    'v1',
    'IPAddressPool',
    /^kind IPAddressPool of v1 is unknown and ignored: did you mean metallb\.io\/v1beta1\?$/,
  ],
  [
    'metallb.io/v1beta1',
    'BGPConfiguration',
    /it is one of "projectcalico\.org\/v3", "crd\.projectcalico\.org\/v1"$/,
  ],
  ['projectcalico.org/v3', 'Node', null],
  ['projectcalico.org/v3', 'NetworkPolicy', null],
  ['serving.knative.dev/v1', 'Service', null],
  ['networking.k8s.io/v1', 'Ingress', null],
  ['metallb.io/v1beta1', 'AddressPool', null],
];

for (const [apiVersion, kind, sentence] of ROWS)
  test(`${kind} of ${apiVersion} ${sentence === null ? 'is none of them' : 'is named'}`, () => {
    const found = unservedKinds([
      { apiVersion, kind },
      { apiVersion, kind },
    ]);
    if (sentence === null) assert.deepEqual(found, []);
    else {
      assert.equal(found.length, 1);
      assert.match(found[0] ?? '', sentence);
    }
  });
