/** Status documents of routes and Services. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Raw } from '../../../src/base/json.ts';
import { PREFIXES_PER_PART } from '../../../src/speaker/status-api/routes-document.ts';
import {
  advertisement,
  endpointSlice,
  peer,
  service,
  serviceWithEndpoint,
} from '../../announce/support/cluster.ts';
import {
  manyServices,
  nodeAddresses,
  oneService,
  R1,
  SpeakerHarness,
  settledHarness,
  smallCluster,
} from '../support/speaker-harness.ts';
import { parseRoutes, peerDocument, routeLines, routesDocument, statusApiOf } from '../support/status-api.ts';

describe('routes', () => {
  it('are shown with their attributes', async () => {
    const annotated: Raw = {
      ...advertisement('all', { communities: ['64500:7', 'large:64500:1:2'], localPref: 300 }),
    };
    const objects = oneService().filter(({ kind }) => kind !== 'BGPAdvertisement');
    const harness = await settledHarness(...objects, annotated);
    assert.deepEqual(routesDocument(harness).routes, [
      {
        ...{ prefix: '10.20.1.1/32', status: 'told', says: null },
        path: {
          ...{ nextHop: '10.213.0.11', linkLocal: null, asPath: '64500', localPref: null, med: null },
          ...{ communities: ['64500:7'], large: ['large:64500:1:2'], extended: [] },
        },
      },
    ]);
  });

  it('are sorted by prefix', async () => {
    const harness = await settledHarness(
      ...oneService(),
      ...serviceWithEndpoint('c', 'fd00:20::1'),
      ...serviceWithEndpoint('d', '10.20.0.200'),
      ...serviceWithEndpoint('e', '10.20.0.30'),
    );
    assert.deepEqual(routeLines(harness), [
      ...['10.20.0.30/32 told', '10.20.0.200/32 told', '10.20.1.1/32 told', 'fd00:20::1/128 told'],
    ]);
  });

  it('are pending while the router does not read, withdrawals included', async () => {
    const harness = await settledHarness(...oneService());
    harness.router(R1).stopReading();
    await harness.changeAndSettle((store) =>
      store.patch('BGPAdvertisement metallb-system/all', { spec: { communities: ['64500:1'] } }),
    );
    await harness.changeAndSettle((store) => {
      for (const raw of serviceWithEndpoint('b', '10.20.1.2')) store.create(raw);
    });
    await harness.changeAndSettle((store) => store.delete('Service web/a'));
    assert.deepEqual(routeLines(harness), [
      '10.20.1.1/32 pending to be withdrawn',
      '10.20.1.2/32 pending to be advertised',
    ]);
  });

  it('without a next hop of their family are shown with the reason', async () => {
    const harness = new SpeakerHarness([
      ...oneService().map((raw) =>
        raw['kind'] === 'Node' ? { ...raw, status: nodeAddresses('10.213.0.11') } : raw,
      ),
      ...serviceWithEndpoint('six', 'fd00:20::1'),
    ]);
    await harness.start();
    const [, six] = routesDocument(harness).routes;
    assert.equal(six?.status, 'untold');
    assert.match(six?.says ?? '', /no IPv6 address to be the next hop/);
    assert.equal(peerDocument(harness).prefixes.ipv6.refused, 1);
  });

  it('to an unknown peer are empty', async () => {
    assert.deepEqual(parseRoutes(statusApiOf(await settledHarness(...oneService())).routes('tor')).peers, []);
  });

  it('that change while the document is made are shown as they are then', async () => {
    const harness = await settledHarness(...manyServices(2 * PREFIXES_PER_PART));
    const parts = statusApiOf(harness).routes('r1')[Symbol.iterator]();
    const texts: (string | null)[] = [];
    const take = (): boolean => {
      const { done, value } = parts.next();
      if (done !== true) texts.push(value);
      return done !== true;
    };
    while (!(texts.at(-1) ?? '').includes('/32')) take();
    await harness.changeAndSettle((store) => {
      store.delete(`Service web/many-${2 * PREFIXES_PER_PART - 1}`);
      for (const raw of serviceWithEndpoint('late', '10.20.200.1')) store.create(raw);
    });
    while (take()) {}
    const [document] = parseRoutes(texts).peers;
    assert.deepEqual(
      [document?.routes.length, document?.routes.every(({ status }) => status === 'told')],
      [2 * PREFIXES_PER_PART - 1, true],
    );
  });
});

describe('a Service', () => {
  const serviceDocument = (harness: SpeakerHarness, name = 'web/a') => statusApiOf(harness).service(name);

  it('is shown with all its peers', async () => {
    const { announced, pool, addresses, peers } = serviceDocument(await settledHarness(...oneService()));
    assert.deepEqual([announced, pool, addresses], [true, 'main', ['10.20.1.1']]);
    assert.deepEqual(peers, [
      {
        ...{ name: 'r1', address: `${R1}:179`, established: true, trouble: null, bfdTrouble: null },
        prefixes: [{ prefix: '10.20.1.1/32', status: 'told', says: null }],
      },
    ]);
  });

  it('of the other family is not carried by a single-stack session', async () => {
    const harness = await settledHarness(
      ...smallCluster(peer('r1', { peerAddress: R1 })),
      ...serviceWithEndpoint('a', 'fd00:20::1'),
    );
    assert.deepEqual(serviceDocument(harness).peers[0]?.prefixes, [
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
    ['it does not exist', oneService().slice(0, 4), 'unknown', /name/],
    [
      'it has no address',
      [...oneService().slice(0, 4), service('a', [])],
      'noIPAllocated',
      /berth explain service a -n web/,
    ],
    [
      'its Pods are on other nodes',
      [...oneService().slice(0, 4), local, elsewhere],
      'noLocalEndpoints',
      /on n1, or set spec\.externalTrafficPolicy/,
    ],
    [
      'there is no peer',
      [...smallCluster(), ...serviceWithEndpoint('a', '10.20.1.1')],
      'noPeer',
      /create a BGPPeer/,
    ],
    [
      'its address is in no pool',
      [...smallCluster(peer('r1')), ...serviceWithEndpoint('a', '10.99.0.1')],
      'ipNotAllowed',
      /10\.99\.0\.1 in spec\.addresses/,
    ],
  ];
  for (const [because, objects, code, change] of reasons) {
    it(`is not announced: ${because}`, async () => {
      const document = serviceDocument(await settledHarness(...objects));
      assert.deepEqual([document.announced, document.code], [false, code]);
      assert.match(document.change ?? '', change);
      assert.notEqual(document.says, '');
    });
  }

  it('is not evaluated before the informers have synced', () => {
    const document = statusApiOf(new SpeakerHarness(oneService()), 'not listed yet: nodes').service('web/a');
    assert.deepEqual([document.code, document.says], ['notReady', 'not listed yet: nodes']);
  });

  it('is shown with the state of a session that is down', async () => {
    const harness = await settledHarness(...oneService());
    harness.router(R1).acceptsSessions = false;
    harness.sessions[0]?.lose();
    const [first] = serviceDocument(harness).peers;
    assert.equal(first?.established, false);
    assert.equal(first?.prefixes[0]?.status, 'no-session');
  });
});
