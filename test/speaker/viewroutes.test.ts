/** What a speaker says of routes and Services when it is asked. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../src/cluster/fields.ts';
import { ROUTES_AGE } from '../../src/speaker/view.ts';
import { advertisement, peer, served, service, slice } from '../announce/cluster.ts';
import { peerIn, routesIn, told, viewOf } from './viewing.ts';
import { addressed, one, quiet, R1, small, World } from './world.ts';

describe('routes', () => {
  it('say what is said of each', async () => {
    const annotated: Raw = {
      ...advertisement('all', { communities: ['64500:7', 'large:64500:1:2'], localPref: 300 }),
    };
    const objects = one().filter(({ kind }) => kind !== 'BGPAdvertisement');
    const world = await quiet(...objects, annotated);
    assert.deepEqual(routesIn(world).routes, [
      {
        ...{ prefix: '10.20.1.1/32', status: 'told', says: null },
        path: {
          ...{ nextHop: '10.213.0.11', linkLocal: null, asPath: '64500', localPref: null, med: null },
          ...{ communities: ['64500:7'], large: ['large:64500:1:2'], extended: [] },
        },
      },
    ]);
  });

  it('stand in the order of prefixes', async () => {
    const world = await quiet(
      ...one(),
      ...served('c', 'fd00:20::1'),
      ...served('d', '10.20.0.200'),
      ...served('e', '10.20.0.30'),
    );
    assert.deepEqual(told(world), [
      ...['10.20.0.30/32 told', '10.20.0.200/32 told', '10.20.1.1/32 told', 'fd00:20::1/128 told'],
    ]);
  });

  it('wait while the router reads nothing, and those to be withdrawn too', async () => {
    const world = await quiet(...one());
    world.router(R1).stopReading();
    await world.settle((store) =>
      store.patch('BGPAdvertisement metallb-system/all', { spec: { communities: ['64500:1'] } }),
    );
    await world.settle((store) => {
      for (const raw of served('b', '10.20.1.2')) store.create(raw);
    });
    await world.settle((store) => store.delete('Service web/a'));
    assert.deepEqual(told(world), [
      '10.20.1.1/32 pending it is to be withdrawn',
      '10.20.1.2/32 pending it is to be told',
    ]);
  });

  it('without a next hop of their family are told to nobody, and say so', async () => {
    const world = new World([
      ...one().map((raw) => (raw['kind'] === 'Node' ? { ...raw, status: addressed('10.213.0.11') } : raw)),
      ...served('six', 'fd00:20::1'),
    ]);
    await world.begin();
    const [, six] = routesIn(world).routes;
    assert.equal(six?.status, 'untold');
    assert.match(six?.says ?? '', /no IPv6 address that could be the next hop/);
    assert.equal(peerIn(world).prefixes.ipv6.refused, 1);
  });

  it('are worked out once for all who ask within a moment', async () => {
    const world = await quiet(...one());
    const view = viewOf(world);
    const first = view.routes('r1');
    assert.equal(view.routes('r1'), first);
    await world.clock.pass(ROUTES_AGE);
    assert.notEqual(view.routes('r1'), first);
  });

  it('to a peer that is not here are none', async () => {
    assert.deepEqual(viewOf(await quiet(...one())).routes('tor').peers, []);
  });
});

describe('a Service', () => {
  const says = (world: World, name = 'web/a') => viewOf(world).service(name);

  it('is told with everybody who hears of it', async () => {
    const { announced, pool, addresses, peers } = says(await quiet(...one()));
    assert.deepEqual([announced, pool, addresses], [true, 'main', ['10.20.1.1']]);
    assert.deepEqual(peers, [
      {
        ...{ name: 'r1', address: `${R1}:179`, established: true, trouble: null },
        prefixes: [{ prefix: '10.20.1.1/32', status: 'told', says: null }],
      },
    ]);
  });

  it('of the other family is not carried by a session of one', async () => {
    const world = await quiet(...small(peer('r1', { peerAddress: R1 })), ...served('a', 'fd00:20::1'));
    assert.deepEqual(says(world).peers[0]?.prefixes, [
      {
        ...{ prefix: 'fd00:20::1/128', status: 'not-carried' },
        says: 'its session carries IPv4 alone: set spec.dualStackAddressFamily',
      },
    ]);
  });

  const elsewhere = slice('a', [{ addresses: ['10.244.1.9'], nodeName: 'n2' }]);
  const local = service('a', ['10.20.1.1'], { externalTrafficPolicy: 'Local' });
  const reasons: readonly (readonly [
    because: string,
    objects: readonly Raw[],
    code: string,
    change: RegExp,
  ])[] = [
    ['there is none', one().slice(0, 4), 'unknown', /name/],
    [
      'it has no address',
      [...one().slice(0, 4), service('a', [])],
      'noIPAllocated',
      /berth explain service a -n web/,
    ],
    [
      'its Pods are elsewhere',
      [...one().slice(0, 4), local, elsewhere],
      'noLocalEndpoints',
      /on n1, or set spec\.externalTrafficPolicy/,
    ],
    ['nobody hears', [...small(), ...served('a', '10.20.1.1')], 'noPeer', /make a BGPPeer/],
    [
      'its address is of no pool',
      [...small(peer('r1')), ...served('a', '10.99.0.1')],
      'ipNotAllowed',
      /10\.99\.0\.1 in spec\.addresses/,
    ],
  ];
  for (const [because, objects, code, change] of reasons) {
    it(`is not announced: ${because}`, async () => {
      const told = says(await quiet(...objects));
      assert.deepEqual([told.announced, told.code], [false, code]);
      assert.match(told.change ?? '', change);
      assert.notEqual(told.says, '');
    });
  }

  it('is not judged before the whole picture is there', () => {
    const told = viewOf(new World(one()), 'not listed yet: nodes').service('web/a');
    assert.deepEqual([told.code, told.says], ['notReady', 'not listed yet: nodes']);
  });

  it('says of a session that is down what is wrong with it', async () => {
    const world = await quiet(...one());
    world.router(R1).isUp = false;
    world.lines[0]?.lose();
    const [first] = says(world).peers;
    assert.equal(first?.established, false);
    assert.equal(first?.prefixes[0]?.status, 'no-session');
  });
});
