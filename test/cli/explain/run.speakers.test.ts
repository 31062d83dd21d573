/** `explain -f` where speakers announce: through to the peer, or to the node that answers, with the deciding rule first. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { runExplain } from '../../../src/cli/explain/run.ts';
import { advertisement, peer } from '../../announce/support/cluster.ts';
import { BGP_CLUSTER, edited, LAYER2_CLUSTER } from '../../delivery/support/speaker-clusters.ts';
import { withTypes } from '../../delivery/support/with-types.ts';
import { layer2Advertisement } from '../../layer2/support/layer2-cluster.ts';
import { runCommand } from '../support/run-command.ts';

const explain = (objects: readonly Raw[], ...args: readonly string[]) =>
  runCommand(runExplain, ['service', 'web/a', '-f', '-', ...args], {
    stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects.map(withTypes) }),
  });

const NOWHERE = { nodeSelectors: [{ matchLabels: { zone: 'nowhere' } }] };

const rows: readonly {
  readonly says: string;
  readonly objects: readonly Raw[];
  readonly by: string;
  readonly announced: boolean | null;
  readonly head: RegExp;
  readonly below: RegExp;
}[] = [
  {
    says: 'by BGP, to a peer',
    objects: BGP_CLUSTER,
    ...{ by: 'bgp-speakers', announced: true },
    head: /reached +yes: 2 of 2 nodes advertise it by BGP, to tor\n/,
    below:
      /Berth's speakers, as predicted from the files\n {2}n1 advertises it to tor\n {2}n2 advertises it to tor\n/,
  },
  {
    says: 'by BGP, and no peer selects a node',
    objects: edited(BGP_CLUSTER, [peer('tor', NOWHERE)]),
    ...{ by: 'bgp-speakers', announced: false },
    head: /reached +no: no node advertises it by BGP: no valid BGPPeer selects this node\n {2}change +let spec\.nodeSelectors/,
    below: /Fix: let spec\.nodeSelectors of a BGPPeer match the labels of n1, or add a BGPPeer/,
  },
  {
    says: 'by BGP, and the advertisement is for other peers',
    objects: edited(BGP_CLUSTER, [advertisement('all', { peers: ['spine'] })]),
    ...{ by: 'bgp-speakers', announced: false },
    head: /reached +no: .*exclude all\s+peers of this node/,
    below: /n1 does not advertise it/,
  },
  {
    says: 'by layer 2, on a segment',
    objects: LAYER2_CLUSTER,
    ...{ by: 'layer2-speakers', announced: true },
    head: /reached +yes: node n[12] answers by layer 2/,
    below:
      /as predicted from the files, by layer 2\n {2}n1 (answers|may answer)\n {2}n2 (answers|may answer)\n/,
  },
  {
    says: 'by layer 2, and no node is selected',
    objects: edited(LAYER2_CLUSTER, [layer2Advertisement('all', NOWHERE)]),
    ...{ by: 'layer2-speakers', announced: false },
    head: /reached +no: nobody answers by layer 2: no node may\. .*\n.*\n {2}change +let spec\.nodeSelectors of an L2Advertisement/,
    below: /n1 may not answer/,
  },
  {
    says: 'no advertisement covers the pool',
    objects: edited(BGP_CLUSTER, [advertisement('all', { ipAddressPools: ['other'] })]),
    ...{ by: 'bgp-speakers', announced: false },
    head: /reached +no: no node advertises it by BGP: no BGPAdvertisement of pool "main" selects this node/,
    below: /Fix: name the pool/,
  },
  {
    says: 'the files have no Node',
    objects: BGP_CLUSTER.filter((raw) => raw['kind'] !== 'Node'),
    ...{ by: 'bgp-speakers', announced: null },
    head: /reached +not known: it is not known which nodes announce it/,
    below: /the files have no Node/,
  },
];

describe('explain service, of files', () => {
  for (const { says, objects, by, announced, head, below } of rows) {
    it(says, async () => {
      const { out, code, err } = await explain(objects);
      assert.equal(code, 0, err);
      const [first = '', ...rest] = out.split('\n\n');
      assert.match(first, head);
      assert.match(rest.join('\n\n'), below);
      for (const line of out.split('\n')) assert.ok(line.length <= 100, line);
      const { announcers } = JSON.parse((await explain(objects, '-o', 'json')).out);
      assert.deepEqual([announcers.length, announcers[0].by, announcers[0].announced], [1, by, announced]);
    });
  }
});
