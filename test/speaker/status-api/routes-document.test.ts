/** What a speaker says of routes and Services when it is asked. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { ROUTES_MAX_AGE } from '../../../src/speaker/status-api/status-api.ts';
import {
  advertisement,
  endpointSlice,
  peer,
  service,
  serviceWithEndpoint,
} from '../../announce/support/cluster.ts';
import {
  nodeAddresses,
  oneService,
  R1,
  SpeakerWorld,
  settledWorld,
  smallCluster,
} from '../support/speaker-world.ts';
import { peerDocument, routeLines, routesDocument, statusApiOf } from '../support/status-api.ts';

describe('routes', () => {
  it('say what is said of each', async () => {
    const annotated: Raw = {
      ...advertisement('all', { communities: ['64500:7', 'large:64500:1:2'], localPref: 300 }),
    };
    const objects = oneService().filter(({ kind }) => kind !== 'BGPAdvertisement');
    const world = await settledWorld(...objects, annotated);
    assert.deepEqual(routesDocument(world).routes, [
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
    const world = await settledWorld(
      ...oneService(),
      ...serviceWithEndpoint('c', 'fd00:20::1'),
      ...serviceWithEndpoint('d', '10.20.0.200'),
      ...serviceWithEndpoint('e', '10.20.0.30'),
    );
    assert.deepEqual(routeLines(world), [
      ...['10.20.0.30/32 told', '10.20.0.200/32 told', '10.20.1.1/32 told', 'fd00:20::1/128 told'],
    ]);
  });

  it('wait while the router reads nothing, and those to be withdrawn too', async () => {
    const world = await settledWorld(...oneService());
    world.router(R1).stopReading();
    await world.changeAndSettle((store) =>
      store.patch('BGPAdvertisement metallb-system/all', { spec: { communities: ['64500:1'] } }),
    );
    await world.changeAndSettle((store) => {
      for (const raw of serviceWithEndpoint('b', '10.20.1.2')) store.create(raw);
    });
    await world.changeAndSettle((store) => store.delete('Service web/a'));
    assert.deepEqual(routeLines(world), [
      '10.20.1.1/32 pending to be withdrawn',
      '10.20.1.2/32 pending to be advertised',
    ]);
  });

  it('without a next hop of their family are told to nobody, and say so', async () => {
    const world = new SpeakerWorld([
      ...oneService().map((raw) =>
        raw['kind'] === 'Node' ? { ...raw, status: nodeAddresses('10.213.0.11') } : raw,
      ),
      ...serviceWithEndpoint('six', 'fd00:20::1'),
    ]);
    await world.start();
    const [, six] = routesDocument(world).routes;
    assert.equal(six?.status, 'untold');
    assert.match(six?.says ?? '', /no IPv6 address to be the next hop/);
    assert.equal(peerDocument(world).prefixes.ipv6.refused, 1);
  });

  it('are worked out once for all who ask within a moment', async () => {
    const world = await settledWorld(...oneService());
    const view = statusApiOf(world);
    const first = view.routes('r1');
    assert.equal(view.routes('r1'), first);
    await world.clock.advanceAsync(ROUTES_MAX_AGE);
    assert.notEqual(view.routes('r1'), first);
  });

  it('to a peer that is not here are none', async () => {
    assert.deepEqual(statusApiOf(await settledWorld(...oneService())).routes('tor').peers, []);
  });
});

describe('a Service', () => {
  const says = (world: SpeakerWorld, name = 'web/a') => statusApiOf(world).service(name);

  it('is told with everybody who hears of it', async () => {
    const { announced, pool, addresses, peers } = says(await settledWorld(...oneService()));
    assert.deepEqual([announced, pool, addresses], [true, 'main', ['10.20.1.1']]);
    assert.deepEqual(peers, [
      {
        ...{ name: 'r1', address: `${R1}:179`, established: true, trouble: null },
        prefixes: [{ prefix: '10.20.1.1/32', status: 'told', says: null }],
      },
    ]);
  });

  it('of the other family is not carried by a session of one', async () => {
    const world = await settledWorld(
      ...smallCluster(peer('r1', { peerAddress: R1 })),
      ...serviceWithEndpoint('a', 'fd00:20::1'),
    );
    assert.deepEqual(says(world).peers[0]?.prefixes, [
      {
        ...{ prefix: 'fd00:20::1/128', status: 'not-carried' },
        says: 'its session carries IPv4 only: set spec.dualStackAddressFamily',
      },
    ]);
  });

  const elsewhere = endpointSlice('a', [{ addresses: ['10.244.1.9'], nodeName: 'n2' }]);
  const local = service('a', ['10.20.1.1'], { externalTrafficPolicy: 'Local' });
  const reasons: readonly (readonly [
    because: string,
    objects: readonly Raw[],
    code: string,
    change: RegExp,
  ])[] = [
    ['there is none', oneService().slice(0, 4), 'unknown', /name/],
    [
      'it has no address',
      [...oneService().slice(0, 4), service('a', [])],
      'noIPAllocated',
      /berth explain service a -n web/,
    ],
    [
      'its Pods are elsewhere',
      [...oneService().slice(0, 4), local, elsewhere],
      'noLocalEndpoints',
      /on n1, or set spec\.externalTrafficPolicy/,
    ],
    [
      'nobody hears',
      [...smallCluster(), ...serviceWithEndpoint('a', '10.20.1.1')],
      'noPeer',
      /create a BGPPeer/,
    ],
    [
      'its address is of no pool',
      [...smallCluster(peer('r1')), ...serviceWithEndpoint('a', '10.99.0.1')],
      'ipNotAllowed',
      /10\.99\.0\.1 in spec\.addresses/,
    ],
  ];
  for (const [because, objects, code, change] of reasons) {
    it(`is not announced: ${because}`, async () => {
      const told = says(await settledWorld(...objects));
      assert.deepEqual([told.announced, told.code], [false, code]);
      assert.match(told.change ?? '', change);
      assert.notEqual(told.says, '');
    });
  }

  it('is not judged before the whole picture is there', () => {
    const told = statusApiOf(new SpeakerWorld(oneService()), 'not listed yet: nodes').service('web/a');
    assert.deepEqual([told.code, told.says], ['notReady', 'not listed yet: nodes']);
  });

  it('says of a session that is down what is wrong with it', async () => {
    const world = await settledWorld(...oneService());
    world.router(R1).acceptsSessions = false;
    world.sessions[0]?.lose();
    const [first] = says(world).peers;
    assert.equal(first?.established, false);
    assert.equal(first?.prefixes[0]?.status, 'no-session');
  });
});
