/** The same mistakes as other clusters have them: how kube-proxy runs, what Calico announces, sessions, and hosts of a segment. */

import type { Raw } from '../../../../src/base/json.ts';
import { peer, pool } from '../../../announce/support/cluster.ts';
import {
  answering,
  BGP_CLUSTER,
  edited,
  LAYER2_CLUSTER,
  session,
  speakerStatus,
} from '../speaker-clusters.ts';
import type { FindingRow } from './finding-row.ts';

const calicoRow = (
  says: string,
  cidrs: readonly string[],
  {
    pools = ['10.20.1.0/24'],
    shown,
    apiVersion = 'projectcalico.org/v3',
  }: { readonly pools?: readonly string[]; readonly shown: RegExp; readonly apiVersion?: string },
): FindingRow => ({
  ...{
    says,
    code: 'S14',
    severity: 'warning',
    object: 'BGPConfiguration default',
    problem: shown,
    hasEdit: true,
  },
  objects: edited(BGP_CLUSTER, [
    pool('main', pools),
    {
      ...{ apiVersion, kind: 'BGPConfiguration', metadata: { name: 'default' } },
      spec: { serviceLoadBalancerIPs: cidrs.map((cidr) => ({ cidr })) },
    },
  ]),
});

type SessionRow = Pick<FindingRow, 'severity' | 'problem'> & {
  readonly edit: readonly Raw[];
  /** Of n1 and n2. */
  readonly states: readonly ['Established' | 'Down', 'Established' | 'Down'];
  readonly error?: string;
};

const sessionRow = (says: string, { edit, states, error, ...row }: SessionRow): FindingRow => ({
  ...{ says, code: 'S18', object: 'BGPPeer tor', hasEdit: false, ...row },
  objects: edited(BGP_CLUSTER, [
    ...edit,
    ...states.map((state, index) =>
      speakerStatus(`n${index + 1}`, {
        sessions: [session(state, ...(state === 'Down' && error !== undefined ? [error] : []))],
      }),
    ),
  ]),
});

export const ANNOUNCER_SIBLING_ROWS: readonly FindingRow[] = [
  {
    says: 'kube-proxy is a static Pod with flags, as of RKE2',
    objects: edited(LAYER2_CLUSTER, [
      {
        ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'kube-proxy-n1', namespace: 'kube-system' } },
        spec: {
          containers: [
            {
              ...{ name: 'kube-proxy', image: 'index.docker.io/rancher/hardened-kubernetes:v1.33.1' },
              ...{ command: ['kube-proxy'], args: ['--proxy-mode', 'ipvs'] },
            },
          ],
        },
      },
    ]),
    ...{
      code: 'S13',
      severity: 'warning',
      object: 'Pod kube-proxy-n1',
      problem: /strictARP/,
      hasEdit: false,
    },
  },
  calicoRow('Calico announces a range of IPv6 that a pool lies in', ['2001:db8:1::/48'], {
    pools: ['10.20.1.0/24', '2001:db8:1:5::/120'],
    shown: /2001:db8:1::/,
  }),
  calicoRow('Calico announces one address of a pool', ['10.20.1.9/32'], { shown: /10\.20\.1\.9/ }),
  calicoRow('Calico announces a range by the API group of its CRDs', ['10.20.0.0/16', '10.99.0.0/24'], {
    shown: /10\.20\.0\.0\/16/,
    apiVersion: 'crd.projectcalico.org/v1',
  }),
  sessionRow('a router is down, for all nodes', {
    edit: [peer('tor', { peerPort: 1790 })],
    ...{
      states: ['Down', 'Down'],
      severity: 'error',
      problem: /^2 of 2 sessions with peer tor are down \(n1, n2\)\. /,
    },
  }),
  sessionRow('a router refuses the password', {
    edit: [],
    ...{ states: ['Established', 'Down'], severity: 'warning' },
    problem: /^1 of 2 sessions with peer tor are down \(n2\)\. Last error: authentication failure/,
    error: 'authentication failure',
  }),
  {
    says: 'another host uses an address of IPv6',
    objects: edited(LAYER2_CLUSTER, [
      pool('main', ['10.20.1.0/24', '2001:db8:5::/120']),
      ...['n1', 'n2'].map((name) =>
        speakerStatus(
          name,
          answering(
            ['10.20.1.0/24', '10.213.0.0/24', '2001:db8:5::/64'],
            name === 'n2'
              ? {}
              : { conflicts: [{ address: '2001:db8:5::7', mac: '02:00:00:00:00:07', interface: 'eth0' }] },
          ),
        ),
      ),
    ]),
    ...{
      code: 'S22',
      severity: 'warning',
      object: 'SpeakerStatus n1',
      problem: /2001:db8:5::7: 02:00:00:00:00:07 answers for it, seen by n1 on eth0/,
      hasEdit: false,
    },
  },
];
