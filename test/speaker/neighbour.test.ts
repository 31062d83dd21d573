/** Neighbours are independent: a peer that does not read, floods, reconnects, or offers other families. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Update } from '../../src/bgp/wire/message.ts';
import { REFRESH_SUBTYPE } from '../../src/bgp/wire/message.ts';
import { BATCH_WINDOW } from '../../src/speaker/speaker.ts';
import { peer, serviceWithEndpoint } from '../announce/support/cluster.ts';
import { address, routerOpen } from './support/fake-router.ts';
import { RETRY_TIME } from './support/fake-session.ts';
import { oneService, R1, R2, settledHarness, smallCluster } from './support/speaker-harness.ts';

const manyServices = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => at + from).flatMap((at) =>
    serviceWithEndpoint(`s${at}`, `10.20.${1 + (at >> 8)}.${at & 255}`),
  );

const twoPeers = () => smallCluster(peer('r1', { peerAddress: R1 }), peer('r2', { peerAddress: R2 }));

describe('a peer that does not read', () => {
  it('is written to until it causes backpressure, and then only when it reads', async () => {
    const harness = await settledHarness(...twoPeers(), ...serviceWithEndpoint('a', '10.20.1.1'));
    const slow = harness.router(R1);
    slow.isReading = false;
    for (let at = 0; at < 50; at++)
      await harness.changeAndSettle((store) =>
        store.patch('BGPAdvertisement all', { spec: { communities: [`64500:${at}`] } }),
      );
    assert.ok(slow.unreadBytes < 200, `${slow.unreadBytes} unread octets`);
    assert.equal(harness.router(R2).takeEvents().length, 50);
    slow.resumeReading();
    assert.deepEqual(slow.takeEvents(), ['+10.20.1.1/32', '+10.20.1.1/32']);
    assert.deepEqual(slow.table, harness.router(R2).table);
  });

  it('gets only the latest of many changes, and no route that was added and removed meanwhile', async () => {
    const harness = await settledHarness(...twoPeers(), ...manyServices(300));
    const slow = harness.router(R1);
    slow.isReading = false;
    await harness.changeAndSettle((store) => store.delete('Service web/s0'));
    for (let round = 0; round < 5; round++) {
      await harness.changeAndSettle((store) => {
        for (const raw of manyServices(100, 300)) store.create(raw);
        store.patch('BGPAdvertisement all', { spec: { communities: [`64500:${round}`] } });
      });
      await harness.changeAndSettle((store) => {
        for (let at = 300; at < 400; at++) store.delete(`Service web/s${at}`);
      });
    }
    const { pending } = harness.speaker.neighbours.get('r1')?.rib.counts(4) ?? {};
    assert.equal(pending, 299);
    slow.resumeReading();
    assert.equal(slow.takeEvents().length, 1 + 299);
    assert.deepEqual(slow.table, harness.router(R2).table);
  });

  it('delays neither the drain of other peers nor the shutdown', async () => {
    const harness = await settledHarness(...twoPeers(), ...serviceWithEndpoint('a', '10.20.1.1'));
    harness.router(R1).isReading = false;
    await harness.changeAndSettle((store) => store.delete('Service web/a'));
    harness.router(R2).takeEvents();
    let isDone = false;
    void harness.speaker.stop({ isDraining: true, wait: 1000 }).then(() => {
      isDone = true;
    });
    await harness.clock.advanceAsync(1000);
    assert.equal(isDone, true);
    assert.deepEqual(harness.router(R2).takeEvents(), ['6/2 "BGP speaker shutting down"']);
    assert.deepEqual(harness.router(R1).takeEvents(), ['lost']);
  });

  it('is written to at once in the next session', async () => {
    const harness = await settledHarness(...twoPeers(), ...serviceWithEndpoint('a', '10.20.1.1'));
    const slow = harness.router(R1);
    slow.isReading = false;
    await harness.changeAndSettle((store) =>
      store.patch('BGPAdvertisement all', { spec: { communities: ['64500:7'] } }),
    );
    harness.sessions[0]?.lose();
    slow.resumeReading();
    await harness.clock.advanceAsync(RETRY_TIME);
    assert.deepEqual(slow.takeEvents(), ['lost', '+10.20.1.1/32', 'end 4']);
  });
});

describe('the routes that a peer sends', () => {
  const routes = (counts: readonly number[]): Update => ({
    ...{ kind: 'update', withdrawn: [], attributes: null, endOfRib: null, faults: [] },
    announced: counts.map((count) => ({
      nlri: { family: 4, count, bytes: new Uint8Array() },
      nextHop: { address: address(R1), linkLocal: null },
    })),
  });

  it('are counted and dropped: a million of them use no memory', async () => {
    const harness = await settledHarness(...oneService());
    for (let at = 0; at < 1250; at++) harness.sessions[0]?.receive(routes([800]));
    harness.sessions[0]?.receive(routes([2, 3]));
    const dropped = harness.reports.flatMap((one) => one.match(/^r1 dropped (\d+)$/)?.[1] ?? []);
    assert.equal(
      dropped.reduce((sum, count) => sum + Number(count), 0),
      1_000_005,
    );
    assert.deepEqual(harness.router(R1).takeEvents(), []);
  });
});

describe('ROUTE-REFRESH', () => {
  const refresh = (afi: number, subtype: number = REFRESH_SUBTYPE.request, safi = 1) =>
    ({ kind: 'route-refresh', afi, safi, subtype }) as const;

  it('re-advertises all routes of its family only', async () => {
    const harness = await settledHarness(...oneService(...serviceWithEndpoint('b', 'fd00:20::1')));
    harness.sessions[0]?.receive(refresh(1));
    assert.deepEqual(harness.router(R1).takeEvents(), ['+10.20.1.1/32']);
    harness.sessions[0]?.receive(refresh(2));
    assert.deepEqual(harness.router(R1).takeEvents(), ['+fd00:20::1/128']);
  });

  it('of an unnegotiated family or an unknown subtype is ignored', async () => {
    const harness = await settledHarness(...oneService());
    for (const message of [
      refresh(25),
      refresh(1, REFRESH_SUBTYPE.request, 128),
      refresh(1, REFRESH_SUBTYPE.begin),
      refresh(1, 7),
    ])
      harness.sessions[0]?.receive(message);
    assert.deepEqual(harness.router(R1).takeEvents(), []);
  });

  it('sent a thousand times by a peer that does not read is answered once', async () => {
    const harness = await settledHarness(...oneService());
    harness.router(R1).isReading = false;
    await harness.changeAndSettle((store) =>
      store.patch('BGPAdvertisement all', { spec: { communities: ['64500:7'] } }),
    );
    for (let at = 0; at < 1000; at++) harness.sessions[0]?.receive(refresh(1));
    harness.router(R1).resumeReading();
    assert.deepEqual(harness.router(R1).takeEvents(), ['+10.20.1.1/32', '+10.20.1.1/32']);
  });
});

describe('a session that is lost and re-established', () => {
  it('has no advertised routes while it is down', async () => {
    const harness = await settledHarness(...oneService());
    const rib = harness.speaker.neighbours.get('r1')?.rib;
    assert.equal(rib?.counts(4).advertised, 1);
    harness.sessions[0]?.lose();
    assert.deepEqual(rib?.counts(4), { desired: 1, advertised: 0, pending: 0, unsendable: 0, notCarried: 0 });
  });

  it('gets all current routes each time, with End-of-RIB', async () => {
    const harness = await settledHarness(...oneService());
    const router = harness.router(R1);
    harness.sessions[0]?.lose();
    await harness.changeAndSettle((store) => store.delete('Service web/a'));
    for (const raw of serviceWithEndpoint('b', '10.20.1.2'))
      await harness.changeAndSettle((store) => store.create(raw));
    await harness.clock.advanceAsync(RETRY_TIME);
    assert.deepEqual(router.takeEvents(), ['lost', 'end 6', '+10.20.1.2/32', 'end 4']);
  });

  it('may negotiate other families the next time', async () => {
    const harness = await settledHarness(...oneService(...serviceWithEndpoint('b', 'fd00:20::1')));
    const router = harness.router(R1);
    router.open = routerOpen({ families: [6] });
    harness.sessions[0]?.lose();
    await harness.clock.advanceAsync(RETRY_TIME);
    assert.deepEqual(router.takeEvents(), ['lost', '+fd00:20::1/128', 'end 6']);
  });

  it('with 64 peers at once, repeatedly, leaves each with its routes', async () => {
    const peers = Array.from({ length: 64 }, (_, at) => peer(`p${at}`, { peerAddress: `10.213.1.${at}` }));
    const harness = await settledHarness(...smallCluster(...peers), ...manyServices(100));
    for (let round = 0; round < 3; round++) {
      for (const session of harness.sessions) session.lose();
      await harness.changeAndSettle((store) => store.delete(`Service web/s${round}`));
      await harness.clock.advanceAsync(RETRY_TIME + BATCH_WINDOW);
    }
    const tables = [...harness.routers.values()].map(({ table }) => table.join());
    assert.deepEqual([tables.length, new Set(tables).size], [64, 1]);
    assert.equal(harness.router('10.213.1.0').table.length, 97);
  });
});
