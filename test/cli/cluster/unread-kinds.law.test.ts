/** What could not be read makes no finding: without a kind, the diagnosis says less than with it, and nothing else. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SimulatedObjectStore } from '../../../src/announce/simulator/object-store.ts';
import { fieldsOf, listOf, type Raw, textOf } from '../../../src/base/json.ts';
import {
  type AnnouncingDiagnosis,
  diagnoseAnnouncing,
} from '../../../src/cli/cluster/announcing-diagnosis.ts';
import { groupOf } from '../../../src/delivery/speaker-cluster.ts';
import { type FindingOf, SEVERITY_ORDER } from '../../../src/findings/finding.ts';
import { findingKey } from '../../../src/findings/tried-edits.ts';
import { isCalicoGroup } from '../../../src/objects/api-group.ts';
import { loadObservedCases } from '../../announce/support/cluster.ts';
import { randomCluster } from '../../announce/support/histories.ts';
import { HEALTHY } from '../../calico/support/clusters.ts';
import { ROWS } from '../../calico/support/finding-rows/all.ts';
import { randomCluster as randomCalicoCluster } from '../../calico/support/random-cluster.ts';
import { randomMixedCluster } from '../../calico/support/random-mixed-cluster.ts';
import { OBJECT_ROWS } from '../../delivery/support/finding-rows/objects.ts';
import { SIBLING_ROWS } from '../../delivery/support/finding-rows/siblings.ts';
import { SURROUNDINGS_ROWS } from '../../delivery/support/finding-rows/surroundings.ts';
import { randomLayer2Cluster } from '../../delivery/support/layer2-histories.ts';
import { BGP_CLUSTER, NAMESPACE } from '../../delivery/support/speaker-clusters.ts';
import { loadLayer2Cases } from '../../layer2/support/layer2-cluster.ts';
import { underSeeds } from '../../support/random.ts';

const SPEAKER_KINDS = [
  ...['Service', 'EndpointSlice', 'Node', 'IPAddressPool', 'BGPAdvertisement', 'L2Advertisement', 'BGPPeer'],
  ...['Community', 'BFDProfile', 'ServiceL2Status', 'SpeakerStatus', 'Pod', 'DaemonSet', 'Deployment'],
  ...['ServiceCIDR', 'ConfigMap'],
];

const CALICO_KINDS = [
  ...['Service', 'EndpointSlice', 'Node', 'IPAddressPool', 'DaemonSet', 'Deployment', 'ServiceCIDR'],
  ...['BGPConfiguration', 'BGPPeer', 'BGPFilter', 'IPPool', 'IPReservation', 'BlockAffinity', 'Secret'],
  ...['ClusterInformation', 'KubeControllersConfiguration', 'CalicoNodeStatus', 'FelixConfiguration'],
  ...['BGPAdvertisement', 'Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'],
];

const isForCalico = (raw: Raw): boolean =>
  CALICO_KINDS.includes(textOf(raw['kind'])) &&
  (textOf(raw['kind']) !== 'BGPPeer' || isCalicoGroup(groupOf(raw)));

const isForSpeakers = (raw: Raw): boolean =>
  SPEAKER_KINDS.includes(textOf(raw['kind'])) && !isCalicoGroup(groupOf(raw));

/** The diagnosis of a live cluster whose kinds of `unread` cannot be read. */
function diagnoseWithout(objects: readonly Raw[], unread: readonly string[]): AnnouncingDiagnosis {
  const forbidden = new Set(unread);
  const seen = objects.filter((raw) => !forbidden.has(textOf(raw['kind'])));
  const input = (kinds: readonly string[], all: readonly Raw[]) => ({
    objects: all,
    read: new Set(kinds.filter((kind) => !forbidden.has(kind))),
    forbidden: new Set(kinds.filter((kind) => forbidden.has(kind))),
  });
  return diagnoseAnnouncing(
    {
      ...{ ...input(CALICO_KINDS, seen.filter(isForCalico)), isLive: true },
      speakers: input(SPEAKER_KINDS, seen.filter(isForSpeakers)),
    },
    { namespace: NAMESPACE, lbClass: null, triesEdits: false, wall: null, calicoNamespace: '' },
  );
}

const findingsIn = ({ calico, speakers, pools }: AnnouncingDiagnosis): readonly FindingOf<string>[] => [
  ...(calico?.findings ?? []),
  ...(speakers?.findings ?? pools),
];

const isAsBad = (one: FindingOf<string>, finding: FindingOf<string>): boolean =>
  findingKey(one) === findingKey(finding) && SEVERITY_ORDER[one.severity] <= SEVERITY_ORDER[finding.severity];

/** The kinds that the problem of a finding says it was judged without. */
const judgedWithout = ({ problem }: FindingOf<string>): readonly string[] =>
  / Judged without ([\w, ]+), which could not be read\.$/.exec(problem)?.[1]?.split(', ') ?? [];

function saysNothingElse(objects: readonly Raw[]): void {
  const whole = findingsIn(diagnoseWithout(objects, []));
  for (const finding of whole) assert.deepEqual(judgedWithout(finding), []);
  for (const kind of new Set(objects.map((raw) => textOf(raw['kind'])))) {
    for (const finding of findingsIn(diagnoseWithout(objects, [kind]))) {
      const without = judgedWithout(finding);
      assert.ok(
        without.length > 0 || whole.some((one) => isAsBad(one, finding)),
        `without ${kind}: ${finding.severity} ${finding.code} ${finding.problem}`,
      );
      assert.deepEqual(without, without.length === 0 ? [] : [kind]);
    }
  }
}

/** As an API server stores them: once, with namespace and identity. */
function stored(objects: readonly Raw[]): readonly Raw[] {
  const store = new SimulatedObjectStore(NAMESPACE);
  for (const raw of objects) store.create(raw);
  return store.stored();
}

const objectsIn = (file: Raw): readonly Raw[] => stored(listOf(file['objects']).map(fieldsOf));

describe('without the right to read a kind, a finding is one of the whole cluster, or says what it lacks', () => {
  it('in clusters of the tables', () => {
    for (const { objects } of [...OBJECT_ROWS, ...SURROUNDINGS_ROWS, ...SIBLING_ROWS])
      saysNothingElse(objects);
    for (const { failing } of ROWS) saysNothingElse(failing);
    for (const one of [HEALTHY, [...HEALTHY, ...BGP_CLUSTER]]) saysNothingElse(one);
  });
  it('and nothing is said to be uncovered by advertisements that could not be read', () => {
    const objects = BGP_CLUSTER.filter((raw) => raw['kind'] !== 'BGPAdvertisement');
    const codes = (unread: readonly string[]): readonly string[] =>
      findingsIn(diagnoseWithout(objects, unread)).map(({ code }) => code);
    assert.ok(codes([]).includes('S1'));
    for (const kind of ['BGPAdvertisement', 'L2Advertisement']) {
      assert.ok(!codes([kind]).includes('S1'));
      const { speakers } = diagnoseWithout(objects, [kind]);
      assert.ok(speakers?.unknown.some(({ code, needs }) => code === 'S1' && needs.includes(kind)));
    }
  });
  it('in observed clusters', () => {
    for (const file of [...loadObservedCases(), ...loadLayer2Cases()]) saysNothingElse(objectsIn(file));
  });
  it('in random clusters', () => {
    underSeeds(8, 1000, (random) => {
      saysNothingElse(stored(randomCluster(random)));
      saysNothingElse(stored(randomLayer2Cluster(random)));
      saysNothingElse(randomCalicoCluster(random));
      saysNothingElse(randomMixedCluster(random));
      saysNothingElse([...randomCalicoCluster(random), ...stored(randomCluster(random))]);
    });
  });
});
