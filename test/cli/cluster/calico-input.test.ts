/** Whether there is any Calico to speak of. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { isWithoutCalico } from '../../../src/cli/cluster/calico-input.ts';

const named = (apiVersion: string, kind: string, name: string): Raw => ({
  apiVersion,
  kind,
  metadata: { name },
});

describe('a cluster without Calico', () => {
  const rows: readonly (readonly [says: string, object: Raw, isWithout: boolean])[] = [
    ["a BGPPeer of MetalLB's is not Calico's", named('metallb.io/v1beta2', 'BGPPeer', 'tor'), true],
    ['another DaemonSet', named('apps/v1', 'DaemonSet', 'berth-speaker'), true],
    ['any object of its API', named('projectcalico.org/v3', 'IPPool', 'default'), false],
    ['any of the older group', named('crd.projectcalico.org/v1', 'ClusterInformation', 'default'), false],
    ['its DaemonSet, which may have lost its objects', named('apps/v1', 'DaemonSet', 'calico-node'), false],
  ];
  for (const [says, object, isWithout] of rows) {
    it(says, () => assert.equal(isWithoutCalico([named('v1', 'Node', 'w1'), object]), isWithout));
  }
});
