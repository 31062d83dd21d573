import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readBgpAdvertisement } from '../../../src/config/advertisement.ts';
import { readCommunityAliases } from '../../../src/config/community.ts';
import { formatIssue } from '../../../src/config/issue.ts';
import { readL2Advertisement } from '../../../src/config/l2-advertisement.ts';
import { issueInText, loadLegacyReader } from '../../../src/config/legacy/config-map.ts';
import { readBgpPeer } from '../../../src/config/peer.ts';
import { buildPoolSet, toPoolObject } from '../../../src/config/pool/pool-set.ts';
import { underSeeds } from '../../support/random.ts';

const NAMESPACE = 'metallb-system';
const read = await loadLegacyReader();

const configMap = (text: string) => ({ metadata: { name: 'config' }, data: { config: text } });
const issuesOf = (map: unknown): readonly string[] => {
  const objects = read(map, NAMESPACE);
  return objects.ok ? [] : objects.error.map(formatIssue);
};
const layer2 = (name: string, range: string) => `{name: ${name}, protocol: layer2, addresses: [${range}]}`;

function objectsOf(text: string) {
  const objects = read(configMap(text), NAMESPACE);
  assert.ok(objects.ok, JSON.stringify(objects));
  return objects.value;
}

describe('the old ConfigMap as objects', () => {
  it('has them at their places in the text', () => {
    const objects = objectsOf(`
peers: [{my-asn: 1, peer-asn: 2, peer-address: 10.0.0.1}, {my-asn: 1, peer-asn: 2, peer-address: "fd00::1"}]
bgp-communities: {no-export: 65535:65281}
bfd-profiles: [{name: Fast_One}]
address-pools:
- ${layer2('Lan Pool', '10.1.0.0/24')}
- {name: wan, protocol: bgp, addresses: [10.2.0.0/24], bgp-advertisements: [{}, {localpref: 5}]}
`);
    assert.deepEqual(
      objects.map(({ kind, name, place }) => `${kind} ${name}: ${place}`),
      [
        'BGPPeer peer-10.0.0.1: peers[0]',
        'BGPPeer peer-fd00::1: peers[1]',
        'IPAddressPool Lan Pool: address-pools[0]',
        'IPAddressPool wan: address-pools[1]',
        'BGPAdvertisement bgpadvertisement1: address-pools[1].bgp-advertisements[0]',
        'BGPAdvertisement bgpadvertisement2: address-pools[1].bgp-advertisements[1]',
        'L2Advertisement l2advertisement1: address-pools[0]',
        'BFDProfile Fast_One: bfd-profiles[0]',
        'Community communities: bgp-communities',
      ],
    );
  });

  it('keeps the names of pools, which Services may request, in all that refers to them', () => {
    const [pool, advertisement] = objectsOf(`address-pools: [${layer2('Lan Pool', '10.1.0.0/24')}]`);
    assert.equal(pool?.name, 'Lan Pool');
    assert.deepEqual(advertisement?.raw['spec'], { ipAddressPools: ['Lan Pool'] });
  });

  it('names a peer alike when others come before it, and two of one address apart', () => {
    const peer = (address: string, port: number) =>
      `{my-asn: 1, peer-asn: 2, peer-address: ${address}, peer-port: ${port}}`;
    const names = (...peers: readonly string[]) => objectsOf(`peers: [${peers}]`).map(({ name }) => name);
    assert.deepEqual(names(peer('10.0.0.2', 179)), ['peer-10.0.0.2']);
    assert.deepEqual(names(peer('10.0.0.1', 179), peer('10.0.0.2', 179), peer('10.0.0.2', 180)), [
      'peer-10.0.0.1',
      'peer-10.0.0.2',
      'peer-10.0.0.2-2',
    ]);
  });

  it('identifies an object by its name after an edit', () => {
    const uid = (range: string) => objectsOf(`address-pools: [${layer2('a', range)}]`)[0]?.raw['metadata'];
    assert.deepEqual(uid('10.1.0.0/24'), uid('10.2.0.0/24'));
  });

  it('lists all issues of the text, each with its place behind the key', () => {
    assert.deepEqual(issuesOf(configMap('address-pools: [{name: a}]\npeers: [{my-asn: 1, peer-asn: 2}]')), [
      'data.config: peers[0].peer-address: is required',
      'data.config: address-pools[0].addresses: needs at least one CIDR or range',
      'data.config: address-pools[0].protocol: is required',
    ]);
  });

  const rows: readonly [says: string, map: unknown, issue: RegExp][] = [
    ['no data', { metadata: {} }, /^data\.config: is required: the ConfigMap holds no data$/],
    ['another key', { data: { 'config.yaml': 'a' } }, /^data\.config: is required: found "config.yaml"/],
    ['no text', configMap(''), /^data\.config: is empty/],
    ['no YAML', configMap('a: ['), /^data\.config: is not YAML at line 1/],
  ];
  for (const [says, map, issue] of rows)
    it(`says what is wrong: ${says}`, () => {
      const issues = issuesOf(map);
      assert.equal(issues.length, 1);
      assert.match(issues[0] ?? '', issue);
    });

  it('has only objects that are valid', () => {
    underSeeds(20, 500, (random) => {
      const pools = Array.from({ length: 1 + random.below(5) }, (_, i) => {
        const protocol = random.pick(['bgp', 'layer2']);
        return {
          name: `${random.pick(['Pool', 'pool_', '-x', '9', 'ü', 'a.b'])}${i}`,
          protocol,
          addresses: [`10.${i}.0.${random.below(9)}-10.${i}.1.${random.below(9)}`, `fd00:${i}::/64`],
          'auto-assign': random.chance(0.5),
          'avoid-buggy-ips': random.chance(0.5),
          ...(protocol === 'bgp' && random.chance(0.5)
            ? {
                'bgp-advertisements': [
                  { 'aggregation-length-v6': 64 + random.below(64), localpref: random.below(900) },
                  { communities: [random.pick(['one', '64512:1', 'large:1:2:3'])] },
                ],
              }
            : {}),
        };
      });
      const peers = Array.from({ length: random.below(4) }, () => ({
        'my-asn': 64_512,
        'peer-asn': random.pick([64_512, 4_200_000_001]),
        'peer-address': random.pick(['10.0.0.1', 'fd00::1']),
        'node-selectors': random.chance(0.5)
          ? [{ 'match-labels': { a: 'b' } }, { 'match-expressions': [{ key: 'c', operator: 'Exists' }] }]
          : [],
        ...(random.chance(0.5) ? { password: 'secret', 'hold-time': '30s' } : {}),
      }));
      const objects = objectsOf(
        JSON.stringify({ 'address-pools': pools, peers, 'bgp-communities': { one: '1:1' } }),
      );
      const raws = (kind: string) => objects.filter((one) => one.kind === kind).map(({ raw }) => raw);
      const poolSet = buildPoolSet(raws('IPAddressPool').map(toPoolObject), null);
      assert.equal(poolSet.byName.size, pools.length);
      const issues = [
        ...[...poolSet.byName.values()].flatMap((one) => one.issues),
        ...raws('BGPPeer').flatMap((raw) => readBgpPeer(raw).issues),
        ...raws('BGPAdvertisement').flatMap((raw) => readBgpAdvertisement(raw).issues),
        ...raws('L2Advertisement').flatMap((raw) => readL2Advertisement(raw).issues),
        ...raws('Community').flatMap((raw) => readCommunityAliases(raw).issues),
      ];
      assert.deepEqual(issues, []);
    });
  });
});

describe('issueInText', () => {
  const rows: readonly [path: string, place: string, inText: string][] = [
    ['spec.peerAddress', 'peers[0]', 'peers[0].peer-address'],
    ['spec.myASN', 'peers[1]', 'peers[1].my-asn'],
    ['spec.routerID', 'peers[1]', 'peers[1].router-id'],
    ['spec.ebgpMultiHop', 'peers[0]', 'peers[0].ebgp-multihop'],
    ['spec.nodeSelectors[1].x', 'peers[0]', 'peers[0].node-selectors[1].x'],
    [
      'spec.localPref',
      'address-pools[0].bgp-advertisements[2]',
      'address-pools[0].bgp-advertisements[2].localpref',
    ],
    ['spec.aggregationLengthV6', 'address-pools[0]', 'address-pools[0].aggregation-length-v6'],
    ['spec.addresses[3]', 'address-pools[0]', 'address-pools[0].addresses[3]'],
    ['spec.avoidBuggyIPs', 'address-pools[0]', 'address-pools[0].avoid-buggy-ips'],
    ['spec.ipAddressPools[0]', 'address-pools[4]', 'address-pools[4]'],
    ['', 'peers[0]', 'peers[0]'],
  ];
  for (const [path, place, inText] of rows)
    it(`${path || 'the whole object'} is ${inText}`, () =>
      assert.deepEqual(issueInText({ path, message: 'm' }, place), {
        path: `data.config: ${inText}`,
        message: 'm',
      }));
});
