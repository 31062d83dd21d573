/** Last-known-good resolution: objects that become invalid, that conflict with others, and that are deleted. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { summarizeIssues } from '../../../src/announce/config/object-issue.ts';
import {
  advertisement,
  community,
  node,
  peer,
  pool,
  SimulatedSpeaker,
  secret,
  serviceWithEndpoint,
} from '../support/cluster.ts';

const base = [
  node('n1', { zone: 'a' }),
  peer('r1'),
  pool('main', ['10.20.1.0/24']),
  ...serviceWithEndpoint('s', '10.20.1.5'),
];

describe('an advertisement', () => {
  it('that is edited into a conflict stays in force in its last good version', () => {
    const cluster = new SimulatedSpeaker([
      ...base,
      advertisement('a', { localPref: 150 }),
      advertisement('b', { localPref: 150 }),
    ]);
    cluster.change((store) => store.patch('BGPAdvertisement a', { spec: { localPref: 250 } }));
    assert.deepEqual(cluster.routeLines, ['r1 10.20.1.5/32 150']);
    assert.match(cluster.errorLines.join('\n'), /^BGPAdvertisement a: .*250.*150/);
    cluster.restart();
    assert.deepEqual(cluster.routeLines, ['r1 10.20.1.5/32 250'], 'a new process decides by age and name');
  });

  it('that is edited into another length of the AS path stays in force, too', () => {
    const cluster = new SimulatedSpeaker([...base, advertisement('a'), advertisement('b')]);
    cluster.change((store) => store.patch('BGPAdvertisement a', { spec: { asPathPrepend: 4 } }));
    assert.deepEqual(cluster.routeLines, ['r1 10.20.1.5/32 0']);
    assert.match(
      cluster.errorLines.join('\n'),
      /^BGPAdvertisement a: spec\.asPathPrepend: invalid as path prepend 4: as path prepend 0 was already set/,
    );
  });

  it('that newly selects this node does not displace one in force', () => {
    const cluster = new SimulatedSpeaker([
      ...base,
      advertisement('a', { localPref: 150, nodeSelectors: [{ matchLabels: { side: 'left' } }] }),
      advertisement('b', { localPref: 250 }),
    ]);
    cluster.change((store) => store.patch('Node n1', { metadata: { labels: { side: 'left' } } }));
    assert.deepEqual(cluster.routeLines, ['r1 10.20.1.5/32 250']);
    cluster.change((store) => store.delete('BGPAdvertisement b'));
    assert.deepEqual(cluster.routeLines, ['r1 10.20.1.5/32 150']);
    assert.deepEqual(cluster.errorLines, []);
  });

  it('that does not fit a changed pool keeps the addresses that it was valid for', () => {
    const cluster = new SimulatedSpeaker([...base, advertisement('a', { aggregationLength: 24 })]);
    cluster.change((store) => {
      store.patch('IPAddressPool main', { spec: { addresses: ['10.20.1.0/24', '10.20.2.0/28'] } });
      for (const raw of serviceWithEndpoint('t', '10.20.2.5')) store.create(raw);
    });
    assert.deepEqual(cluster.routeLines, ['r1 10.20.1.0/24 0']);
    assert.equal(cluster.refusalCode('t'), 'notOwner');
    assert.match(cluster.errorLines.join(), /more specific than the aggregation length/);
  });

  it('that is deleted is no longer in force, even if it was invalid', () => {
    const cluster = new SimulatedSpeaker([...base, advertisement('a')]);
    cluster.change((store) => store.patch('BGPAdvertisement a', { spec: { communities: ['nobody'] } }));
    assert.deepEqual(cluster.routeLines, ['r1 10.20.1.5/32 0']);
    cluster.change((store) => store.delete('BGPAdvertisement a'));
    assert.deepEqual([cluster.routeLines, cluster.errorLines], [[], []]);
  });

  it('that is recreated has no last good version', () => {
    const cluster = new SimulatedSpeaker([...base, advertisement('a')]);
    cluster.change((store) => {
      store.delete('BGPAdvertisement a');
      store.create(advertisement('a', { communities: ['nobody'] }));
    });
    assert.deepEqual(cluster.routeLines, []);
  });

  it('that is invalid does not affect the others', () => {
    const cluster = new SimulatedSpeaker([
      ...base,
      advertisement('a', { communities: ['64500:1'] }),
      advertisement('b', { communities: ['nobody'] }),
    ]);
    assert.deepEqual(cluster.routeLines, ['r1 10.20.1.5/32 0 1']);
    assert.equal(
      summarizeIssues(cluster.state.nodeConfig.errors),
      'configuration error: invalid community format: nobody\ninvalid community "nobody" in BGP advertisement',
    );
  });
});

describe('a Community', () => {
  const named = [
    ...base,
    advertisement('a', { communities: ['one'] }),
    community('first', { one: '64500:1' }),
  ];

  it('that is deleted leaves advertisements that use its alias in force', () => {
    const cluster = new SimulatedSpeaker(named).change((store) => store.delete('Community first'));
    assert.deepEqual(cluster.routeLines, ['r1 10.20.1.5/32 0 1']);
    assert.equal(cluster.errorLines.length, 1);
  });

  it('that defines an existing alias is rejected as a whole, until the other one is deleted', () => {
    const cluster = new SimulatedSpeaker(named);
    cluster.change((store) => store.create(community('a-second', { one: '64500:2', two: '64500:3' })));
    assert.deepEqual(cluster.routeLines, ['r1 10.20.1.5/32 0 1']);
    assert.match(cluster.errorLines.join(), /Community a-second.*duplicate definition of community "one"/);
    cluster.change((store) => store.delete('Community first'));
    assert.deepEqual([cluster.routeLines, cluster.errorLines], [['r1 10.20.1.5/32 0 2'], []]);
  });
});

describe('a pool', () => {
  it('that is deleted withdraws no route of a Service that still has its address', () => {
    const cluster = new SimulatedSpeaker([...base, advertisement('a', { aggregationLength: 24 })]);
    cluster.change((store) => store.delete('IPAddressPool main'));
    assert.deepEqual(cluster.routeLines, ['r1 10.20.1.0/24 0']);
    cluster.change((store) => store.patch('BGPAdvertisement a', { spec: { communities: ['64500:7'] } }));
    assert.deepEqual(cluster.routeLines, ['r1 10.20.1.0/24 0 7'], 'what else is edited holds');
    cluster.change((store) => store.patch('Service web/s', { status: { loadBalancer: null } }));
    assert.equal(cluster.refusalCode('s'), 'noIPAllocated');
    cluster.change((store) =>
      store.patch('Service web/s', { status: { loadBalancer: { ingress: [{ ip: '10.20.1.5' }] } } }),
    );
    assert.equal(cluster.refusalCode('s'), 'ipNotAllowed');
  });

  it('that grows over another one takes no announced Service from it', () => {
    const cluster = new SimulatedSpeaker([
      ...base,
      pool('spare', ['10.20.2.0/24']),
      ...serviceWithEndpoint('t', '10.20.2.5'),
      advertisement('a', { ipAddressPools: ['main'], communities: ['64500:1'] }),
      advertisement('b', { ipAddressPools: ['spare'], communities: ['64500:2'] }),
    ]);
    const said = cluster.routeLines;
    cluster.change((store) =>
      store.patch('IPAddressPool main', { spec: { addresses: ['10.20.1.0/24', '10.20.2.0/25'] } }),
    );
    assert.deepEqual(cluster.routeLines, said);
    assert.match(cluster.errorLines.join(), /IPAddressPool spare: .*overlaps with already defined CIDR/);
  });

  it('that has grown over another one announces its Services once the other does not', () => {
    const cluster = new SimulatedSpeaker([
      ...base,
      pool('spare', ['10.20.2.0/24']),
      ...serviceWithEndpoint('t', '10.20.2.5'),
      advertisement('a', { ipAddressPools: ['main'], communities: ['64500:1'] }),
      advertisement('b', { ipAddressPools: ['spare'], communities: ['64500:2'] }),
    ]);
    cluster.change((store) =>
      store.patch('IPAddressPool main', { spec: { addresses: ['10.20.1.0/24', '10.20.2.0/25'] } }),
    );
    cluster.change((store) => store.delete('BGPAdvertisement b'));
    const said = cluster.routeLines;
    assert.deepEqual(said, ['r1 10.20.1.5/32 0 1', 'r1 10.20.2.5/32 0 1']);
    assert.deepEqual(cluster.change(() => {}).routeLines, said, 'the next recompute has the same result');
  });

  it('keeps the labels of its last good version', () => {
    const cluster = new SimulatedSpeaker([
      node('n1'),
      peer('r1'),
      pool('main', ['10.20.1.0/24'], { labels: { use: 'public' } }),
      advertisement('a', { ipAddressPoolSelectors: [{ matchLabels: { use: 'public' } }] }),
      ...serviceWithEndpoint('s', '10.20.1.5'),
    ]);
    cluster.change((store) =>
      store.patch('IPAddressPool main', {
        metadata: { labels: { use: 'private' } },
        spec: { addresses: ['nothing'] },
      }),
    );
    assert.deepEqual(cluster.routeLines, ['r1 10.20.1.5/32 0']);
  });
});

describe('a peer', () => {
  it('keeps the last password of its Secret', () => {
    const cluster = new SimulatedSpeaker([
      ...base,
      peer('r2', { passwordSecret: { name: 'key' } }),
      advertisement('a'),
      secret('key', 'kubernetes.io/basic-auth', { password: 'b25l' }),
    ]);
    cluster.change((store) => store.delete('Secret key'));
    assert.deepEqual(
      cluster.state.sessions.map(({ peer }) => [peer.name, peer.sessionPassword]),
      [
        ['r1', null],
        ['r2', 'one'],
      ],
    );
    assert.match(
      cluster.errorLines.join(),
      /parsing peer r2 secret ref not found for peer config "metallb-system"\/"r2"/,
    );
    cluster.restart();
    assert.deepEqual(
      cluster.state.sessions.map(({ peer }) => peer.name),
      ['r1'],
    );
  });

  for (const [fault, spec] of Object.entries({
    'a Secret of another namespace': { passwordSecret: { name: 'key', namespace: 'web' } },
    'a Secret of another type': { passwordSecret: { name: 'opaque' } },
    'a Secret without a password': { passwordSecret: { name: 'empty' } },
    'a BFD profile that does not exist': { bfdProfile: 'fast' },
  })) {
    it(`with ${fault} does not affect other peers`, () => {
      const cluster = new SimulatedSpeaker([
        ...base,
        peer('r2', spec),
        advertisement('a'),
        secret('opaque', 'Opaque', { password: 'b25l' }),
        secret('empty', 'kubernetes.io/basic-auth', {}),
      ]);
      assert.deepEqual(cluster.routeLines, ['r1 10.20.1.5/32 0']);
      assert.equal(cluster.errorLines.length, 1);
    });
  }

  it('that selects other nodes is not validated here', () => {
    const elsewhere = { nodeSelectors: [{ matchLabels: { zone: 'b' } }] };
    const cluster = new SimulatedSpeaker([
      ...base,
      advertisement('a'),
      peer('r2', { ...elsewhere, myASN: 0 }),
      advertisement('b', { ...elsewhere, communities: ['nobody'] }),
    ]);
    assert.deepEqual(cluster.errorLines, []);
  });

  it('with invalid nodeSelectors is reported on every node and in force on none', () => {
    const cluster = new SimulatedSpeaker([
      ...base,
      advertisement('a'),
      peer('r2', { nodeSelectors: [{ matchExpressions: [{ key: 'zone', operator: 'Is' }] }] }),
    ]);
    assert.deepEqual(cluster.routeLines, ['r1 10.20.1.5/32 0']);
    assert.equal(cluster.errorLines.length, 1);
  });
});
