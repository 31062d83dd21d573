/**
 * What every command that judges does where one kind cannot be read: it still prints what it knows, names the kind, and ends with 5.
 * A command that does not read the kind does not change.
 */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Raw } from '../../src/base/json.ts';
import { runDoctor } from '../../src/cli/doctor/run.ts';
import { runExplain } from '../../src/cli/explain/run.ts';
import { runL2 } from '../../src/cli/l2/run.ts';
import { runPlan } from '../../src/cli/plan/run.ts';
import { runStatus } from '../../src/cli/status/run.ts';
import { systemClock } from '../../src/workqueue/system-clock.ts';
import { l2Record } from '../layer2/support/l2-record.ts';
import { startLiveCluster } from './support/live-cluster.ts';
import { type CommandRunner, runCommand } from './support/run-command.ts';

const NAMESPACE = 'metallb-system';
const ADDRESS = '192.0.2.1';

const object = (apiVersion: string, kind: string, name: string, rest: Raw, metadata: Raw = {}): Raw => ({
  ...{ apiVersion, kind, metadata: { name, namespace: NAMESPACE, uid: name, ...metadata } },
  ...rest,
});

const conditions = [
  {
    ...{ type: 'berth.dev/Assigned', status: 'True', reason: 'Assigned' },
    ...{ message: `${ADDRESS} from pool "main".`, lastTransitionTime: '2026-01-02T00:00:00Z' },
  },
];

const OBJECTS: readonly Raw[] = [
  ...['w1', 'w2'].map((name) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } })),
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  object('metallb.io/v1beta1', 'IPAddressPool', 'main', { spec: { addresses: ['192.0.2.0/24'] } }),
  object('metallb.io/v1beta1', 'L2Advertisement', 'all', { spec: {} }),
  ...['w1', 'w2'].map((node) =>
    object('berth.dev/v1alpha1', 'SpeakerStatus', node, {
      status: {
        ...{ node, phase: 'speaking' },
        layer2: { interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:01', arp: true, ndp: true }] },
      },
    }),
  ),
  ...['w1', 'w2'].map((node) =>
    object('v1', 'Pod', `speaker-${node}`, { spec: { nodeName: node }, status: { phase: 'Running' } }),
  ),
  l2Record({ name: 'l2-x', service: 'shop/web', node: 'w1' }),
  object(
    'v1',
    'Service',
    'web',
    {
      spec: {
        ...{ type: 'LoadBalancer', clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], ipFamilies: ['IPv4'] },
        ports: [{ port: 80, protocol: 'TCP' }],
      },
      status: { loadBalancer: { ingress: [{ ip: ADDRESS }] }, conditions },
    },
    { namespace: 'shop', annotations: { 'metallb.io/ip-allocated-from-pool': 'main' } },
  ),
  object(
    'discovery.k8s.io/v1',
    'EndpointSlice',
    'web-1',
    { addressType: 'IPv4', endpoints: [{ addresses: ['10.244.0.1'], nodeName: 'w1' }] },
    { namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
  ),
];

/** Of the collections that commands list. */
const PLURALS = [
  ...['services', 'namespaces', 'nodes', 'pods', 'ipaddresspools', 'l2advertisements', 'bgpadvertisements'],
  ...['endpointslices', 'speakerstatuses', 'servicel2statuses', 'bgppeers'],
];

type Row = {
  readonly name: string;
  readonly run: CommandRunner;
  readonly args: readonly string[];
  /** What is printed whatever cannot be read, except for `unless`. */
  readonly shows: RegExp;
  /** Kinds, with the status, without which the command has nothing to say, and fails. */
  readonly fails?: readonly string[];
  /** Kinds that nothing of the answer depends on: they add remarks, or say how to list the others. */
  readonly optional?: readonly string[];
};

const OPTIONAL = ['l2advertisements', 'bgpadvertisements', 'bgppeers', 'speakerstatuses'];

const ROWS: readonly Row[] = [
  {
    ...{ name: 'explain service', run: runExplain, args: ['service', 'shop/web'] },
    shows: /Service shop\/web\n +address +192\.0\.2\.1 from pool main[\s\S]+condition +Assigned/,
    optional: OPTIONAL,
  },
  {
    ...{ name: 'explain service -n', run: runExplain, args: ['service', '-n', 'shop'] },
    ...{ shows: /shop\/web +192\.0\.2\.1 +main +Assigned/, fails: ['services 500'], optional: OPTIONAL },
  },
  {
    ...{ name: 'explain service -A', run: runExplain, args: ['service', '-A'] },
    ...{ shows: /shop\/web +192\.0\.2\.1/, fails: ['services 403', 'services 500'], optional: OPTIONAL },
  },
  {
    ...{ name: 'explain address', run: runExplain, args: ['address', ADDRESS] },
    ...{ shows: /192\.0\.2\.1 (in use|not known whether it is free)/, optional: OPTIONAL },
  },
  { name: 'l2 owners', run: runL2, args: ['owners'], shows: /shop\/web .*(w1|w1, w2 may answer)/ },
  { name: 'l2 why', run: runL2, args: ['why', 'shop/web'], shows: /Service shop\/web\n[\s\S]*w1/ },
  {
    ...{ name: 'plan', run: runPlan, args: ['--delete', 'ipaddresspool/main'] },
    shows: /loses its address/,
    fails: ['services', 'namespaces', 'ipaddresspools'].flatMap((one) => [`${one} 403`, `${one} 500`]),
    // A SpeakerStatus says enough of its speaker.
    optional: ['pods'],
  },
  { name: 'status', run: runStatus, args: [], shows: /the cluster at/ },
  { name: 'doctor', run: runDoctor, args: [], shows: /./ },
];

/** Services of one namespace may be listed, and one may be got, where all may not be listed. */
const refusing = (plural: string, status: number) => (pathname: string) => {
  const isOne = plural === 'services' && pathname.includes('/namespaces/');
  return pathname.endsWith(`/${plural}`) && !isOne ? status : null;
};

async function judge(
  test: TestContext,
  { run, args }: Row,
  refuses: (pathname: string) => number | null = () => null,
) {
  const paths: string[] = [];
  const requested = (url: string) => void paths.push(new URL(url, 'http://api').pathname);
  const kubeconfig = await startLiveCluster(test, { objects: OBJECTS, refuses, requested });
  const answer = await runCommand(run, [...args, '--kubeconfig', kubeconfig], { clock: systemClock });
  return { ...answer, paths };
}

for (const row of ROWS) {
  describe(`berth ${row.name}, where one kind cannot be read`, () => {
    for (const plural of PLURALS) {
      for (const status of [403, 500]) {
        it(`${plural}: ${status}`, async (test) => {
          const whole = await judge(test, row);
          const part = await judge(test, row, refusing(plural, status));
          if (!part.paths.some((path) => refusing(plural, status)(path) !== null))
            return assert.equal(part.code, whole.code);
          if (row.optional?.includes(plural) === true && part.err === '')
            return assert.equal(part.code, whole.code);
          assert.match((part.out + part.err).replaceAll(/\s+/g, ' '), new RegExp(plural, 'i'));
          if (row.fails?.includes(`${plural} ${status}`) === true)
            return assert.equal(part.code, 1, part.err);
          assert.equal(part.code, 5, part.out + part.err);
          assert.match(part.out, row.shows);
        });
      }
    }
  });
}
