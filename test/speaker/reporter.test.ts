/** Log level and message of each transition of a session; metrics on scrape. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TransitionCause } from '../../src/bgp/session/events.ts';
import type { StateName } from '../../src/bgp/session/session.ts';
import { createLog, silentLog } from '../../src/observe/log.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import { SpeakerReporter } from '../../src/speaker/reporter.ts';
import { serviceWithEndpoint } from '../announce/support/cluster.ts';
import { routerOpen } from './support/fake-router.ts';
import { CONNECT_TIME } from './support/fake-session.ts';
import { oneService, R1, SpeakerHarness, settledHarness } from './support/speaker-harness.ts';

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
});
