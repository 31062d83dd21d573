/**
 * Objects are told by group and kind: one whose kind is that of an object which is read, and whose group is another, counts for
 * nothing. Each command says of it exactly what it says of an object of an unknown kind.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../src/base/json.ts';
import { runBgp } from '../../src/cli/bgp/run.ts';
import { runCalico } from '../../src/cli/calico/run.ts';
import { findMisspelled } from '../../src/cli/cluster/suggestions.ts';
import { runConvert } from '../../src/cli/convert/run.ts';
import { runDoctor } from '../../src/cli/doctor/run.ts';
import { runExplain } from '../../src/cli/explain/run.ts';
import { runL2 } from '../../src/cli/l2/run.ts';
import { runPlan } from '../../src/cli/plan/run.ts';
import { runStatus } from '../../src/cli/status/run.ts';
import { objectId } from '../../src/objects/object-id.ts';
import { LISTED_KINDS } from '../../src/objects/resource-kind.ts';
import { HEALTHY } from '../calico/support/clusters.ts';
import { ROWS as CALICO_ROWS } from '../calico/support/finding-rows/all.ts';
import { ANNOUNCER_SIBLING_ROWS } from '../delivery/support/finding-rows/announcer-siblings.ts';
import { OBJECT_ROWS } from '../delivery/support/finding-rows/objects.ts';
import { SIBLING_ROWS } from '../delivery/support/finding-rows/siblings.ts';
import { SURROUNDINGS_ROWS } from '../delivery/support/finding-rows/surroundings.ts';
import { BGP_CLUSTER, daemonSet } from '../delivery/support/speaker-clusters.ts';
import { withTypes } from '../delivery/support/with-types.ts';
import { liveCluster } from '../overview/support/live-cluster.ts';
import { CROWDED } from './support/crowded-cluster.ts';
import { type CommandRunner, runCommand } from './support/run-command.ts';

const FOREIGN = 'apps.example.dev/v1';

const NS = { namespace: 'metallb-system' };

/** A MetalLB before 0.13. */
const OLD_CLUSTER: readonly Raw[] = [
  ...BGP_CLUSTER.filter(({ kind }) => kind === 'Node' || kind === 'Service' || kind === 'EndpointSlice'),
  {
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config', ...NS } },
    data: {
      config:
        'peers:\n- {peer-address: 10.0.0.1, peer-asn: 64500, my-asn: 64512}\n' +
        'address-pools:\n- {name: main, protocol: bgp, addresses: [10.20.1.0/24]}\n',
    },
  },
];

/** What only an edit, a command line or a leftover has. */
const REFERRED_CLUSTER: readonly Raw[] = [
  ...BGP_CLUSTER,
  daemonSet('speaker', 'quay.io/metallb/speaker:v0.15.2', { args: ['speaker', '--ignore-exclude-lb'] }),
  { apiVersion: 'metallb.io/v1beta1', kind: 'BFDProfile', metadata: { name: 'fast', ...NS }, spec: {} },
  {
    ...{ apiVersion: 'metallb.io/v1beta1', kind: 'Community', metadata: { name: 'names', ...NS } },
    spec: { communities: [{ name: 'blue', value: '65000:1' }] },
  },
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'tor', ...NS }, data: { password: 'eA==' } },
  { apiVersion: 'metallb.io/v1beta1', kind: 'AddressPool', metadata: { name: 'old', ...NS }, spec: {} },
];

/** What the clusters of findings do not have. */
const OTHER_KINDS: readonly Raw[] = [
  ...HEALTHY,
  ...[
    ['v1', 'Namespace'],
    ['v1', 'Event'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
    ['metallb.io/v1beta1', 'ConfigurationState'],
    ['metallb.io/v1beta1', 'ServiceBGPStatus'],
    ['frrk8s.metallb.io/v1beta1', 'FRRConfiguration'],
    ['projectcalico.org/v3', 'BlockAffinity'],
    ['projectcalico.org/v3', 'IPReservation'],
    ['projectcalico.org/v3', 'KubeControllersConfiguration'],
    ['helm.toolkit.fluxcd.io/v2', 'HelmRelease'],
    ['helm.cattle.io/v1', 'HelmChart'],
    ['argoproj.io/v1alpha1', 'Application'],
  ].map(([apiVersion, kind]) => ({
    ...{ apiVersion, kind, metadata: { name: 'default', ...NS } },
    spec: { reservedCIDRs: ['192.168.5.0/24'], controllers: {}, values: { configInline: {} } },
  })),
];

const CLUSTERS: readonly (readonly Raw[])[] = [
  ...[CROWDED, liveCluster(1000), OLD_CLUSTER, REFERRED_CLUSTER, OTHER_KINDS],
  ...CALICO_ROWS.map(({ failing }) => failing),
  ...[...ANNOUNCER_SIBLING_ROWS, ...OBJECT_ROWS, ...SIBLING_ROWS, ...SURROUNDINGS_ROWS].map(
    ({ objects }) => objects,
  ),
];

const bgp: CommandRunner = (args, context) => runBgp(args, context, () => AbortSignal.abort());

const COMMANDS: readonly (readonly [run: CommandRunner, line: string])[] = [
  [runDoctor, 'doctor -f - --complete -o json'],
  [runDoctor, 'doctor -f -'],
  [runStatus, 'status -f - -o json'],
  [runExplain, 'explain service -A -f -'],
  [runL2, 'l2 owners -f -'],
  [bgp, 'bgp model -f -'],
  [runL2, 'l2 model -f -'],
  [runCalico, 'calico model -f -'],
  [runConvert, 'convert -f -'],
  [runPlan, 'plan --cluster - --delete pool/main'],
  [runPlan, 'plan --cluster - --delete bgppeer/tor'],
  [runPlan, 'plan --cluster - --delete node/n1'],
  [runPlan, 'plan --cluster - --delete ippool/pods'],
  [runPlan, 'plan -f - --cluster examples/playground'],
];

const kindOf = (raw: Raw): string => `${raw['kind']} of ${raw['apiVersion']}`;

const CLUSTERS_OF_KIND = process.env['BERTH_FULL'] === '1' ? 5 : 1;

/** By kind, the first clusters that show it. */
const clustersByKind = (): ReadonlyMap<string, readonly (readonly Raw[])[]> => {
  const found = new Map<string, (readonly Raw[])[]>();
  for (const cluster of CLUSTERS.map((objects) => objects.map(withTypes)))
    for (const kind of new Set(cluster.map(kindOf))) {
      const known = found.get(kind) ?? [];
      if (known.length < CLUSTERS_OF_KIND) found.set(kind, [...known, cluster]);
    }
  return found;
};

const run = async ([runner, line]: (typeof COMMANDS)[number], objects: readonly Raw[]): Promise<string> => {
  const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const { code, out, err } = await runCommand(runner, line.split(' ').slice(1), { stdin });
  return `${code}\n${out}${err}`;
};

/** An edit has the kinds of ignored objects in their order, and breaks lines between them. */
const comparable = (text: string, line: string): string =>
  line.startsWith('plan -f')
    ? text
        .split(/[\s,]+/)
        .sort()
        .join('\n')
    : text;

describe('a namesake in a foreign group', () => {
  const byKind = clustersByKind();
  for (const [kind, clusters] of byKind)
    it(`counts for nothing: ${kind}`, async () => {
      for (const objects of clusters) {
        const rest = objects.filter((raw) => kindOf(raw) !== kind);
        const own = objects.filter((raw) => kindOf(raw) === kind);
        const as = (change: Raw): readonly Raw[] => own.map((raw) => ({ ...raw, ...change }));
        for (const command of COMMANDS)
          for (const others of [rest, objects]) {
            const namesakes = as({ apiVersion: FOREIGN });
            const unknown = as({ apiVersion: FOREIGN, kind: 'Unrelated' });
            const [withNamesake, withUnknown] = [
              await run(command, [...namesakes, ...others]),
              await run(command, [...unknown, ...others]),
            ];
            const name = `${own[0]?.['kind']}`;
            assert.equal(
              comparable(withNamesake.replaceAll(`${name}.apps.example.dev`, name), command[1]),
              comparable(withUnknown.replaceAll('Unrelated', name), command[1]),
              `${command[1]}\n${JSON.stringify(objects.map(objectId))}`,
            );
          }
      }
    });

  it('is in the rows of every kind that some command reads from files', () => {
    const shown = new Set([...byKind.keys()].map((one) => one.split(' ')[0]));
    assert.deepEqual(
      LISTED_KINDS.filter((one) => !shown.has(one)),
      [],
    );
  });
});

describe('kinds of others that resemble ours', () => {
  const OTHERS: readonly (readonly [apiVersion: string, kind: string])[] = [
    ['serving.knative.dev/v1', 'Service'],
    ['network.kubesphere.io/v1alpha2', 'BgpPeer'],
    ['whereabouts.cni.cncf.io/v1alpha1', 'IPPool'],
    ['crd.antrea.io/v1beta1', 'IPPool'],
    ['kubeovn.io/v1', 'IPPool'],
    ['ipam.metal3.io/v1alpha1', 'IPPool'],
    ['networking.k8s.io/v1', 'IPAddress'],
    ['metrics.k8s.io/v1beta1', 'NodeMetrics'],
    ['events.k8s.io/v1', 'Event'],
    ['app.k8s.io/v1beta1', 'Application'],
  ];
  for (const [apiVersion, kind] of OTHERS)
    it(`${kind} of ${apiVersion} is no misspelling`, () => {
      assert.deepEqual(findMisspelled([{ apiVersion, kind, metadata: { name: 'x' } }]), []);
    });
  for (const [apiVersion, kind] of [
    ['metallb.io/v1beta1', 'IPAdressPool'],
    ['metalb.io/v1beta1', 'IPAddresPool'],
    ['v1', 'service'],
  ] as const)
    it(`${kind} of ${apiVersion} is one`, () => {
      assert.notDeepEqual(findMisspelled([{ apiVersion, kind, metadata: { name: 'x' } }]), []);
    });
});
