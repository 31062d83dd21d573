/** What happens to a BGP session when its BFD session comes up, goes down, is taken down on purpose, or never comes up. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLog } from '../../../src/observe/log.ts';
import { Metrics } from '../../../src/observe/metrics.ts';
import { BFD_UP_WITHIN } from '../../../src/speaker/bfd/bfd-peers.ts';
import { SpeakerReporter } from '../../../src/speaker/reporter.ts';
import { peer, serviceWithEndpoint } from '../../announce/support/cluster.ts';
import { bfdHarness, profile } from '../support/bfd-harness.ts';
import { R1, SpeakerHarness, smallCluster } from '../support/speaker-harness.ts';
import { network } from '../support/status-api.ts';

const stateOf = ({ speaker }: SpeakerHarness) => speaker.neighbours.get('r1')?.session.state;

describe('a BFD session', () => {
  it('begins with its peer, before the BGP session is established', () => {
    const harness = new SpeakerHarness(
      smallCluster(peer('r1', { peerAddress: R1, bfdProfile: 'fast' }), profile('fast')),
    );
    harness.networks = [network('eth0', '10.213.0.0/24')];
    harness.speaker.start();
    assert.notEqual(stateOf(harness), 'Established');
    assert.deepEqual(
      harness.bfd.specs.map(({ key, multihop, settings }) => [key, multihop, settings.desiredMinTx]),
      [[R1, false, 300]],
    );
  });

  it('that goes down ends the BGP session at once, and the router drops the routes', async () => {
    const harness = await bfdHarness();
    harness.bfd.comesUp(R1);
    harness.bfd.goesDown(R1);
    assert.deepEqual([stateOf(harness), harness.router(R1).takeEvents()], ['Connect', ['6/10 ""']]);
    assert.deepEqual(harness.router(R1).table, []);
    const entry = harness.history.of(harness.speaker.neighbours.get('r1') ?? assert.fail()).entries.at(-1);
    assert.deepEqual(
      [entry?.what, entry?.says],
      [
        'lost',
        'BFD received no packet of the peer within the detection time: the peer or the path from it failed',
      ],
    );
  });

  it('that goes down is a hard reset where both sides set the N bit (RFC 8538): no route is retained', async () => {
    const harness = await bfdHarness({ restart: true, notification: true });
    harness.bfd.comesUp(R1);
    harness.bfd.goesDown(R1);
    assert.deepEqual(harness.router(R1).takeEvents(), ['hard reset 6/10 ""']);
    assert.deepEqual(harness.router(R1).table, []);
  });

  it('that goes down does not keep BGP from connecting again, and ends that only after it was up', async () => {
    const harness = await bfdHarness();
    harness.bfd.comesUp(R1);
    harness.bfd.goesDown(R1);
    await harness.clock.advanceAsync(5_000);
    assert.equal(stateOf(harness), 'Established');
    harness.bfd.change(R1, { state: 'Init', remoteState: 'Down' });
    harness.bfd.change(R1, { state: 'Down', remoteState: 'Down' });
    assert.equal(stateOf(harness), 'Established', 'it was not up');
    harness.bfd.comesUp(R1);
    harness.bfd.change(R1, { state: 'Down', diagnostic: 'neighbor-signaled-down' });
    assert.equal(stateOf(harness), 'Connect');
  });

  it('that the router takes down on purpose ends nothing (RFC 5882 3.2)', async () => {
    const harness = await bfdHarness();
    harness.bfd.comesUp(R1);
    harness.bfd.change(R1, {
      ...{ state: 'Down', remoteState: 'AdminDown', diagnostic: 'neighbor-signaled-down' },
    });
    assert.deepEqual([stateOf(harness), harness.router(R1).takeEvents()], ['Established', []]);
    assert.match(harness.reports.at(-1) ?? '', /^r1 BFD admin-down /);
  });

  it('that never comes up does not hold BGP back, and is reported once', async () => {
    const harness = await bfdHarness();
    assert.equal(stateOf(harness), 'Established');
    await harness.clock.advanceAsync(BFD_UP_WITHIN);
    const missing = harness.reports.filter((line) => line.includes('BFD missing'));
    assert.equal(missing.length, 1);
    assert.match(
      missing.join(),
      /no BFD packet of the peer arrived: configure BFD for this node on the router/,
    );
    await harness.clock.advanceAsync(10 * BFD_UP_WITHIN);
    assert.equal(harness.reports.filter((line) => line.includes('BFD missing')).length, 1);
  });

  it('that comes up in time is not reported as missing', async () => {
    const harness = await bfdHarness();
    harness.bfd.comesUp(R1);
    await harness.clock.advanceAsync(BFD_UP_WITHIN);
    assert.deepEqual(
      harness.reports.filter((line) => line.includes('BFD')),
      ['r1 BFD up'],
    );
  });

  it('changes its intervals with the profile, and BGP is not touched', async () => {
    const harness = await bfdHarness();
    harness.bfd.comesUp(R1);
    await harness.changeAndSettle((store) =>
      store.patch('BFDProfile fast', { spec: { transmitInterval: 100, detectMultiplier: 5 } }),
    );
    assert.deepEqual(
      harness.bfd.specs.map(({ settings }) => [settings.desiredMinTx, settings.detectMultiplier]),
      [[100, 5]],
    );
    assert.deepEqual([stateOf(harness), harness.router(R1).takeEvents()], ['Established', []]);
    assert.equal(harness.reports.includes('r1 removed'), false);
  });

  it('is applied only when something of it changed', async () => {
    const harness = await bfdHarness();
    const { length } = harness.bfd.applied;
    await harness.changeAndSettle((store) => {
      for (const raw of serviceWithEndpoint('b', '10.20.1.2')) store.create(raw);
    });
    assert.equal(harness.bfd.applied.length, length);
  });

  it('outlives a change of the BGP session', async () => {
    const harness = await bfdHarness();
    await harness.changeAndSettle((store) => store.patch('BGPPeer r1', { spec: { holdTime: '30s' } }));
    assert.deepEqual(new Set(harness.bfd.applied.map((specs) => specs.length)), new Set([1]));
  });

  it('ends when the peer no longer names a profile, and when the peer is deleted', async () => {
    const harness = await bfdHarness();
    await harness.changeAndSettle((store) => store.patch('BGPPeer r1', { spec: { bfdProfile: null } }));
    assert.deepEqual([harness.bfd.specs, stateOf(harness)], [[], 'Established']);
    await harness.changeAndSettle((store) => store.patch('BGPPeer r1', { spec: { bfdProfile: 'fast' } }));
    assert.equal(harness.bfd.specs.length, 1);
    await harness.changeAndSettle((store) => store.delete('BGPPeer r1'));
    assert.deepEqual(harness.bfd.specs, []);
  });

  it('becomes single-hop once the node has the network of the router', async () => {
    const harness = new SpeakerHarness(
      smallCluster(peer('r1', { peerAddress: R1, bfdProfile: 'fast' }), profile('fast')),
    );
    harness.speaker.start();
    assert.deepEqual(
      harness.bfd.specs.map(({ multihop }) => multihop),
      [true],
    );
    harness.networks = [network('eth0', '10.213.0.0/24')];
    await harness.clock.advanceAsync(5_000);
    assert.deepEqual(
      harness.bfd.specs.map(({ multihop }) => multihop),
      [false],
    );
  });
});

describe('a speaker with BFD', () => {
  it('says AdminDown when its sessions have ended, so that a router retains the routes over a restart', async () => {
    const harness = await bfdHarness({ restart: true });
    harness.bfd.comesUp(R1);
    const order: string[] = [];
    harness.bfd.onStop = () => order.push(...harness.router(R1).takeEvents(), 'AdminDown');
    await harness.speaker.stop({ isDraining: false, wait: 0 });
    assert.deepEqual(order, ['lost', 'AdminDown']);
    assert.deepEqual([...harness.router(R1).stale], ['10.20.1.1/32']);
  });

  it('ends its BFD sessions with a drain, and begins them again when it resumes', async () => {
    const harness = await bfdHarness();
    await harness.speaker.shutDown();
    assert.deepEqual([harness.bfd.specs, harness.bfd.isStopped], [[], false]);
    harness.speaker.resume();
    await harness.clock.advanceAsync(5_000);
    assert.equal(harness.bfd.specs.length, 1);
  });

  it('logs each change with its reason, and has the metrics of MetalLB until the peer is deleted', async () => {
    const harness = await bfdHarness();
    const [lines, metrics] = [[] as string[], new Metrics('test')];
    const log = createLog({
      ...{ level: 'info', format: 'json', clock: harness.clock },
      sink: (line) => lines.push(line),
    });
    const reporter = new SpeakerReporter({
      ...{ log, metrics, clock: harness.clock, node: 'n1' },
      statusObserver: { reconciled: () => {}, sessionChanged: () => {} },
    });
    const neighbour = harness.speaker.neighbours.get('r1') ?? assert.fail();
    const status = harness.bfd.statuses()[0] ?? assert.fail();
    for (const kind of ['up', 'down', 'admin-down', 'missing'] as const)
      reporter.bfdChanged(neighbour, { kind, because: 'why', status });
    assert.deepEqual(
      lines.map((line) => JSON.parse(line)).map(({ level, msg, peer: name }) => [level, msg, name]),
      [
        ['info', 'BFD session up', 'r1'],
        ['warn', 'BFD session down', 'r1'],
        ['info', 'BFD session taken down by the router', 'r1'],
        ['warn', 'BFD session is not up, the BGP session runs without it', 'r1'],
      ],
    );
    const series = async (): Promise<readonly string[]> => {
      reporter.scrape(harness.speaker);
      return (await metrics.text()).split('\n').filter((line) => line.startsWith('metallb_bfd'));
    };
    harness.bfd.comesUp(R1);
    const counters = { ...status.counters, packetsSent: 9, packetsReceived: 7, upEvents: 2, downEvents: 1 };
    harness.bfd.set(R1, { counters });
    const labels = `{peer="${R1}",vrf="default"}`;
    const expected = [
      ...[`metallb_bfd_session_up${labels} 1`, `metallb_bfd_control_packet_input${labels} 7`],
      ...[`metallb_bfd_control_packet_output${labels} 9`, `metallb_bfd_echo_packet_input${labels} 0`],
      ...[`metallb_bfd_echo_packet_output${labels} 0`, `metallb_bfd_session_up_events${labels} 2`],
      ...[`metallb_bfd_session_down_events${labels} 1`, `metallb_bfd_zebra_notifications${labels} 3`],
    ];
    assert.deepEqual((await series()).toSorted(), expected.toSorted());
    assert.deepEqual((await series()).toSorted(), expected.toSorted(), 'counted once');
    await harness.changeAndSettle((store) => store.delete('BGPPeer r1'));
    assert.deepEqual(await series(), []);
  });
});
