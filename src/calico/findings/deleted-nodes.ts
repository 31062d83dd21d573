/** Check of nodes that are deleted while their daemons run: P49. */

import { fieldsOf, listOf, type Raw, textOf } from '../../base/json.ts';
import { inflect, listSome } from '../../base/text.ts';
import { specOf } from '../../objects/metadata.ts';
import type { DiagnosticCheck } from './check.ts';
import type { CheckResult } from './finding.ts';
import { makeRef, objectRefOf } from './snapshot.ts';

/** Addresses of peers with an established session, as the node reports them. */
function establishedPeers(raw: Raw): readonly string[] {
  const bgp = fieldsOf(fieldsOf(raw['status'])['bgp']);
  return [...listOf(bgp['peersV4']), ...listOf(bgp['peersV6'])]
    .map(fieldsOf)
    .filter((one) => textOf(one['state']) === 'Established')
    .map((one) => textOf(one['peerIP']));
}

const P49: DiagnosticCheck = {
  code: 'P49',
  needs: ['CalicoNodeStatus', 'Node'],
  needsAll: ['Node'],
  question: 'whether BIRD still runs on a machine whose Node was deleted',
  find(snapshot) {
    if (!snapshot.isKindComplete('Node')) return [];
    const { behaviour } = snapshot.converged.cluster;
    return snapshot.objectsOf('CalicoNodeStatus').flatMap((raw): readonly CheckResult[] => {
      const node = textOf(specOf(raw)['node']);
      const peers = establishedPeers(raw);
      if (node === '' || snapshot.nodes.has(node) || peers.length === 0) return [];
      const updated = textOf(fieldsOf(raw['status'])['lastUpdated']);
      return [
        {
          severity: 'warning',
          object: objectRefOf(raw),
          field: 'spec.node',
          problem: `There is no Node ${node}, and its BIRD still reports ${inflect(peers.length, 'a session', 'sessions')} with ${listSome(peers)}${updated === '' ? '' : ` (${updated})`}. ${
            behaviour.needsOwnNode
              ? 'What it announces stays as it was when the Node was deleted.'
              : 'It announces changed Services, and keeps its sessions as they were when the Node was deleted.'
          }`,
          remedy: `Stop calico-node on the machine. If it is to stay in the cluster, restart its kubelet, which creates the Node again.`,
          concerns: [makeRef('Node', node)],
        },
      ];
    });
  },
};

export const DELETED_NODE_CHECKS: readonly DiagnosticCheck[] = [P49];
