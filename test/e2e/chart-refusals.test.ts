/** What the chart refuses after a look at the cluster: one sentence, before anything is installed. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import { conversion } from '../cli/support/metallb-objects.ts';
import { helmPath, IMAGE, type Loose, skipWithoutHelm } from '../deploy/support/chart.ts';
import { eventually } from '../support/eventually.ts';
import type { RealApi } from '../support/real-api/start.ts';
import { dedicatedApi } from '../support/real-api.ts';
import { type CommandResult, runProgram } from '../support/run-program.ts';

const NAMESPACE = 'metallb-system';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const POOLS = `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}/ipaddresspools`;

type Step = {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly type?: string;
};
type Row = {
  readonly sentence: string;
  /** What the cluster has that it should not have; undone afterwards. */
  readonly make: readonly Step[];
  readonly undo: readonly Step[];
  readonly values: string;
  readonly says: RegExp;
};

const JSON_PATCH = 'application/json-patch+json';
const schema = '/spec/versions/0/schema/openAPIV3Schema/properties';
const patchCrd = (name: string, ...operations: readonly object[]): Step => ({
  ...{ method: 'PATCH', path: `${CRDS}/${name}`, body: operations, type: JSON_PATCH },
});

const enforce = (level: string | null): Step => ({
  ...{ method: 'PATCH', path: `/api/v1/namespaces/${NAMESPACE}` },
  body: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': level } } },
});

const speakers = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'speaker', namespace: NAMESPACE, labels: { app: 'metallb', component: 'speaker' } },
  spec: {
    selector: { matchLabels: { app: 'metallb' } },
    template: {
      metadata: { labels: { app: 'metallb' } },
      spec: { containers: [{ name: 'speaker', image: 'x' }] },
    },
  },
};
const DAEMON_SETS = `/apis/apps/v1/namespaces/${NAMESPACE}/daemonsets`;
const PEERS = `/apis/metallb.io/v1beta2/namespaces/${NAMESPACE}/bgppeers`;

const ROWS: readonly Row[] = [
  {
    sentence: 'a field that the chart does not know, with the pool that has it',
    make: [
      patchCrd('ipaddresspools.metallb.io', {
        op: 'add',
        path: `${schema}/spec/properties/later`,
        value: { type: 'object', properties: { list: { type: 'array', items: { type: 'string' } } } },
      }),
      {
        method: 'PATCH',
        path: `${POOLS}/main`,
        body: { spec: { later: { list: ['a'] } } },
      },
    ],
    undo: [patchCrd('ipaddresspools.metallb.io', { op: 'remove', path: `${schema}/spec/properties/later` })],
    values: 'mode=native',
    says: /ipaddresspools\.metallb\.io of this cluster accepts what the chart's does not \(v1beta1\.spec\.later, which metallb-system\/main has\): set crds\.enabled=false/,
  },
  {
    sentence: 'a field of another type',
    make: [
      patchCrd('bfdprofiles.metallb.io', {
        op: 'replace',
        path: `${schema}/spec/properties/echoMode`,
        value: { type: 'string' },
      }),
    ],
    undo: [
      patchCrd('bfdprofiles.metallb.io', {
        op: 'replace',
        path: `${schema}/spec/properties/echoMode`,
        value: { type: 'boolean' },
      }),
    ],
    values: 'mode=native',
    says: /v1beta1\.spec\.echoMode is of the type string and would be of the type boolean/,
  },
  {
    sentence: 'a webhook that converts BGPPeers',
    make: [
      {
        ...{ method: 'PATCH', path: `${CRDS}/bgppeers.metallb.io` },
        body: { spec: { conversion: conversion(NAMESPACE, '') } },
      },
    ],
    undo: [
      {
        ...{ method: 'PATCH', path: `${CRDS}/bgppeers.metallb.io` },
        body: { spec: { conversion: { strategy: 'None', webhook: null } } },
      },
    ],
    values: 'mode=native',
    says: /a webhook of MetalLB converts bgppeers\.metallb\.io.*run "berth migrate metallb --yes" first/,
  },
  {
    sentence: "speakers beside MetalLB's, where there are peers",
    make: [
      { method: 'POST', path: DAEMON_SETS, body: speakers },
      {
        ...{ method: 'PATCH', path: `${DAEMON_SETS}/speaker/status` },
        body: {
          status: {
            desiredNumberScheduled: 3,
            currentNumberScheduled: 3,
            numberMisscheduled: 0,
            numberReady: 3,
          },
        },
      },
      {
        ...{ method: 'POST', path: PEERS },
        body: {
          ...{ apiVersion: 'metallb.io/v1beta2', kind: 'BGPPeer', metadata: { name: 'tor' } },
          spec: { myASN: 65_001, peerASN: 65_002, peerAddress: '192.0.2.1' },
        },
      },
    ],
    undo: [
      { method: 'DELETE', path: `${DAEMON_SETS}/speaker` },
      { method: 'DELETE', path: `${PEERS}/tor` },
    ],
    values: 'mode=layer2',
    says: /MetalLB's speakers \(DaemonSet speaker\) run in this namespace.*speaker\.nodeSelector/,
  },
  {
    sentence: 'speakers in a namespace whose pod-security level admits none',
    make: [enforce('restricted')],
    undo: [enforce(null)],
    values: 'mode=native',
    says: /metallb-system enforces the pod-security level restricted.*run "kubectl label namespace metallb-system pod-security\.kubernetes\.io\/enforce=privileged --overwrite" first/,
  },
  {
    sentence: 'a CRD that nobody has installed',
    make: [{ method: 'DELETE', path: `${CRDS}/communities.metallb.io` }],
    undo: [],
    values: 'mode=native,crds.enabled=false',
    says: /crds\.enabled is false, and the cluster has no CRD communities\.metallb\.io: set it to true/,
  },
];

describe('the chart on a cluster that something stands in the way of', { skip: skipWithoutHelm }, () => {
  let api: RealApi;

  before(async () => {
    api = await dedicatedApi();
    const { code, stderr } = await helm('install', 'mode=native');
    assert.equal(code, 0, stderr);
    const pool = { apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool', metadata: { name: 'main' } };
    await eventually(() => api.requestOk('POST', POOLS, { ...pool, spec: { addresses: ['192.0.2.0/28'] } }));
  });
  after(() => api?.stop());

  const helm = (command: string, values: string, ...more: readonly string[]): Promise<CommandResult> =>
    run(helmPath(), [
      ...[command, 'lb', join(root, 'charts/berth'), '--namespace', NAMESPACE, '--create-namespace'],
      ...['--set', `image.repository=${IMAGE},${values}`, '--kubeconfig', api.kubeconfig, ...more],
    ]);

  const perform = async (steps: readonly Step[]): Promise<void> => {
    for (const { method, path, body, type } of steps) await api.requestOk(method, path, body, type);
  };

  for (const { sentence, make, undo, values, says } of ROWS)
    it(`refuses ${sentence}`, async () => {
      await perform(make);
      try {
        // A changed CRD counts a moment later: until then the API server prunes what it does not know, and Helm sees the old one.
        await eventually(async () => {
          await perform(make.filter(({ method }) => method === 'PATCH'));
          assert.match((await helm('upgrade', values, '--dry-run=server')).stderr, says);
        });
        const { code, stderr } = await helm('upgrade', values);
        assert.notEqual(code, 0, `upgraded with ${values}`);
        assert.match(stderr, says);
      } finally {
        await perform(undo);
      }
    });

  it('installs the controller alone in such a namespace', async () => {
    await perform([enforce('restricted')]);
    try {
      const { code, stderr } = await helm('upgrade', 'mode=controller-only', '--dry-run=server');
      assert.equal(code, 0, stderr);
    } finally {
      await perform([enforce(null)]);
    }
  });

  it('changes nothing where it refuses, and upgrades when nothing is in the way', async () => {
    const history = await run(helmPath(), [
      ...['history', 'lb', '--namespace', NAMESPACE, '--output', 'json', '--kubeconfig', api.kubeconfig],
    ]);
    assert.equal(JSON.parse(history.stdout).length, 1, history.stdout);
    const { code, stderr } = await helm('upgrade', 'mode=native');
    assert.equal(code, 0, stderr);
  });
});

describe('the chart on a cluster whose CRDs belong to somebody else', { skip: skipWithoutHelm }, () => {
  const owners: readonly [string, object][] = [
    ['kubectl', {}],
    [
      'another release',
      {
        annotations: { 'meta.helm.sh/release-name': 'metallb', 'meta.helm.sh/release-namespace': NAMESPACE },
        labels: { 'app.kubernetes.io/managed-by': 'Helm' },
      },
    ],
  ];
  for (const [owner, metadata] of owners)
    it(`leaves those of ${owner} alone, and takes them over only where it is told to`, async () => {
      const api = await dedicatedApi();
      try {
        const helm = (...more: readonly string[]): Promise<CommandResult> =>
          run(helmPath(), [
            ...['install', 'lb', join(root, 'charts/berth'), '--namespace', NAMESPACE, '--create-namespace'],
            ...['--set', `image.repository=${IMAGE},mode=native`, '--kubeconfig', api.kubeconfig, ...more],
          ]);
        /** Without the status, which the API server goes on writing for a while. */
        const described = async (path: string): Promise<unknown> => {
          const { metadata, spec } = (await api.requestOk('GET', path)) as Loose;
          return { labels: metadata.labels, annotations: metadata.annotations, spec };
        };
        await api.kubectl(['apply', '--server-side', '-k', join(root, 'deploy/crds')]);
        const path = `${CRDS}/bgppeers.metallb.io`;
        await api.requestOk('PATCH', path, { metadata });
        const before = await described(path);

        const refused = await helm();
        assert.notEqual(refused.code, 0);
        assert.match(
          refused.stderr,
          /CustomResourceDefinition "\w+\.[\w.]+".* exists and cannot be imported/,
        );
        const workloads = await api.requestOk('GET', '/apis/apps/v1/deployments');
        assert.deepEqual(workloads, { ...Object(workloads), items: [] });
        assert.deepEqual(await described(path), before);

        const adopted = await helm('--take-ownership', '--dry-run=server');
        assert.equal(adopted.code, 0, adopted.stderr);
        const { code, stderr } = await helm('--set', 'crds.enabled=false');
        assert.equal(code, 0, stderr);
        assert.deepEqual(await described(path), before);
      } finally {
        await api.stop();
      }
    });
});

const run = (program: string, args: readonly string[]): Promise<CommandResult> =>
  runProgram(program, args, { env: { PATH: process.env['PATH'], HOME: '/nonexistent' } });
