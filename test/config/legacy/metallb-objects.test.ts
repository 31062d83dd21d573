import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type LegacyConfig, parseLegacyConfig } from '../../../src/config/legacy/legacy-config.ts';
import { convertLegacyConfig, findRenamedPools } from '../../../src/config/legacy/metallb-objects.ts';
import { assignObjectNames } from '../../../src/config/legacy/object-names.ts';
import { underSeeds } from '../../support/random.ts';

async function config(text: string): Promise<LegacyConfig> {
  const parsed = await parseLegacyConfig(text);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.value;
}

const EVERYTHING = `
peers:
- {my-asn: 1, peer-asn: 2, peer-address: 10.0.0.1}
- my-asn: 1
  peer-asn: 3
  peer-address: 10.0.0.2
  peer-port: 180
  source-address: 10.0.0.9
  hold-time: 10s
  keepalive-time: 2s
  router-id: 10.0.0.9
  password: secret
  bfd-profile: Fast_One
  ebgp-multihop: true
  node-selectors:
  - match-labels: {a: b}
    match-expressions: [{key: c, operator: Exists}, {key: d, operator: In, values: [x, y]}]
bgp-communities: {one: 1:1, two: "large:1:2:3"}
bfd-profiles: [{name: Fast_One, receive-interval: 50, echo-mode: true}]
address-pools:
- {name: Lan_Pool, protocol: layer2, addresses: [10.1.0.0/24], auto-assign: false, avoid-buggy-ips: true}
- {name: wan, protocol: bgp, addresses: [10.2.0.0/24]}
- name: deep
  protocol: bgp
  addresses: [10.3.0.0/24]
  bgp-advertisements:
  - {aggregation-length: 24, localpref: 5, communities: [one]}
  - {aggregation-length-v6: 64}
`;

describe('convertLegacyConfig', () => {
  it('returns the equivalent objects, with the order and names of MetalLB', async () => {
    const objects = convertLegacyConfig(await config(EVERYTHING));
    assert.ok(objects.every(({ metadata }) => metadata.namespace === 'metallb-system'));
    assert.ok(
      objects.every(
        (o) => o.apiVersion === (o.kind === 'BGPPeer' ? 'metallb.io/v1beta2' : 'metallb.io/v1beta1'),
      ),
    );
    assert.deepEqual(
      objects.map(({ kind, metadata, spec }) => [kind, metadata.name, spec]),
      [
        [
          'BGPPeer',
          'peer1',
          { myASN: 1, peerASN: 2, peerAddress: '10.0.0.1', peerPort: 179, holdTime: '1m30s' },
        ],
        [
          'BGPPeer',
          'peer2',
          {
            myASN: 1,
            peerASN: 3,
            peerAddress: '10.0.0.2',
            sourceAddress: '10.0.0.9',
            peerPort: 180,
            holdTime: '10s',
            keepaliveTime: '2s',
            routerID: '10.0.0.9',
            nodeSelectors: [
              {
                matchLabels: { a: 'b' },
                matchExpressions: [
                  { key: 'c', operator: 'Exists' },
                  { key: 'd', operator: 'In', values: ['x', 'y'] },
                ],
              },
            ],
            password: 'secret',
            bfdProfile: 'fast-one',
            ebgpMultiHop: true,
          },
        ],
        ['IPAddressPool', 'lan-pool', { addresses: ['10.1.0.0/24'], autoAssign: false, avoidBuggyIPs: true }],
        ['IPAddressPool', 'wan', { addresses: ['10.2.0.0/24'] }],
        ['IPAddressPool', 'deep', { addresses: ['10.3.0.0/24'] }],
        ['BGPAdvertisement', 'bgpadvertisement1', { ipAddressPools: ['wan'] }],
        [
          'BGPAdvertisement',
          'bgpadvertisement2',
          { ipAddressPools: ['deep'], aggregationLength: 24, localPref: 5, communities: ['one'] },
        ],
        ['BGPAdvertisement', 'bgpadvertisement3', { ipAddressPools: ['deep'], aggregationLengthV6: 64 }],
        ['L2Advertisement', 'l2advertisement1', { ipAddressPools: ['lan-pool'] }],
        ['BFDProfile', 'fast-one', { receiveInterval: 50, echoMode: true }],
        [
          'Community',
          'communities',
          {
            communities: [
              { name: 'one', value: '1:1' },
              { name: 'two', value: 'large:1:2:3' },
            ],
          },
        ],
      ],
    );
  });

  it('finds the pools whose names change', async () => {
    assert.deepEqual([...findRenamedPools(await config(EVERYTHING))], [['Lan_Pool', 'lan-pool']]);
  });

  it('returns no empty objects', async () => {
    const objects = convertLegacyConfig(
      await config('address-pools: [{name: a, protocol: layer2, addresses: [10.0.0.0/24]}]'),
      'ns',
    );
    assert.deepEqual(
      objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`),
      ['IPAddressPool ns/a', 'L2Advertisement ns/l2advertisement1'],
    );
  });
});

describe('assignObjectNames', () => {
  const rows: readonly [says: string, names: readonly string[], objects: readonly string[]][] = [
    ['valid names are kept', ['a', 'my-pool', '10-net', 'a.b'], ['a', 'my-pool', '10-net', 'a.b']],
    ['capitals and underscores', ['My_Pool'], ['my-pool']],
    ['invalid characters', ['a b/c'], ['a-b-c']],
    ['a letter comes first', ['_1', '9_'], ['pool-1', 'pool-9']],
    ['nothing usable', ['???', '_'], ['pool', 'pool-2']],
    ['two names with one result', ['A', 'a', 'a-2', 'Ä_a'], ['a-3', 'a', 'a-2', 'a-4']],
    ['63 characters and no more', [`X${'y'.repeat(99)}`], [`x${'y'.repeat(62)}`]],
    [
      'a number at the end of a long name',
      [`X${'y'.repeat(99)}`, `x${'y'.repeat(62)}`],
      [`x${'y'.repeat(60)}-2`, `x${'y'.repeat(62)}`],
    ],
  ];
  for (const [says, names, objects] of rows) {
    it(says, () => assert.deepEqual([...assignObjectNames(names).values()], objects));
  }

  it('returns valid and distinct names', () => {
    underSeeds(30, 1_000, (random) => {
      const letters = [...'aAbB-_.9 /ü'];
      const names = new Set(
        Array.from({ length: 12 }, () =>
          Array.from({ length: 1 + random.below(random.chance(0.1) ? 90 : 4) }, () =>
            random.pick(letters),
          ).join(''),
        ),
      );
      const objects = [...assignObjectNames([...names]).values()];
      assert.equal(new Set(objects).size, names.size);
      for (const name of objects) {
        assert.match(name, /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/);
        assert.ok(name.length <= 63, name);
      }
    });
  });
});
