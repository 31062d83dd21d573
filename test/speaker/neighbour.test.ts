/** One peer for itself: slow, noisy, forgetful or of another family, and what becomes of the others meanwhile. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Update } from '../../src/bgp/wire/message.ts';
import { REFRESH_SUBTYPE } from '../../src/bgp/wire/message.ts';
import { BATCH_WINDOW } from '../../src/speaker/speaker.ts';
import { peer, serviceWithEndpoint } from '../announce/support/cluster.ts';
import { address, routerOpen } from './support/fake-router.ts';
import { RETRY_TIME } from './support/fake-session.ts';
import { oneService, R1, R2, settledWorld, smallCluster } from './support/speaker-world.ts';

const manyServices = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => at + from).flatMap((at) =>
    serviceWithEndpoint(`s${at}`, `10.20.${1 + (at >> 8)}.${at & 255}`),
  );

const twoPeers = () => smallCluster(peer('r1', { peerAddress: R1 }), peer('r2', { peerAddress: R2 }));

describe('a peer that does not read', () => {
  it('is written to until it takes no more, and not again before it does', async () => {
    const world = await settledWorld(...twoPeers(), ...serviceWithEndpoint('a', '10.20.1.1'));
    const slow = world.router(R1);
    slow.isReading = false;
    for (let at = 0; at < 50; at++)
      await world.changeAndSettle((store) =>
        store.patch('BGPAdvertisement all', { spec: { communities: [`64500:${at}`] } }),
      );
    assert.ok(slow.unreadBytes < 200, `${slow.unreadBytes} octets wait in the kernel`);
    assert.equal(world.router(R2).takeEvents().length, 50);
    slow.resumeReading();
    assert.deepEqual(slow.takeEvents(), ['+10.20.1.1/32', '+10.20.1.1/32']);
    assert.deepEqual(slow.table, world.router(R2).table);
  });

  it('hears of many changes to many prefixes the last alone, and nothing of what came and went', async () => {
    const world = await settledWorld(...twoPeers(), ...manyServices(300));
    const slow = world.router(R1);
    slow.isReading = false;
    await world.changeAndSettle((store) => store.delete('Service web/s0'));
    for (let round = 0; round < 5; round++) {
      await world.changeAndSettle((store) => {
        for (const raw of manyServices(100, 300)) store.create(raw);
        store.patch('BGPAdvertisement all', { spec: { communities: [`64500:${round}`] } });
      });
      await world.changeAndSettle((store) => {
        for (let at = 300; at < 400; at++) store.delete(`Service web/s${at}`);
      });
    }
    const { pending } = world.speaker.neighbours.get('r1')?.rib.counts(4) ?? {};
    assert.equal(pending, 299);
    slow.resumeReading();
    assert.equal(slow.takeEvents().length, 1 + 299);
    assert.deepEqual(slow.table, world.router(R2).table);
  });

  it('holds up neither a drain of the others nor the end', async () => {
    const world = await settledWorld(...twoPeers(), ...serviceWithEndpoint('a', '10.20.1.1'));
    world.router(R1).isReading = false;
    await world.changeAndSettle((store) => store.delete('Service web/a'));
    world.router(R2).takeEvents();
    let over = false;
    void world.speaker.stop({ isDraining: true, wait: 1000 }).then(() => {
      over = true;
    });
    await world.clock.advanceAsync(1000);
    assert.equal(over, true);
    assert.deepEqual(world.router(R2).takeEvents(), ['6/2 "BGP speaker shutting down"']);
    assert.deepEqual(world.router(R1).takeEvents(), ['lost']);
  });

  it('is written to at once in the session that follows', async () => {
    const world = await settledWorld(...twoPeers(), ...serviceWithEndpoint('a', '10.20.1.1'));
    const slow = world.router(R1);
    slow.isReading = false;
    await world.changeAndSettle((store) =>
      store.patch('BGPAdvertisement all', { spec: { communities: ['64500:7'] } }),
    );
    world.sessions[0]?.lose();
    slow.resumeReading();
    await world.clock.advanceAsync(RETRY_TIME);
    assert.deepEqual(slow.takeEvents(), ['lost', '+10.20.1.1/32', 'end 4']);
  });
});

describe('what a peer tells', () => {
  const routes = (counts: readonly number[]): Update => ({
    ...{ kind: 'update', withdrawn: [], attributes: null, endOfRib: null, faults: [] },
    announced: counts.map((count) => ({
      nlri: { family: 4, count, bytes: new Uint8Array() },
      nextHop: { address: address(R1), linkLocal: null },
    })),
  });

  it('is counted by its routes, and dropped: a million of them leave nothing behind', async () => {
    const world = await settledWorld(...oneService());
    for (let at = 0; at < 1250; at++) world.sessions[0]?.receive(routes([800]));
    world.sessions[0]?.receive(routes([2, 3]));
    const dropped = world.reports.flatMap((one) => one.match(/^r1 dropped (\d+)$/)?.[1] ?? []);
    assert.equal(
      dropped.reduce((sum, count) => sum + Number(count), 0),
      1_000_005,
    );
    assert.deepEqual(world.router(R1).takeEvents(), []);
  });
});

describe('ROUTE-REFRESH', () => {
  const refresh = (afi: number, subtype: number = REFRESH_SUBTYPE.request, safi = 1) =>
    ({ kind: 'route-refresh', afi, safi, subtype }) as const;

  it('has all of the family told again, and nothing of the other', async () => {
    const world = await settledWorld(...oneService(...serviceWithEndpoint('b', 'fd00:20::1')));
    world.sessions[0]?.receive(refresh(1));
    assert.deepEqual(world.router(R1).takeEvents(), ['+10.20.1.1/32']);
    world.sessions[0]?.receive(refresh(2));
    assert.deepEqual(world.router(R1).takeEvents(), ['+fd00:20::1/128']);
  });

  it('of what the session does not carry, or of no kind that is known, is nothing', async () => {
    const world = await settledWorld(...oneService());
    for (const message of [
      refresh(25),
      refresh(1, REFRESH_SUBTYPE.request, 128),
      refresh(1, REFRESH_SUBTYPE.begin),
      refresh(1, 7),
    ])
      world.sessions[0]?.receive(message);
    assert.deepEqual(world.router(R1).takeEvents(), []);
  });

  it('asked for a thousand times by who does not read is answered once', async () => {
    const world = await settledWorld(...oneService());
    world.router(R1).isReading = false;
    await world.changeAndSettle((store) =>
      store.patch('BGPAdvertisement all', { spec: { communities: ['64500:7'] } }),
    );
    for (let at = 0; at < 1000; at++) world.sessions[0]?.receive(refresh(1));
    world.router(R1).resumeReading();
    assert.deepEqual(world.router(R1).takeEvents(), ['+10.20.1.1/32', '+10.20.1.1/32']);
  });
});

describe('a session that comes and goes', () => {
  it('has told nothing while it is down', async () => {
    const world = await settledWorld(...oneService());
    const rib = world.speaker.neighbours.get('r1')?.rib;
    assert.equal(rib?.counts(4).advertised, 1);
    world.sessions[0]?.lose();
    assert.deepEqual(rib?.counts(4), { desired: 1, advertised: 0, pending: 0, unsendable: 0, notCarried: 0 });
  });

  it('is told everything each time, as it is by then, with its End-of-RIB', async () => {
    const world = await settledWorld(...oneService());
    const router = world.router(R1);
    world.sessions[0]?.lose();
    await world.changeAndSettle((store) => store.delete('Service web/a'));
    for (const raw of serviceWithEndpoint('b', '10.20.1.2'))
      await world.changeAndSettle((store) => store.create(raw));
    await world.clock.advanceAsync(RETRY_TIME);
    assert.deepEqual(router.takeEvents(), ['lost', 'end 6', '+10.20.1.2/32', 'end 4']);
  });

  it('may agree on other families the next time', async () => {
    const world = await settledWorld(...oneService(...serviceWithEndpoint('b', 'fd00:20::1')));
    const router = world.router(R1);
    router.open = routerOpen({ families: [6] });
    world.sessions[0]?.lose();
    await world.clock.advanceAsync(RETRY_TIME);
    assert.deepEqual(router.takeEvents(), ['lost', '+fd00:20::1/128', 'end 6']);
  });

  it('over and over, of 64 peers at once, leaves each with what it should hear', async () => {
    const peers = Array.from({ length: 64 }, (_, at) => peer(`p${at}`, { peerAddress: `10.213.1.${at}` }));
    const world = await settledWorld(...smallCluster(...peers), ...manyServices(100));
    for (let round = 0; round < 3; round++) {
      for (const line of world.sessions) line.lose();
      await world.changeAndSettle((store) => store.delete(`Service web/s${round}`));
      await world.clock.advanceAsync(RETRY_TIME + BATCH_WINDOW);
    }
    const tables = [...world.routers.values()].map(({ table }) => table.join());
    assert.deepEqual([tables.length, new Set(tables).size], [64, 1]);
    assert.equal(world.router('10.213.1.0').table.length, 97);
  });
});
