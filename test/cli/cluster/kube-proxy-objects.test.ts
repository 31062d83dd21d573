/** How kube-proxy runs in a live cluster is found under any name, and what is not seen is said. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { runDoctor } from '../../../src/cli/doctor/run.ts';
import { runL2Owners } from '../../../src/cli/l2/owners/run.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import {
  ANSWERING,
  BGP_CLUSTER,
  daemonSet,
  edited,
  LAYER2_CLUSTER,
  speakerStatus,
} from '../../delivery/support/speaker-clusters.ts';
import { withTypes } from '../../delivery/support/with-types.ts';
import { startLiveCluster } from '../support/live-cluster.ts';
import { runCommand } from '../support/run-command.ts';

const IMAGE = 'registry.k8s.io/kube-proxy:v1.35.4';
const IPVS = 'kind: KubeProxyConfiguration\nmode: ipvs\n';

const configMap = (name: string, text: string): Raw => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'kube-system' } },
  data: { 'config.conf': text },
});
const inKubeSystem = (raw: Raw): Raw => ({
  ...raw,
  metadata: { name: 'kube-proxy', namespace: 'kube-system' },
});
const mounting = (name: string): Raw => {
  const container = {
    name: 'kube-proxy',
    image: IMAGE,
    command: ['kube-proxy', '--config=/etc/config.conf'],
  };
  return {
    ...{
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'kube-proxy', namespace: 'kube-system' },
    },
    spec: { template: { spec: { volumes: [{ configMap: { name } }], containers: [container] } } },
  };
};
const staticPod = (mode: string): Raw => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'kube-proxy-n1', namespace: 'kube-system' } },
  spec: {
    containers: [
      { name: 'kube-proxy', image: IMAGE, args: [`--proxy-mode=${mode}`], command: ['kube-proxy'] },
    ],
  },
});

type Row = {
  readonly says: string;
  readonly objects: readonly Raw[];
  /** What `doctor` finds, and what it says that it cannot know. */
  readonly found: readonly string[];
  readonly unknown: readonly string[];
  readonly hint: RegExp;
};

const ANSWERS = /kube-proxy is in IPVS mode without strictARP/;
const UNSEEN =
  /nothing shows how kube-proxy runs: in IPVS mode without strictARP, every node would answer ARP\n/;

const rows: readonly Row[] = [
  { says: 'k3s runs it in a program of its own', objects: [], found: [], unknown: ['S13'], hint: UNSEEN },
  {
    says: 'the ConfigMap of kubeadm',
    objects: [configMap('kube-proxy', IPVS)],
    ...{ found: ['S13'], unknown: [], hint: ANSWERS },
  },
  {
    says: 'a ConfigMap whose name ends in a hash',
    objects: [mounting('kube-proxy-4k5f7'), configMap('kube-proxy-4k5f7', IPVS)],
    ...{ found: ['S13'], unknown: [], hint: ANSWERS },
  },
  {
    says: 'a ConfigMap that cannot be read is not seen',
    objects: [configMap('kube-proxy', 'mode: [ipvs')],
    ...{ found: [], unknown: ['S13'], hint: UNSEEN },
  },
  {
    says: 'flags of its DaemonSet',
    objects: [inKubeSystem(daemonSet('kube-proxy', IMAGE, { command: ['kube-proxy', '--proxy-mode=ipvs'] }))],
    ...{ found: ['S13'], unknown: [], hint: ANSWERS },
  },
  {
    says: 'flags of its DaemonSet that are fine',
    objects: [
      inKubeSystem(daemonSet('kube-proxy', IMAGE, { command: ['kube-proxy', '--proxy-mode=nftables'] })),
    ],
    ...{ found: [], unknown: [], hint: /^$/ },
  },
  {
    says: 'static Pods, as of RKE2',
    objects: [staticPod('ipvs')],
    ...{ found: ['S13'], unknown: [], hint: ANSWERS },
  },
];

describe('kube-proxy of a live cluster', () => {
  for (const { says, objects, found, unknown, hint } of rows)
    it(says, async (test) => {
      const all = [...edited(LAYER2_CLUSTER, ANSWERING), ...objects].map(withTypes);
      const flags = ['--kubeconfig', await startLiveCluster(test, { objects: all })];
      const doctor = await runCommand(runDoctor, [...flags, '-o', 'json'], { clock: systemClock });
      const report = JSON.parse(doctor.out);
      const codes = (of: readonly Raw[]): readonly unknown[] => of.map(({ code }) => code);
      assert.deepEqual([codes(report.findings), codes(report.cannotKnow)], [found, unknown], doctor.out);
      const owners = await runCommand(runL2Owners, flags, { clock: systemClock });
      assert.match(owners.err, hint);
    });
});

it('what Calico announces beside the speakers is read from a live cluster', async (test) => {
  const calico = {
    ...{ apiVersion: 'projectcalico.org/v3', kind: 'BGPConfiguration', metadata: { name: 'default' } },
    spec: { serviceLoadBalancerIPs: [{ cidr: '10.20.1.0/24' }] },
  };
  const objects = [...BGP_CLUSTER, speakerStatus('n1'), speakerStatus('n2'), calico].map(withTypes);
  const kubeconfig = await startLiveCluster(test, { objects });
  const { out } = await runCommand(runDoctor, ['--kubeconfig', kubeconfig, '-o', 'json'], {
    clock: systemClock,
  });
  assert.ok(
    JSON.parse(out).findings.some(({ code }: Raw) => code === 'S14'),
    out,
  );
});
