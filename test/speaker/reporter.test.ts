/** Log level and message of each transition of a session; metrics on scrape. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TransitionCause } from '../../src/bgp/session/events.ts';
import type { StateName } from '../../src/bgp/session/session.ts';
import { createLog, silentLog } from '../../src/observe/log.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import { SpeakerReporter } from '../../src/speaker/reporter.ts';
import { peer, serviceWithEndpoint } from '../announce/support/cluster.ts';
import { routerOpen } from './support/fake-router.ts';
import { CONNECT_TIME, RETRY_TIME } from './support/fake-session.ts';
import { oneService, R1, SpeakerHarness, settledHarness, smallCluster } from './support/speaker-harness.ts';

const ROWS: readonly [
  when: string,
  from: StateName,
  to: StateName,
  cause: TransitionCause,
  level: string,
  sentence: string,
][] = [
  ['it is established', 'OpenConfirm', 'Established', 'keepalive', 'info', 'session established'],
  ['it is lost', 'Established', 'Idle', 'lost', 'warn', 'session lost'],
  [
    'a connection failed, back to Idle',
    'Connect',
    'Idle',
    'connect-failed',
    'warn',
    'session does not come up',
  ],
  [
    'a connection failed, inbound allowed',
    'Connect',
    'Active',
    'connect-failed',
    'warn',
    'session does not come up',
  ],
  [
    'the peer rejected the connection',
    'OpenSent',
    'Active',
    'turned-away',
    'warn',
    'session does not come up',
  ],
  ['it waits for an inbound connection', 'Idle', 'Active', 'rested', 'debug', 'session state changed'],
  ['it was stopped', 'OpenSent', 'Idle', 'stopped', 'debug', 'session state changed'],
  ['it progresses', 'Connect', 'OpenSent', 'connected', 'debug', 'session state changed'],
];

describe('the log of a session', () => {
  for (const [when, from, to, cause, level, sentence] of ROWS) {
    it(`when ${when}: ${level}, ${sentence}`, async () => {
      const harness = await settledHarness(...oneService());
      const neighbour = harness.speaker.neighbours.get('r1');
      assert.ok(neighbour !== undefined);
      const lines: string[] = [];
      const log = createLog({
        ...{ level: 'debug', format: 'json', clock: harness.clock },
        sink: (line) => lines.push(line),
      });
      const report = new SpeakerReporter({
        ...{ log, metrics: new Metrics('test'), clock: harness.clock, node: 'n1' },
        statusObserver: { reconciled: () => {}, sessionChanged: () => {} },
      });
      report.stateChanged(neighbour, from, to, { cause, text: 'why', sent: null, received: null });
      const logged = lines.map((line) => JSON.parse(line));
      assert.deepEqual(
        logged.map((line) => [line.level, line.msg, line.peer, line.because]),
        [[level, sentence, 'r1', 'why']],
      );
    });
  }
});

describe('the metrics', () => {
  const createReporter = (harness: SpeakerHarness) => {
    const metrics = new Metrics('test');
    const report = new SpeakerReporter({
      ...{ log: silentLog, metrics, clock: harness.clock, node: 'n1' },
      statusObserver: { reconciled: () => {}, sessionChanged: () => {} },
    });
    for (const changes of harness.changes) report.reconciled(changes, 0);
    const sample = async (name: string): Promise<string | null> => {
      report.scrape(harness.speaker);
      const line = (await metrics.text()).split('\n').find((one) => one.startsWith(`${name}{`));
      return line?.split(' ').at(-1) ?? null;
    };
    const seriesOf = async (peer: string): Promise<readonly string[]> =>
      (await metrics.text()).split('\n').filter((line) => line.includes(`peer="${peer}"`));
    return { report, sample, seriesOf };
  };

  it('show no address while the node is drained, and all again once it resumes', async () => {
    const harness = await settledHarness(...oneService());
    const { sample } = createReporter(harness);
    assert.equal(await sample('metallb_speaker_announced'), '1');
    await harness.speaker.shutDown();
    assert.equal(await sample('metallb_speaker_announced'), null);
    harness.speaker.resume();
    await harness.clock.advanceAsync(CONNECT_TIME);
    assert.equal(await sample('metallb_speaker_announced'), '1');
  });

  it('count the prefixes of a family that the peer does not offer as not advertised', async () => {
    const harness = new SpeakerHarness([...oneService(), ...serviceWithEndpoint('six', 'fd00:20::1')]);
    harness.router(R1).open = routerOpen({ families: [4] });
    await harness.start();
    assert.equal(await createReporter(harness).sample('berth_bgp_untold_prefixes'), '1');
  });

  it('of a removed peer end, counters too, and its last transitions bring none back', async () => {
    const harness = await settledHarness(...oneService());
    const { report, sample, seriesOf } = createReporter(harness);
    const [neighbour] = harness.speaker.neighbours.values();
    const [session] = harness.sessions;
    assert.ok(neighbour !== undefined && session !== undefined);
    session.sentUpdates = 3;
    report.stateChanged(neighbour, 'OpenConfirm', 'Established', {
      cause: 'keepalive',
      text: '',
      sent: null,
      received: null,
    });
    report.stateChanged(neighbour, 'Established', 'Idle', {
      cause: 'lost',
      text: '',
      sent: null,
      received: null,
    });
    report.routesDropped(neighbour, 1);
    assert.equal(await sample('metallb_bgp_updates_total'), '3');
    assert.ok((await seriesOf(neighbour.label)).length > 8);
    await harness.speaker.shutDown();
    report.neighbourRemoved(neighbour);
    report.stateChanged(neighbour, 'Established', 'Idle', {
      cause: 'stopped',
      text: '',
      sent: null,
      received: null,
    });
    report.routesDropped(neighbour, 1);
    report.scrape(harness.speaker);
    assert.deepEqual(await seriesOf(neighbour.label), []);
  });

  describe('of two BGPPeers with one address', () => {
    const lost = { cause: 'lost', text: '', sent: null, received: null } as const;

    /** Two sessions with one router. It sent 3 UPDATEs over that of r1, and 4 over that of r2. */
    const twins = async () => {
      const harness = await settledHarness(
        ...smallCluster(peer('r1', { peerAddress: R1 }), peer('r2', { peerAddress: R1 })),
        ...serviceWithEndpoint('a', '10.20.1.1'),
      );
      harness.router(R1).session = null; // it accepts a second one
      await harness.clock.advanceAsync(RETRY_TIME);
      const [first, second] = harness.speaker.neighbours.values();
      const [session1, session2] = harness.sessions;
      assert.ok(first && second && session1 && session2);
      session1.sentUpdates = 3;
      session2.sentUpdates = 4;
      const { report, sample, seriesOf } = createReporter(harness);
      const series = async (): Promise<Readonly<Record<string, string | null>>> => {
        const values: Record<string, string | null> = {};
        for (const name of ['metallb_bgp_session_up', ...TOTALS]) values[name] = await sample(name);
        return values;
      };
      return { harness, report, sample, series, seriesOf, first, second, session1, session2 };
    };
    const TOTALS = [
      'metallb_bgp_updates_total',
      'metallb_bgp_announced_prefixes_total',
      'berth_bgp_prefixes',
    ];
    const valuesOf = (up: number, updates: number, prefixes: number) => ({
      metallb_bgp_session_up: `${up}`,
      metallb_bgp_updates_total: `${updates}`,
      metallb_bgp_announced_prefixes_total: `${prefixes}`,
      berth_bgp_prefixes: `${prefixes}`,
    });

    it('add up, and say "up" only of both', async () => {
      const { series, session2 } = await twins();
      assert.deepEqual(await series(), valuesOf(1, 7, 2));
      session2.lose();
      assert.equal((await series())['metallb_bgp_session_up'], '0');
    });

    it('are those of the other one when one is deleted, and end with the last', async () => {
      const { harness, report, sample, series, seriesOf, first, second } = await twins();
      report.stateChanged(first, 'Established', 'Idle', lost);
      await series();
      await harness.changeAndSettle((store) => store.delete('BGPPeer r1'));
      report.neighbourRemoved(first);
      assert.deepEqual(await series(), valuesOf(1, 7, 1));
      assert.equal(await sample('berth_bgp_state_changes_total'), '1', 'a counter goes on');
      report.neighbourRemoved(second);
      assert.deepEqual(await seriesOf(first.label), []);
    });
  });
});
