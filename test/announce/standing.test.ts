/** What stands, stays: objects that become invalid, that contradict each other, that go. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { summaryOf } from '../../src/announce/complaint.ts';
import { advertisement, community, node, peer, pool, secret, served, Watched } from './cluster.ts';

const base = [
  node('n1', { zone: 'a' }),
  peer('r1'),
  pool('main', ['10.20.1.0/24']),
  ...served('s', '10.20.1.5'),
];

describe('an advertisement', () => {
  it('that is edited into a contradiction goes on as it was, and its elder does, too', () => {
    const cluster = new Watched([
      ...base,
      advertisement('a', { localPref: 150 }),
      advertisement('b', { localPref: 150 }),
    ]);
    cluster.change((store) => store.patch('BGPAdvertisement a', { spec: { localPref: 250 } }));
    assert.deepEqual(cluster.said, ['r1 10.20.1.5/32 150']);
    assert.match(cluster.complaints.join('\n'), /^BGPAdvertisement a: .*250.*150/);
    cluster.restart();
    assert.deepEqual(cluster.said, ['r1 10.20.1.5/32 250'], 'who remembers nothing goes by age and name');
  });

  it('that comes to this node does not displace one that is here', () => {
    const cluster = new Watched([
      ...base,
      advertisement('a', { localPref: 150, nodeSelectors: [{ matchLabels: { side: 'left' } }] }),
      advertisement('b', { localPref: 250 }),
    ]);
    cluster.change((store) => store.patch('Node n1', { metadata: { labels: { side: 'left' } } }));
    assert.deepEqual(cluster.said, ['r1 10.20.1.5/32 250']);
    cluster.change((store) => store.delete('BGPAdvertisement b'));
    assert.deepEqual(cluster.said, ['r1 10.20.1.5/32 150']);
    assert.deepEqual(cluster.complaints, []);
  });

  it('that a pool outgrows goes on for what it was good for', () => {
    const cluster = new Watched([...base, advertisement('a', { aggregationLength: 24 })]);
    cluster.change((store) => {
      store.patch('IPAddressPool main', { spec: { addresses: ['10.20.1.0/24', '10.20.2.0/28'] } });
      for (const raw of served('t', '10.20.2.5')) store.create(raw);
    });
    assert.deepEqual(cluster.said, ['r1 10.20.1.0/24 0']);
    assert.equal(cluster.why('t'), 'notOwner');
    assert.match(cluster.complaints.join(), /more specific than the aggregation length/);
  });

  it('that is deleted is gone, also where it was invalid', () => {
    const cluster = new Watched([...base, advertisement('a')]);
    cluster.change((store) => store.patch('BGPAdvertisement a', { spec: { communities: ['nobody'] } }));
    assert.deepEqual(cluster.said, ['r1 10.20.1.5/32 0']);
    cluster.change((store) => store.delete('BGPAdvertisement a'));
    assert.deepEqual([cluster.said, cluster.complaints], [[], []]);
  });

  it('that is deleted and made again starts afresh', () => {
    const cluster = new Watched([...base, advertisement('a')]);
    cluster.change((store) => {
      store.delete('BGPAdvertisement a');
      store.create(advertisement('a', { communities: ['nobody'] }));
    });
    assert.deepEqual(cluster.said, []);
  });

  it('with a fault leaves the others alone', () => {
    const cluster = new Watched([
      ...base,
      advertisement('a', { communities: ['64500:1'] }),
      advertisement('b', { communities: ['nobody'] }),
    ]);
    assert.deepEqual(cluster.said, ['r1 10.20.1.5/32 0 1']);
    assert.equal(
      summaryOf(cluster.answer.settings.complaints),
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

  it('that goes leaves what it named', () => {
    const cluster = new Watched(named).change((store) => store.delete('Community first'));
    assert.deepEqual(cluster.said, ['r1 10.20.1.5/32 0 1']);
    assert.equal(cluster.complaints.length, 1);
  });

  it('that names again what is named is refused whole, and comes in when the first one goes', () => {
    const cluster = new Watched(named);
    cluster.change((store) => store.create(community('a-second', { one: '64500:2', two: '64500:3' })));
    assert.deepEqual(cluster.said, ['r1 10.20.1.5/32 0 1']);
    assert.match(cluster.complaints.join(), /Community a-second.*duplicate definition of community "one"/);
    cluster.change((store) => store.delete('Community first'));
    assert.deepEqual([cluster.said, cluster.complaints], [['r1 10.20.1.5/32 0 2'], []]);
  });
});

describe('a pool', () => {
  it('that goes takes no route of a Service that still has its address', () => {
    const cluster = new Watched([...base, advertisement('a', { aggregationLength: 24 })]);
    cluster.change((store) => store.delete('IPAddressPool main'));
    assert.deepEqual(cluster.said, ['r1 10.20.1.0/24 0']);
    cluster.change((store) => store.patch('BGPAdvertisement a', { spec: { communities: ['64500:7'] } }));
    assert.deepEqual(cluster.said, ['r1 10.20.1.0/24 0 7'], 'what else is edited holds');
    cluster.change((store) => store.patch('Service web/s', { status: { loadBalancer: null } }));
    assert.equal(cluster.why('s'), 'noIPAllocated');
    cluster.change((store) =>
      store.patch('Service web/s', { status: { loadBalancer: { ingress: [{ ip: '10.20.1.5' }] } } }),
    );
    assert.equal(cluster.why('s'), 'ipNotAllowed');
  });

  it('that grows over another one takes no Service from it', () => {
    const cluster = new Watched([
      ...base,
      pool('spare', ['10.20.2.0/24']),
      ...served('t', '10.20.2.5'),
      advertisement('a', { ipAddressPools: ['main'], communities: ['64500:1'] }),
      advertisement('b', { ipAddressPools: ['spare'], communities: ['64500:2'] }),
    ]);
    const said = cluster.said;
    cluster.change((store) =>
      store.patch('IPAddressPool main', { spec: { addresses: ['10.20.1.0/24', '10.20.2.0/25'] } }),
    );
    assert.deepEqual(cluster.said, said);
    assert.match(cluster.complaints.join(), /IPAddressPool spare: .*overlaps with already defined CIDR/);
  });

  it('that has grown over another one has its Services at once when that is announced no more', () => {
    const cluster = new Watched([
      ...base,
      pool('spare', ['10.20.2.0/24']),
      ...served('t', '10.20.2.5'),
      advertisement('a', { ipAddressPools: ['main'], communities: ['64500:1'] }),
      advertisement('b', { ipAddressPools: ['spare'], communities: ['64500:2'] }),
    ]);
    cluster.change((store) =>
      store.patch('IPAddressPool main', { spec: { addresses: ['10.20.1.0/24', '10.20.2.0/25'] } }),
    );
    cluster.change((store) => store.delete('BGPAdvertisement b'));
    const said = cluster.said;
    assert.deepEqual(said, ['r1 10.20.1.5/32 0 1', 'r1 10.20.2.5/32 0 1']);
    assert.deepEqual(cluster.change(() => {}).said, said, 'the next look says the same');
  });

  it('keeps the labels of its last good version', () => {
    const cluster = new Watched([
      node('n1'),
      peer('r1'),
      pool('main', ['10.20.1.0/24'], { labels: { use: 'public' } }),
      advertisement('a', { ipAddressPoolSelectors: [{ matchLabels: { use: 'public' } }] }),
      ...served('s', '10.20.1.5'),
    ]);
    cluster.change((store) =>
      store.patch('IPAddressPool main', {
        metadata: { labels: { use: 'private' } },
        spec: { addresses: ['nothing'] },
      }),
    );
    assert.deepEqual(cluster.said, ['r1 10.20.1.5/32 0']);
  });
});

describe('a peer', () => {
  it('keeps the password that its Secret had', () => {
    const cluster = new Watched([
      ...base,
      peer('r2', { passwordSecret: { name: 'key' } }),
      advertisement('a'),
      secret('key', 'kubernetes.io/basic-auth', { password: 'b25l' }),
    ]);
    cluster.change((store) => store.delete('Secret key'));
    assert.deepEqual(
      cluster.answer.sessions.map(({ peer }) => [peer.name, peer.secret]),
      [
        ['r1', null],
        ['r2', 'one'],
      ],
    );
    assert.match(
      cluster.complaints.join(),
      /parsing peer r2 secret ref not found for peer config "metallb-system"\/"r2"/,
    );
    cluster.restart();
    assert.deepEqual(
      cluster.answer.sessions.map(({ peer }) => peer.name),
      ['r1'],
    );
  });

  for (const [fault, spec] of Object.entries({
    'a Secret of another namespace': { passwordSecret: { name: 'key', namespace: 'web' } },
    'a Secret of another type': { passwordSecret: { name: 'opaque' } },
    'a Secret without a password': { passwordSecret: { name: 'empty' } },
    'a BFD profile that is not there': { bfdProfile: 'fast' },
  })) {
    it(`with ${fault} concerns itself alone`, () => {
      const cluster = new Watched([
        ...base,
        peer('r2', spec),
        advertisement('a'),
        secret('opaque', 'Opaque', { password: 'b25l' }),
        secret('empty', 'kubernetes.io/basic-auth', {}),
      ]);
      assert.deepEqual(cluster.said, ['r1 10.20.1.5/32 0']);
      assert.equal(cluster.complaints.length, 1);
    });
  }

  it('of other nodes may be wrong', () => {
    const elsewhere = { nodeSelectors: [{ matchLabels: { zone: 'b' } }] };
    const cluster = new Watched([
      ...base,
      advertisement('a'),
      peer('r2', { ...elsewhere, myASN: 0 }),
      advertisement('b', { ...elsewhere, communities: ['nobody'] }),
    ]);
    assert.deepEqual(cluster.complaints, []);
  });

  it('whose nodes cannot be read is told everywhere and selected nowhere', () => {
    const cluster = new Watched([
      ...base,
      advertisement('a'),
      peer('r2', { nodeSelectors: [{ matchExpressions: [{ key: 'zone', operator: 'Is' }] }] }),
    ]);
    assert.deepEqual(cluster.said, ['r1 10.20.1.5/32 0']);
    assert.equal(cluster.complaints.length, 1);
  });
});
