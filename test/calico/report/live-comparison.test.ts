/** Comparison with CalicoNodeStatus, where a node has two sessions with one router. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { diagnose } from '../../../src/calico/findings/diagnose.ts';
import { compareWithLive } from '../../../src/calico/report/live-comparison.ts';
import { object, withChanges } from '../support/clusters.ts';

it('of two sessions with one router, one that is up is as expected', () => {
  const states = ['Established', 'Active'];
  for (const order of [states, [...states].reverse()]) {
    const status = object('CalicoNodeStatus', 'w1', {
      spec: { node: 'w1' },
      status: { bgp: { peersV4: order.map((state) => ({ peerIP: '10.10.0.1', state })) } },
    });
    const second = object('BGPPeer', 'tor-b', {
      spec: { node: 'w1', peerIP: '10.10.0.1:1790', asNumber: 65116 },
    });
    const { snapshot } = diagnose(withChanges({ add: [second] }), { hashRouterId: () => 1, complete: true });
    assert.deepEqual(compareWithLive(snapshot.converged, [status]).differences, []);
  }
});
