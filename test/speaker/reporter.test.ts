/** Which moves of a session people are told of in the log, and how loud. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TransitionCause } from '../../src/bgp/session/events.ts';
import type { StateName } from '../../src/bgp/session/session.ts';
import { createLog, silentLog } from '../../src/observe/log.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import { SpeakerReporter } from '../../src/speaker/reporter.ts';
import { CONNECT_TIME } from './support/fake-session.ts';
import { oneService, type SpeakerWorld, settledWorld } from './support/speaker-world.ts';

const ROWS: readonly [
  when: string,
  from: StateName,
  to: StateName,
  cause: TransitionCause,
  level: string,
  sentence: string,
][] = [
  ['it stands', 'OpenConfirm', 'Established', 'keepalive', 'info', 'session established'],
  ['it stands no more', 'Established', 'Idle', 'lost', 'warn', 'session lost'],
  ['a dial failed, and it rests', 'Connect', 'Idle', 'connect-failed', 'warn', 'session does not come up'],
  [
    'a dial failed, and it may be dialled',
    'Connect',
    'Active',
    'connect-failed',
    'warn',
    'session does not come up',
  ],
  ['it was turned away', 'OpenSent', 'Active', 'turned-away', 'warn', 'session does not come up'],
  ['it waits to be dialled', 'Idle', 'Active', 'rested', 'debug', 'session state changed'],
  ['it was stopped', 'OpenSent', 'Idle', 'stopped', 'debug', 'session state changed'],
  ['it goes on', 'Connect', 'OpenSent', 'connected', 'debug', 'session state changed'],
];

describe('the log says of a session', () => {
  for (const [when, from, to, cause, level, sentence] of ROWS) {
    it(`when ${when}: ${level}, ${sentence}`, async () => {
      const world = await settledWorld(...oneService());
      const neighbour = world.speaker.neighbours.get('r1');
      assert.ok(neighbour !== undefined);
      const lines: string[] = [];
      const log = createLog({
        ...{ level: 'debug', format: 'json', clock: world.clock },
        sink: (line) => lines.push(line),
      });
      const report = new SpeakerReporter({
        ...{ log, metrics: new Metrics('test'), clock: world.clock, node: 'n1' },
        statusObserver: { reconciled: () => {}, sessionChanged: () => {} },
      });
      report.stateChanged(neighbour, from, to, { cause, text: 'why', sent: null, received: null });
      const said = lines.map((line) => JSON.parse(line));
      assert.deepEqual(
        said.map((line) => [line.level, line.msg, line.peer, line.because]),
        [[level, sentence, 'r1', 'why']],
      );
    });
  }
});

describe('the metrics', () => {
  const reporting = (world: SpeakerWorld) => {
    const metrics = new Metrics('test');
    const report = new SpeakerReporter({
      ...{ log: silentLog, metrics, clock: world.clock, node: 'n1' },
      statusObserver: { reconciled: () => {}, sessionChanged: () => {} },
    });
    for (const changes of world.changes) report.reconciled(changes, 0);
    const sample = async (name: string): Promise<string | null> => {
      report.scrape(world.speaker);
      const line = (await metrics.text()).split('\n').find((one) => one.startsWith(`${name}{`));
      return line?.split(' ').at(-1) ?? null;
    };
    return { report, sample };
  };

  it('show no address of a node that has left, and all of them once it is back', async () => {
    const world = await settledWorld(...oneService());
    const { sample } = reporting(world);
    assert.equal(await sample('metallb_speaker_announced'), '1');
    await world.speaker.shutDown();
    assert.equal(await sample('metallb_speaker_announced'), null);
    world.speaker.resume();
    await world.clock.advanceAsync(CONNECT_TIME);
    assert.equal(await sample('metallb_speaker_announced'), '1');
  });

  it('count what a peer was told at its very end too', async () => {
    const world = await settledWorld(...oneService());
    const { report, sample } = reporting(world);
    const [neighbour] = world.speaker.neighbours.values();
    const [line] = world.sessions;
    assert.ok(neighbour !== undefined && line !== undefined);
    line.sentUpdates = 3;
    assert.equal(await sample('metallb_bgp_updates_total'), '3');
    line.sentUpdates = 5;
    report.neighbourRemoved(neighbour);
    await world.speaker.shutDown();
    assert.equal(await sample('metallb_bgp_updates_total'), '5');
  });
});
