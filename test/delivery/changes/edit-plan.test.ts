/** Plans of edits that delete an object that others refer to: nothing is assumed in its place. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fieldsOf, type Raw } from '../../../src/base/json.ts';
import { planAnnouncements, readEditedCluster } from '../../../src/delivery/changes/edit-plan.ts';
import { advertisement, community, node, peer, pool, secret } from '../../announce/support/cluster.ts';
import { layer2Advertisement } from '../../layer2/support/layer2-cluster.ts';
import {
  BGP_CLUSTER,
  edited,
  LAYER2_CLUSTER,
  NAMESPACE,
  speakerStatus,
} from '../support/speaker-clusters.ts';

const OPTIONS = { namespace: NAMESPACE, lbClass: null, completeKinds: new Set<string>() };
const plannedEdit = (before: readonly Raw[], after: readonly Raw[]) =>
  planAnnouncements(readEditedCluster(before, after, OPTIONS));
const ALIASED = edited(BGP_CLUSTER, [
  advertisement('all', { communities: ['fabric'] }),
  community('aliases', { fabric: '64500:1' }),
]);

it('without the last Community, its aliases are unknown, and speakers that restart have no routes', () => {
  const { rejected, restart } = plannedEdit(ALIASED, edited(ALIASED, [], ['Community aliases']));
  assert.match(rejected.join(), /fabric/);
  assert.deepEqual(
    restart?.changes.routes.map(({ after }) => after),
    [[]],
  );
});

const password = (name: string) =>
  secret(name, 'kubernetes.io/basic-auth', { password: Buffer.from('secret').toString('base64') });
const bfdProfile = (name: string) => ({
  ...{ apiVersion: 'metallb.io/v1beta1', kind: 'BFDProfile' },
  ...{ metadata: { name, namespace: NAMESPACE }, spec: {} },
});

const references: readonly {
  readonly kind: string;
  readonly objects: (name: string) => Raw;
  readonly spec: Raw;
}[] = [
  { kind: 'Secret', objects: password, spec: { passwordSecret: { name: 'named' } } },
  { kind: 'BFDProfile', objects: bfdProfile, spec: { bfdProfile: 'named' } },
];

for (const { kind, objects, spec } of references) {
  const cluster = edited(BGP_CLUSTER, [peer('tor', spec), objects('named')]);

  for (const [which, others] of [
    ['the last', []],
    ['one', [objects('other')]],
  ] as const)
    it(`without ${which} ${kind}, a BGPPeer that names it is invalid, and speakers that restart have no session`, () => {
      const before = edited(cluster, others);
      const { rejected, restart } = plannedEdit(before, edited(before, [], [`${kind} named`]));
      assert.match(rejected.join(), /tor/);
      assert.equal(restart?.changes.sessions.length, 1);
    });

  it(`a ${kind} that the input never had is still assumed after another edit`, () => {
    const before = edited(BGP_CLUSTER, [peer('tor', spec)]);
    const { rejected, restart } = plannedEdit(before, edited(before, [pool('more', ['10.9.0.0/24'])]));
    assert.deepEqual([rejected, restart], [[], null]);
  });
}

it('the deletion of one Secret says nothing of another that the input never had', () => {
  const before = edited(BGP_CLUSTER, [
    peer('tor', { passwordSecret: { name: 'unseen' } }),
    password('unused'),
  ]);
  const { rejected } = plannedEdit(before, edited(before, [], ['Secret unused']));
  assert.deepEqual(rejected, []);
});

it('without the last EndpointSlice, no Service has an endpoint', () => {
  const slices = ALIASED.filter(({ kind }) => kind === 'EndpointSlice');
  const after = ALIASED.filter((raw) => !slices.includes(raw));
  const { unreached } = plannedEdit(ALIASED, after);
  assert.deepEqual(
    unreached.map(({ wasReached }) => wasReached),
    [true],
  );
});

describe('attributes that a router is sent', () => {
  const otherwise = (spec: Raw, edit: Raw): readonly string[] => {
    const before = edited(BGP_CLUSTER, [peer('tor', spec)]);
    return plannedEdit(before, edited(before, [edit])).changes.routes.flatMap((one) => one.otherwise);
  };
  const preferred = advertisement('all', { localPref: 150 });
  const prepended = {
    ...advertisement('all'),
    metadata: {
      ...fieldsOf(advertisement('all')['metadata']),
      annotations: { 'berth.dev/as-path-prepend': '2' },
    },
  };
  const rows: readonly (readonly [says: string, spec: Raw, edit: Raw, expected: readonly string[]])[] = [
    ['another AS is sent no LOCAL_PREF', {}, preferred, []],
    ['the own AS is', { peerASN: 64_500 }, preferred, ['LOCAL_PREF 100 becomes 150']],
    [
      'localASN is the own AS, too',
      { peerASN: 64_501, localASN: 64_501 },
      preferred,
      ['LOCAL_PREF 100 becomes 150'],
    ],
    [
      'so is what the router says',
      { peerASN: null, dynamicASN: 'internal' },
      preferred,
      ['LOCAL_PREF 100 becomes 150'],
    ],
    ['another AS is sent an AS path', {}, prepended, ['prepended AS numbers 0 becomes 2']],
    ['the own AS is sent none', { peerASN: 64_500 }, prepended, []],
  ];
  for (const [says, spec, edit, expected] of rows)
    it(says, () => assert.deepEqual(otherwise(spec, edit), expected));
});

describe('a speaker that has drained', () => {
  const nodeIs = (spec: Raw): Raw => ({ ...node('n2'), spec });
  const cordoned = edited(BGP_CLUSTER, [
    nodeIs({ unschedulable: true }),
    speakerStatus('n1'),
    speakerStatus('n2', { phase: 'left' }),
  ]);
  const routesAfter = (before: readonly Raw[], edit: Raw): readonly (readonly string[])[] =>
    plannedEdit(before, edited(before, [edit])).changes.routes.map(({ after }) => after);

  it('announces again when its node is uncordoned, though it has published that it left', () => {
    assert.deepEqual(routesAfter(cordoned, nodeIs({})), [['n1', 'n2']]);
  });

  it('announces nothing while its node has another reason to drain', () => {
    const taints = [{ key: 'maintenance', effect: 'NoExecute' }];
    assert.deepEqual(routesAfter(cordoned, nodeIs({ taints })), []);
  });

  it('announces nothing where it left for another reason, or its process has ended', () => {
    const uncordoned = edited(cordoned, [nodeIs({})]);
    assert.deepEqual(routesAfter(uncordoned, nodeIs({ unschedulable: false })), []);
    const ended = edited(cordoned, [speakerStatus('n2', { phase: 'stopped' })]);
    assert.deepEqual(routesAfter(ended, nodeIs({})), []);
  });

  it('knows what it announced before, as the others do', () => {
    const edit = [nodeIs({}), pool('main', ['10.20.2.0/24'])];
    const { changes } = plannedEdit(cordoned, edited(cordoned, edit));
    assert.deepEqual(
      changes.routes.map(({ after }) => after),
      [['n1', 'n2']],
    );
  });
});

describe('what a restart of the speakers changes, and why', () => {
  const madeIn = (year: number, raw: Raw): Raw => ({
    ...raw,
    metadata: { ...fieldsOf(raw['metadata']), creationTimestamp: `${year}-01-01T00:00:00Z` },
  });
  const cases = [
    {
      says: 'a pool no longer lists an address that its Service keeps',
      before: BGP_CLUSTER,
      edit: [pool('main', ['10.20.2.0/24'])],
      causes: { isConfigurationInvalid: false, withoutPool: ['web/a'], inYoungerPool: [] },
    },
    {
      says: 'the same by layer 2',
      before: LAYER2_CLUSTER,
      edit: [pool('main', ['10.20.2.0/24'])],
      causes: { isConfigurationInvalid: false, withoutPool: ['web/a'], inYoungerPool: [] },
    },
    {
      says: 'an older pool lists it as well, and nothing advertises that one',
      before: edited(BGP_CLUSTER, [
        madeIn(2024, pool('main', ['10.20.1.0/24'])),
        madeIn(2020, pool('old', ['10.20.9.0/24'])),
        advertisement('all', { ipAddressPools: ['main'] }),
      ]),
      edit: [madeIn(2020, pool('old', ['10.20.1.0/28']))],
      causes: { isConfigurationInvalid: false, withoutPool: [], inYoungerPool: ['web/a'] },
    },
    {
      says: 'an advertisement becomes invalid',
      before: BGP_CLUSTER,
      edit: [advertisement('all', { aggregationLength: 99 })],
      causes: { isConfigurationInvalid: true, withoutPool: [], inYoungerPool: [] },
    },
  ];
  for (const { says, before, edit, causes } of cases)
    it(says, () => {
      const { changes, restart } = plannedEdit(before, edited(before, edit));
      assert.deepEqual(changes, { sessions: [], routes: [], owners: [], unreached: [] });
      assert.deepEqual(restart?.causes, causes);
    });

  it('nothing where an advertisement by layer 2 becomes invalid: who is on record goes on to answer', () => {
    const invalid = edited(LAYER2_CLUSTER, [layer2Advertisement('all', { interfaces: 'eth0' })]);
    assert.equal(plannedEdit(LAYER2_CLUSTER, invalid).restart, null);
  });
});
