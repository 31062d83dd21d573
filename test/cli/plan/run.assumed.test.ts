/** `berth plan` where the input does not show all that counts: what an edit deletes is not assumed, and its Nodes count. */
import { describe } from 'node:test';
import { advertisement, node, peer, secret } from '../../announce/support/cluster.ts';
import { BGP_CLUSTER, edited } from '../../delivery/support/speaker-clusters.ts';
import { type PlanRow, testPlans } from '../support/plan-speakers.ts';

const WITH_PASSWORD = peer('tor', { passwordSecret: { name: 'pw' } });
const PASSWORD = secret('pw', 'kubernetes.io/basic-auth', { password: 'c2VjcmV0' });

const rows: readonly PlanRow[] = [
  {
    says: 'the Secret of a peer is deleted: its session ends when the speakers restart',
    cluster: edited(BGP_CLUSTER, [WITH_PASSWORD, PASSWORD]),
    args: ['--delete', 'secret/pw'],
    ...{ code: 3, out: /^When the speakers restart\n[\s\S]*the session closes with n1 n2\n/ },
  },
  {
    says: 'the same Secret, which the files do not show',
    cluster: edited(BGP_CLUSTER, [WITH_PASSWORD]),
    args: ['--delete', 'secret/metallb-system/pw'],
    ...{ code: 3, out: /^When the speakers restart\n[\s\S]*the session closes with n1 n2\n/ },
  },
  {
    says: 'a BFDProfile that the files do not show is deleted',
    cluster: edited(BGP_CLUSTER, [peer('tor', { bfdProfile: 'fast' })]),
    args: ['--delete', 'bfdprofile/fast'],
    ...{ code: 3, out: /^When the speakers restart\n[\s\S]*the session closes with n1 n2\n/ },
  },
  {
    says: 'a Secret of another namespace, and one that no peer names',
    cluster: edited(BGP_CLUSTER, [WITH_PASSWORD]),
    args: ['--delete', 'secret/web/pw', '--delete', 'secret/other'],
    code: 5,
    out: /Secret web\/pw: the input has no such object[\s\S]*Secret metallb-system\/other: the input has no such object[\s\S]*would announce the same/,
  },
  {
    says: 'a Community that the files do not show: nobody knows its aliases',
    cluster: edited(BGP_CLUSTER, [advertisement('all', { communities: ['fabric'] })]),
    args: ['--delete', 'community/aliases'],
    ...{ code: 5, out: /Community aliases: the input has no such object/ },
  },
  {
    says: 'the first Nodes',
    cluster: BGP_CLUSTER.filter((raw) => raw['kind'] !== 'Node'),
    edit: [node('n1')],
    ...{
      code: 0,
      out: /^Peer tor \(10\.213\.0\.1\)\n {2}a session opens with n1\n {2}10\.20\.1\.5\/32 is advertised by n1/,
    },
  },
  {
    says: 'the first Nodes and an edit of the peer, which may concern nodes that the files do not show',
    cluster: BGP_CLUSTER.filter((raw) => raw['kind'] !== 'Node'),
    edit: [node('n1'), peer('tor', { holdTime: '9s' })],
    ...{
      code: 5,
      out: /a session opens with n1\n[\s\S]*BGPPeer tor: it is predicted for the Nodes of the edit alone, since the input has no\s+Node\./,
    },
  },
  {
    says: 'an edit of the peer where there is no Node at all',
    cluster: BGP_CLUSTER.filter((raw) => raw['kind'] !== 'Node'),
    edit: [peer('tor', { holdTime: '9s' })],
    ...{ code: 5, out: /BGPPeer tor: what the speakers would announce after this edit is not predicted/ },
  },
];

describe('plan with speakers in files that show a part of the cluster', () => testPlans(rows));
