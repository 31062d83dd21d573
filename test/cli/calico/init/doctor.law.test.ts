/** Law: whatever flags init is given, the doctor finds no error and no warning in what it prints. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../../src/base/json.ts';
import { diagnose } from '../../../../src/calico/findings/diagnose.ts';
import { validationErrors } from '../../../../src/calico/objects/validation.ts';
import { parseVersion } from '../../../../src/calico/objects/version.ts';
import { hashedRouterId } from '../../../../src/kube/node-router-id.ts';
import { specOf } from '../../../../src/objects/metadata.ts';
import { CONTROL_PLANE, exposedService, node, object, WORKER } from '../../../calico/support/clusters.ts';
import { BASE_FLAGS, runInit, V4, V6 } from '../../support/calico-init.ts';

/** Three dual-stack nodes, VXLAN pools, and Services, every other one of them Local if asked for. */
function clusterObjects(used: readonly string[], local: boolean, pods: readonly string[]): readonly Raw[] {
  const dual = (name: string, last: number, labels: Raw): Raw =>
    node(name, last, labels, { 'projectcalico.org/IPv6Address': `fd00::${last}/64` });
  return [
    dual('w1', 11, WORKER),
    dual('w2', 12, WORKER),
    dual('cp1', 10, CONTROL_PLANE),
    ...pods.map((cidr, index) => object('IPPool', `pods-${index}`, { spec: { cidr, vxlanMode: 'Always' } })),
    ...used.flatMap((ip, index) =>
      local && index % 2 === 1
        ? exposedService(`edge-${index}`, { ip, local, on: ['w2'] })
        : exposedService(`web-${index}`, { ip, on: ['w1', 'w2'] }),
    ),
  ];
}

type FlagVariant = { readonly title: string; readonly args: readonly string[] };

type Scenario = FlagVariant & { readonly used: readonly string[]; readonly pods: readonly string[] };

const scenarios: readonly Scenario[] = [
  {
    title: 'one range',
    args: ['--range', '192.168.5.0/24', '--router', V4],
    used: ['192.168.5.0', '192.168.5.7'],
    pods: ['10.244.0.0/16'],
  },
  {
    title: 'a range that begins and ends with a single address',
    args: ['--range', '192.168.5.1-192.168.5.20', '--router', V4, '--router', '10.10.0.2=65117'],
    used: ['192.168.5.1', '192.168.5.10', '192.168.5.20'],
    pods: ['10.244.0.0/16'],
  },
  {
    title: 'both families, an iBGP router',
    args: ['--range', '192.168.5.0/24,fd00:5::/112', '--router', '10.10.0.1=64700,fd00::1=64700'],
    used: ['192.168.5.0', 'fd00:5::1', '192.168.5.7', 'fd00:5::2'],
    pods: ['10.244.0.0/16', 'fd00:244::/64'],
  },
  {
    title: 'IPv6 alone, one single address',
    args: ['--range', 'fd00:5::/112', '--range', 'fd00:6::3/128', '--router', V6],
    used: ['fd00:5::1', 'fd00:6::3'],
    pods: ['fd00:244::/64'],
  },
  {
    title: 'a range in the pod network',
    args: ['--range', '192.168.5.1-192.168.5.30', '--pod-network', '192.168.0.0/16', '--router', V4],
    used: ['192.168.5.1', '192.168.5.30'],
    pods: ['192.168.0.0/16'],
  },
];

const sessions: readonly FlagVariant[] = [
  { title: 'plain', args: [] },
  {
    title: 'password',
    args: ['--password-secret', 'tor-peer/tor.pw', '--calico-namespace', 'calico-system'],
  },
  {
    title: 'communities, workers',
    args: [
      ...['--community', '64700:120', '--community', '64700:300:100'],
      ...['--nodes', 'has(node-role.kubernetes.io/worker)'],
    ],
  },
];

const versions = ['', 'v3.30.7', 'v3.31.7', 'v3.32.2'];

const diagnoseObjects = (objects: readonly Raw[], version: string, namespace: string) => {
  const read = parseVersion(version);
  const { findings, snapshot } = diagnose(objects, {
    hashRouterId: hashedRouterId,
    complete: true,
    namespace,
    ...(read === null ? {} : { version: read }),
  });
  return {
    problems: findings
      .filter(({ severity }) => severity !== 'hint')
      .map(({ code, problem }) => `${code} ${problem}`),
    unlearned: snapshot.unlearned,
    snapshot,
  };
};

describe('the doctor finds nothing wrong with what init prints', () => {
  for (const { title, args, used, pods } of scenarios) {
    for (const mesh of ['on', 'off']) {
      for (const local of ['on', 'off']) {
        it(`${title}, mesh ${mesh}, Local Services ${local}`, async () => {
          for (const session of sessions) {
            for (const version of versions) {
              const { objects } = await runInit([
                ...args,
                ...session.args,
                ...['--node-as', '64700', '--mesh', mesh, '--local', local],
                ...(version === '' ? [] : ['--calico-version', version]),
              ]);
              const cluster = clusterObjects(used, local === 'on', pods);
              const namespace = session.args.includes('calico-system') ? 'calico-system' : 'kube-system';
              const { problems, unlearned, snapshot } = diagnoseObjects(
                [...objects, ...cluster],
                version,
                namespace,
              );
              assert.deepEqual([problems, unlearned], [[], []], `${session.title} ${version}`);
              for (const raw of objects) assert.deepEqual(validationErrors(raw), []);
              assert.ok(snapshot.converged.sessions.some(({ live }) => live.node.name === 'w1'));
            }
          }
        });
      }
    }
  }

  it('without the BGPFilter it finds the leak (P4)', async () => {
    const { objects } = await runInit(BASE_FLAGS);
    const without = objects
      .filter((raw) => raw['kind'] !== 'BGPFilter')
      .map((raw) => (raw['kind'] === 'BGPPeer' ? { ...raw, spec: { ...specOf(raw), filters: [] } } : raw));
    const cluster = clusterObjects(['192.168.5.0', '192.168.5.7'], true, ['10.244.0.0/16']);
    assert.match(diagnoseObjects([...without, ...cluster], '', 'kube-system').problems.join(), /^P4 /);
  });

  it('without the IPReservation it finds the overlap with pods (P19)', async () => {
    const { objects: without } = await runInit(BASE_FLAGS);
    const cluster = clusterObjects(['192.168.5.0', '192.168.5.7'], true, ['192.168.0.0/16']);
    assert.match(diagnoseObjects([...without, ...cluster], '', 'kube-system').problems.join(), /^P19 /);
  });
});
