/** Inputs as people have them: files with part of a cluster, and kinds that share their name with others. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { type Diagnosis, diagnose } from '../../../src/calico/findings/diagnose.ts';
import {
  configurationPatch,
  daemonSet,
  exposedService,
  HEALTHY,
  node,
  object,
  peerPatch,
  withChanges,
} from '../support/clusters.ts';

const diagnoseFiles = (objects: readonly Raw[]): Diagnosis => diagnose(objects, { hashRouterId: () => 1 });
const diagnoseAll = (objects: readonly Raw[]): Diagnosis =>
  diagnose(objects, { hashRouterId: () => 1, complete: true });

const problems = ({ findings }: Diagnosis): readonly string[] =>
  findings.filter(({ severity }) => severity !== 'hint').map(({ code }) => code);
const undecided = ({ unknown }: Diagnosis): readonly string[] => unknown.map(({ code }) => code);

describe('one object of a kind is not all of them', () => {
  const exporter = daemonSet('node-exporter', 'monitoring', 'example.org/node-exporter:1');

  it('a DaemonSet of another name does not show that there is no calico-node', () => {
    const files = diagnoseFiles([...HEALTHY, exporter]);
    assert.deepEqual(problems(files), []);
    assert.ok(undecided(files).includes('P10'));
    assert.deepEqual(problems(diagnoseAll([...HEALTHY, exporter])), ['P10']);
  });

  it('a Secret of another name does not show that the password is missing', () => {
    const objects = withChanges({
      ...peerPatch({ password: { secretKeyRef: { name: 'bgp', key: 'tor' } } }),
      add: [object('Secret', 'other', { metadata: { namespace: 'kube-system' }, data: {} }, 'v1')],
    });
    assert.deepEqual(problems(diagnoseFiles(objects)), []);
    assert.ok(undecided(diagnoseFiles(objects)).includes('P14'));
    assert.ok(problems(diagnoseAll(objects)).includes('P14'));
  });

  it('a BGPFilter of another name does not show that a filter is missing', () => {
    const objects = withChanges({ ...peerPatch({ filters: ['own'] }), add: [object('BGPFilter', 'other')] });
    assert.deepEqual(problems(diagnoseFiles(objects)), []);
    assert.ok(undecided(diagnoseFiles(objects)).includes('P24'));
    assert.deepEqual(problems(diagnoseAll(objects)), ['P24']);
  });

  it('a Node manifest without status shows neither other nodes nor its own addresses', () => {
    const labelled = object('Node', 'w9', { metadata: { labels: { zone: 'a' } } }, 'v1');
    const objects = [...HEALTHY.filter((raw) => raw['kind'] !== 'Node'), labelled];
    assert.deepEqual(problems(diagnoseFiles(objects)), []);
    assert.ok(undecided(diagnoseFiles(objects)).includes('P38'));
    assert.ok(problems(diagnoseAll(objects)).includes('P11'));
  });
});

describe('objects are of a group and a kind', () => {
  const calicoctlNode = (name: string, bgp: Raw): Raw =>
    object('Node', name, { spec: { bgp, orchRefs: [{ nodeName: name, orchestrator: 'k8s' }] } });

  it('a Node of calicoctl is the Node of that name', () => {
    const objects = [...HEALTHY, calicoctlNode('w1', { ipv4Address: '10.10.0.11/24' })];
    assert.deepEqual(diagnoseAll(objects).findings, diagnoseAll(HEALTHY).findings);
  });

  it('it has the addresses that the Node of Kubernetes lacks (etcd datastore)', () => {
    const bare = withChanges({
      set: { 'Node/w1': { metadata: { annotations: { 'projectcalico.org/IPv4Address': null } } } },
    });
    assert.ok(problems(diagnoseAll(bare)).includes('P38'));
    const objects = [...bare, calicoctlNode('w1', { ipv4Address: '10.10.0.11/24', asNumber: 64700 })];
    assert.deepEqual(problems(diagnoseAll(objects)), []);
  });

  it('it is a node where Kubernetes has none of that name', () => {
    const objects = [
      ...withChanges({ drop: ['Node/w1'] }),
      calicoctlNode('w1', { ipv4Address: '10.10.0.11/24', routeReflectorClusterID: '224.0.0.1' }),
    ];
    const { nodes } = diagnoseAll(objects).snapshot.converged.cluster;
    assert.equal(nodes.find(({ name }) => name === 'w1')?.clusterId, '224.0.0.1');
  });

  it("MetalLB's BGPPeer is no BGPPeer of Calico, whatever its name", () => {
    const namesake = object(
      'BGPPeer',
      'tor',
      { metadata: { namespace: 'metallb-system' }, spec: { peerAddress: '10.10.0.9', peerIP: 'x' } },
      'metallb.io/v1beta2',
    );
    assert.deepEqual(diagnoseAll([...HEALTHY, namesake]).findings, diagnoseAll(HEALTHY).findings);
  });

  for (const [kind, apiVersion] of [
    ['Service', 'serving.knative.dev/v1'],
    ['Secret', 'example.org/v1'],
    ['IPPool', 'whereabouts.cni.cncf.io/v1alpha1'],
    ['IPAddressPool', 'example.org/v1'],
    ['Node', 'longhorn.io/v1beta2'],
  ] as const) {
    it(`${kind} of ${apiVersion} is not read`, () => {
      const other = object(
        kind,
        'other',
        { spec: { cidr: '192.168.0.0/16', type: 'LoadBalancer' } },
        apiVersion,
      );
      assert.deepEqual(diagnoseAll([...HEALTHY, other]).findings, diagnoseAll(HEALTHY).findings);
    });
  }

  it('an object without apiVersion is read by its kind', () => {
    const [service, slice] = exposedService('far', { ip: '192.168.6.1' }) as [Raw, Raw];
    const { apiVersion: _, ...bare } = service;
    assert.ok(problems(diagnoseAll([...HEALTHY, bare, slice, node('w3', 13, { a: 'b' })])).includes('P1'));
  });
});

describe('a misspelled serviceLoadBalancerIPs', () => {
  const spec = { serviceLoadBalancerIPs: null, serviceLoadbalancerIPs: [{ cidr: '192.168.5.0/24' }] };
  const { findings } = diagnoseAll(withChanges(configurationPatch(spec)));
  const renamed = { serviceLoadbalancerIPs: null, serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }] };

  it('is named by the finding about the range, which renames it', () => {
    const range = findings.find(({ code }) => code === 'P1');
    assert.match(range?.remedy ?? '', /spec\.serviceLoadbalancerIPs: the field is serviceLoadBalancerIPs/);
    assert.deepEqual(
      range?.edits.map((edit) => edit.do === 'patch' && edit.patch),
      [{ spec: renamed }],
    );
  });

  it('has a finding of its own with the nearest name', () => {
    const field = findings.find(({ code }) => code === 'P46');
    assert.equal(field?.field, 'spec.serviceLoadbalancerIPs');
    assert.equal(field?.remedy, 'Did you mean serviceLoadBalancerIPs?');
  });
});
