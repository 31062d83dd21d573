/** Each broken cluster has its finding, and healthy ones have none. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SPEAKER_FINDING_CODES } from '../../../src/delivery/findings/codes.ts';
import { applyEdits } from '../../../src/findings/apply-edits.ts';
import { advertisement } from '../../announce/support/cluster.ts';
import { ANNOUNCER_SIBLING_ROWS } from '../support/finding-rows/announcer-siblings.ts';
import { HEALTHY_CLUSTERS } from '../support/finding-rows/healthy.ts';
import { OBJECT_ROWS } from '../support/finding-rows/objects.ts';
import { SIBLING_ROWS } from '../support/finding-rows/siblings.ts';
import { SURROUNDINGS_ROWS } from '../support/finding-rows/surroundings.ts';
import { BGP_CLUSTER, diagnoseCluster, edited, LAYER2_CLUSTER } from '../support/speaker-clusters.ts';

const FINDING_ROWS = [...OBJECT_ROWS, ...SURROUNDINGS_ROWS, ...SIBLING_ROWS, ...ANNOUNCER_SIBLING_ROWS];

describe('findings about speakers', () => {
  for (const { says, objects, code, severity, object, problem, hasEdit } of FINDING_ROWS) {
    it(`${code}: ${says}`, () => {
      const { findings } = diagnoseCluster(objects);
      const shown = findings.map((one) => `${one.severity} ${one.code} ${one.object.name}: ${one.problem}`);
      const found = findings.find(
        (one) => one.code === code && `${one.object.kind} ${one.object.name}` === object,
      );
      assert.ok(found !== undefined, shown.join('\n'));
      assert.equal(found.severity, severity, shown.join('\n'));
      assert.match(found.problem, problem);
      assert.equal(found.edits.length > 0, hasEdit, `${found.remedy} ${shown.join('\n')}`);
      if (severity === 'error') assert.ok(found.addresses.length > 0, shown.join('\n'));
    });
  }

  it('healthy clusters have none', () => {
    for (const objects of HEALTHY_CLUSTERS) assert.deepEqual(diagnoseCluster(objects).findings, []);
  });

  it('each code has a row', () => {
    const seen = new Set(FINDING_ROWS.map(({ code }) => code));
    assert.deepEqual(
      Object.keys(SPEAKER_FINDING_CODES).filter((code) => !seen.has(code as never)),
      [],
    );
  });
});

describe('files show a part of a cluster', () => {
  const partial = { complete: false };

  it('without nodes it is not known what is announced', () => {
    const objects = BGP_CLUSTER.filter((raw) => raw['kind'] !== 'Node');
    const { findings, snapshot, unknown } = diagnoseCluster(objects, partial);
    assert.deepEqual(findings, []);
    assert.equal(snapshot.undelivered, null);
    assert.ok(unknown.some(({ needs }) => needs.includes('Node')));
  });

  it('without nodes, invalid objects are found all the same', () => {
    const objects = edited(BGP_CLUSTER, [advertisement('all', { ipAdressPools: ['main'] })]);
    const { findings } = diagnoseCluster(
      objects.filter((raw) => raw['kind'] !== 'Node'),
      partial,
    );
    assert.deepEqual(
      findings.map(({ code, severity }) => `${severity} ${code}`),
      ['warning S2'],
    );
  });

  it('a Node as calicoctl prints it is no Node of Kubernetes', () => {
    const printed = { apiVersion: 'projectcalico.org/v3', kind: 'Node', metadata: { name: 'n9' }, spec: {} };
    const { findings, snapshot } = diagnoseCluster([...BGP_CLUSTER, printed], partial);
    assert.deepEqual(findings, []);
    assert.deepEqual(snapshot.objectsOf('Node').length, 2);
  });

  it('without EndpointSlices a Service is taken to have endpoints', () => {
    const objects = edited(LAYER2_CLUSTER, [], ['EndpointSlice a-1']);
    assert.deepEqual(diagnoseCluster(objects, partial).findings, []);
  });

  it('Secrets, profiles and aliases that are not shown are taken to exist', () => {
    const objects = BGP_CLUSTER.map((raw) =>
      raw['kind'] === 'BGPPeer'
        ? {
            ...raw,
            spec: { ...(raw['spec'] as object), passwordSecret: { name: 'key' }, bfdProfile: 'fast' },
          }
        : raw['kind'] === 'BGPAdvertisement'
          ? { ...raw, spec: { communities: ['customers'] } }
          : raw,
    );
    assert.deepEqual(diagnoseCluster(objects, partial).findings, []);
  });

  it('a range that another announcer delivers is not missed', () => {
    const objects = edited(BGP_CLUSTER, [], ['BGPPeer tor']);
    const { findings } = diagnoseCluster(objects, { deliveredOtherwise: new Set(['10.20.1.5']) });
    assert.deepEqual(
      findings.filter(({ severity }) => severity === 'error'),
      [],
    );
  });
});

it('an edit of kube-proxy keeps the rest of its text', () => {
  const row = FINDING_ROWS.find(({ code }) => code === 'S13');
  assert.ok(row !== undefined);
  const [finding] = diagnoseCluster(row.objects).findings;
  const after = applyEdits(row.objects, finding?.edits ?? []).find((raw) => raw['kind'] === 'ConfigMap');
  assert.match(JSON.stringify(after), /mode: ipvs # fast/);
});
