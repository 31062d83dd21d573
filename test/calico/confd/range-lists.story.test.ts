/** Stories of lists of ranges that confd takes or keeps, and of ranges of ClusterIPs that its environment names. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { configurationPatch, DISABLED, HEALTHY, withChanges } from '../support/clusters.ts';
import { history, learnedFrom, play } from '../support/played-cluster.ts';

const CLUSTER_IPS = '10.44.0.0/16';
const VARIABLE = { confdEnv: { all: { CALICO_ADVERTISE_CLUSTER_IPS: CLUSTER_IPS } } };
const LISTED = { serviceClusterIPs: [{ cidr: '10.43.0.0/16' }] };
const EXCLUDE = { 'node.kubernetes.io/exclude-from-external-load-balancers': 'true' };

const configured = (spec: Raw): readonly Raw[] => withChanges(configurationPatch(spec));
const step = (spec: Raw): Raw => ({
  apply: configured(spec).filter(({ kind }) => kind === 'BGPConfiguration'),
});

describe('the environment of calico-node names a range of ClusterIPs', () => {
  it('and it takes the place of serviceClusterIPs', () => {
    const [start] = play({ ...VARIABLE, objects: configured(LISTED) });
    assert.deepEqual(
      Object.keys(learnedFrom(start as NonNullable<typeof start>)),
      [
        CLUSTER_IPS,
        '192.168.5.0/24',
        '192.168.5.10/32',
        // With a range of ClusterIPs, that of a Local Service is announced as well.
        '10.43.0.7/32',
      ].sort(),
    );
  });

  it('and a change of serviceClusterIPs does not matter', () => {
    const observations = play(VARIABLE, step(LISTED), step({ serviceClusterIPs: null }));
    assert.deepEqual(history(CLUSTER_IPS, observations), [
      ['w1', 'w2'],
      ['w1', 'w2'],
      ['w1', 'w2'],
    ]);
    assert.deepEqual(history('10.43.0.0/16', observations), [[], [], []]);
  });

  it('and an excluded node announces it, too', () => {
    const objects = withChanges({ set: { 'Node/w2': { metadata: { labels: EXCLUDE } } } });
    const observations = play({ ...VARIABLE, objects });
    assert.deepEqual(history(CLUSTER_IPS, observations), [['w1', 'w2']]);
    assert.deepEqual(history('192.168.5.0/24', observations), [['w1']]);
  });

  it('and only on the nodes that have it', () => {
    const confdEnv = { w2: { CALICO_ADVERTISE_CLUSTER_IPS: CLUSTER_IPS } };
    assert.deepEqual(history(CLUSTER_IPS, play({ confdEnv })), [['w2']]);
  });

  for (const value of ['10.44.0.0/16,fd00::/108', '10.44.0.0'])
    it(`and ${value} is not one range, so no ClusterIP is announced`, () => {
      const confdEnv = { all: { CALICO_ADVERTISE_CLUSTER_IPS: value } };
      const [start] = play({ confdEnv, objects: configured({ ...DISABLED, ...LISTED }) });
      assert.deepEqual(
        Object.keys(learnedFrom(start as NonNullable<typeof start>)).filter((one) => one.startsWith('10.4')),
        [],
      );
    });

  for (const calicoVersion of ['v3.30.7', 'v3.31.7', 'v3.32.1'])
    it(`and ${calicoVersion} announces no ClusterIP at all`, () => {
      const observations = play(
        { ...VARIABLE, calicoVersion, objects: configured(LISTED) },
        step({ asNumber: 64701 }),
      );
      assert.deepEqual(history(CLUSTER_IPS, observations), [[], []]);
      assert.deepEqual(history('10.43.0.0/16', observations), [[], []]);
    });
});

describe('an entry of a list is not a prefix, in a version that stores it', () => {
  const BAD = { serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }, { cidr: '192.168.6.1' }] };
  const GOOD = { serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }, { cidr: '192.168.6.0/24' }] };
  const old = { calicoVersion: 'v3.31.7' };

  it('and no entry of it is in force', () => {
    const [start] = play({ ...old, objects: configured(BAD) });
    assert.deepEqual(learnedFrom(start as NonNullable<typeof start>), {});
  });

  it('and a node that runs keeps the list that it had, until all entries are prefixes', () => {
    const observations = play({ ...old, objects: HEALTHY }, step(BAD), step(GOOD));
    assert.deepEqual(history('192.168.5.0/24', observations), [
      ['w1', 'w2'],
      ['w1', 'w2'],
      ['w1', 'w2'],
    ]);
    assert.deepEqual(history('192.168.6.0/24', observations), [[], [], ['w1', 'w2']]);
  });

  it('and without aggregation it alone is left out', () => {
    const [start] = play({ ...old, objects: configured({ ...DISABLED, ...BAD }) });
    assert.deepEqual(Object.keys(learnedFrom(start as NonNullable<typeof start>)), [
      '192.168.5.10/32',
      '192.168.5.20/32',
    ]);
  });
});
