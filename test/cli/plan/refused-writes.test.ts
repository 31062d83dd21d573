/** `berth plan` of an edit that the API server would refuse: it predicts nothing. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { runPlan } from '../../../src/cli/plan/run.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { advertisement, node, peer, service } from '../../announce/support/cluster.ts';
import {
  BGP_CLUSTER,
  edited,
  LAYER2_CLUSTER,
  speakerStatus,
} from '../../delivery/support/speaker-clusters.ts';
import { withTypes } from '../../delivery/support/with-types.ts';
import { layer2Advertisement } from '../../layer2/support/layer2-cluster.ts';
import { startLiveCluster } from '../support/live-cluster.ts';
import { plan } from '../support/plan-speakers.ts';
import { runCommand } from '../support/run-command.ts';

const metallb = (kind: string, name: string, spec: Raw): Raw => ({
  ...{ apiVersion: 'metallb.io/v1beta1', kind },
  ...{ metadata: { name, namespace: 'metallb-system' }, spec },
});
const WEB = { name: 'a', namespace: 'web' };
const webService = (spec: Raw): Raw => ({ apiVersion: 'v1', kind: 'Service', metadata: WEB, spec });

type RefusedRow = readonly [says: string, cluster: readonly Raw[], edit: Raw, err: RegExp];

const rows: readonly RefusedRow[] = [
  [
    'a rule about two fields',
    BGP_CLUSTER,
    advertisement('all', { serviceSelectors: [{ matchLabels: { a: 'b' } }], aggregationLength: 24 }),
    /^berth plan: standard input:1: the API server would refuse BGPAdvertisement metallb-system\/all: spec: serviceSelectors and aggregationLength are mutually exclusive/,
  ],
  [
    'a rule about a value',
    BGP_CLUSTER,
    peer('tor', { connectTime: '1ms' }),
    /BGPPeer metallb-system\/tor: spec\.connectTime: must be from 1s to 65535s\n/,
  ],
  [
    'a field of the wrong type',
    BGP_CLUSTER,
    advertisement('all', { peers: 'tor' }),
    /BGPAdvertisement metallb-system\/all: spec\.peers/,
  ],
  [
    'a field that the kind does not have',
    BGP_CLUSTER,
    peer('tor', { holdTimes: '9s' }),
    /BGPPeer metallb-system\/tor: spec\.holdTimes: is not a known field: did you mean "holdTime"\?\n/,
  ],
  [
    'a value that cannot change',
    edited(BGP_CLUSTER, [peer('tor', { enableGracefulRestart: false })]),
    peer('tor', { enableGracefulRestart: true }),
    /spec\.enableGracefulRestart: .* cannot be changed after the peer was made; to change it, delete the object and make it again\n/,
  ],
  [
    'a version that is not served',
    BGP_CLUSTER,
    { ...peer('tor'), apiVersion: 'metallb.io/v1beta3' },
    /BGPPeer metallb-system\/tor: there is no version v1beta3 of it; use "metallb\.io\/v1beta1", "metallb\.io\/v1beta2"\n/,
  ],
  [
    'a weight above its limit',
    LAYER2_CLUSTER,
    layer2Advertisement('all', {
      preferredNodeSelectors: [{ weight: 500, preference: { matchLabels: { zone: 'a' } } }],
    }),
    /L2Advertisement metallb-system\/all: spec\.preferredNodeSelectors\[0\]\.weight/,
  ],
  [
    'an interval below its limit',
    BGP_CLUSTER,
    metallb('BFDProfile', 'fast', { receiveInterval: 1 }),
    /BFDProfile metallb-system\/fast: spec\.receiveInterval/,
  ],
  [
    'a Service whose class changes',
    edited(BGP_CLUSTER, [service('a', ['10.20.1.5'], { loadBalancerClass: 'example.org/x' })]),
    webService({ loadBalancerClass: 'example.org/y' }),
    /Service web\/a: spec\.loadBalancerClass: .* may not change once set; to change it, delete the object/,
  ],
  [
    'a new Service without ports',
    BGP_CLUSTER,
    { ...webService({ type: 'LoadBalancer' }), metadata: { ...WEB, name: 'b' } },
    /Service web\/b: spec\.ports: Required value\n/,
  ],
  [
    'a label that no object can have',
    BGP_CLUSTER,
    withTypes(node('n1', { zone: 'a b' })),
    /would refuse Node n1: metadata\.labels: Invalid value: "a b"/,
  ],
  [
    'a peer of Calico with two fields that exclude each other',
    BGP_CLUSTER,
    {
      ...{ apiVersion: 'projectcalico.org/v3', kind: 'BGPPeer', metadata: { name: 'rack' } },
      spec: { node: 'n1', nodeSelector: 'all()', peerIP: '10.0.0.1', asNumber: 64512 },
    },
    /would refuse BGPPeer rack: spec\.node and spec\.nodeSelector exclude each other\n/,
  ],
];

describe('plan of an edit that would be refused', () => {
  for (const [says, cluster, edit, err] of rows) {
    it(says, async (test) => {
      const ran = await plan(test, cluster, [edit]);
      assert.deepEqual([ran.code, ran.out], [1, ''], ran.err);
      assert.match(ran.err, err);
    });
  }

  it('says all of it at once', async (test) => {
    const edit = [
      peer('tor', { connectTime: '1ms', holdTime: '1s' }),
      advertisement('all', { peers: 'tor' }),
    ];
    const { err } = await plan(test, BGP_CLUSTER, edit);
    assert.equal(err.trim().split('\n').length, 3, err);
  });

  it('a mistake that is stored already is not refused once more', async (test) => {
    const stored = edited(BGP_CLUSTER, [peer('tor', { connectTime: '1ms' })]);
    const ran = await plan(test, stored, [peer('tor', { connectTime: '1ms', holdTime: '9s' })]);
    assert.equal(ran.code, 5, ran.err);
    assert.match(ran.out, /BGPPeer tor is invalid as it is now/);
  });

  it('a Service of files that show no ports accepts other edits', async (test) => {
    const ran = await plan(test, BGP_CLUSTER, [webService({ externalTrafficPolicy: 'Local' })]);
    assert.equal(ran.code, 3, ran.err);
  });

  for (const name of ['default', 'kube-system', 'kube-public']) {
    it(`the Namespace ${name} cannot be deleted`, async (test) => {
      const ran = await plan(test, BGP_CLUSTER, [], '--delete', `ns/${name}`);
      assert.deepEqual([ran.code, ran.out], [1, '']);
      assert.match(ran.err, new RegExp(`would refuse to delete the Namespace ${name}\\n`));
    });
  }

  it('a live cluster does not take an object of a Namespace that it lacks, unless the edit makes it', async (test) => {
    const namespaces = ['web', 'metallb-system'].map((name) => namespace(name));
    const objects = [...namespaces, ...BGP_CLUSTER, speakerStatus('n1'), speakerStatus('n2')].map(withTypes);
    const kubeconfig = await startLiveCluster(test, { objects });
    const made = {
      ...webService({ type: 'LoadBalancer', ports: [{ port: 80 }] }),
      metadata: { name: 'x', namespace: 'new' },
    };
    const run = (edit: readonly Raw[]) =>
      runCommand(runPlan, ['--kubeconfig', kubeconfig, '-f', '-'], {
        stdin: edit.map((one) => JSON.stringify(one)).join('\n---\n'),
        clock: systemClock,
      });
    const refused = await run([made]);
    assert.equal(refused.code, 1, refused.out);
    assert.match(
      refused.err,
      /Service new\/x: there is no Namespace new: create it first, or add it to the edit\n/,
    );
    const taken = await run([namespace('new'), made]);
    assert.equal(taken.code, 0, taken.err);
    assert.match(taken.out, /10\.20\.1\.0\/32 is advertised by n1 n2 \(new\/x\)/);
  });
});

const namespace = (name: string): Raw => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
