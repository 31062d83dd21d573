/** Explanations of one address, where a node has two sessions with one router. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { diagnose } from '../../../src/calico/findings/diagnose.ts';
import { explainAnnouncement } from '../../../src/calico/report/announcement-explanation.ts';
import { parseAddress } from '../../../src/net/address.ts';
import { object, withChanges } from '../support/clusters.ts';

it('the session that is up counts, not one that stays down', () => {
  const filters = ['none'];
  const objects = withChanges({
    set: { 'BGPPeer/tor': { spec: { nodeSelector: "kubernetes.io/hostname != 'w1'", filters } } },
    add: [
      object('BGPPeer', 'wrong', { spec: { node: 'w1', peerIP: '10.10.0.1', asNumber: 65999 } }),
      object('BGPPeer', 'right', {
        spec: { node: 'w1', peerIP: '10.10.0.1:1790', asNumber: 65116, filters },
      }),
      object('BGPFilter', 'none', {
        spec: { exportV4: [{ cidr: '192.168.5.0/24', matchOperator: 'In', action: 'Reject' }] },
      }),
    ],
  });
  const { snapshot, findings } = diagnose(objects, { hashRouterId: () => 1, complete: true });
  const address = parseAddress('192.168.5.20');
  assert.ok(address.ok);
  const { nodes } = explainAnnouncement(snapshot, findings, address.value);
  const because = nodes.find(({ node }) => node === 'w1')?.because;
  assert.equal(because, 'a filter keeps it from 10.10.0.1');
});
