/** Which moves of a session people are told of in the log, and how loud. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cause } from '../../src/bgp/session/event.ts';
import type { StateName } from '../../src/bgp/session/session.ts';
import { createLog } from '../../src/observe/log.ts';
import { Metrics } from '../../src/observe/metrics.ts';
import { Report } from '../../src/speaker/report.ts';
import { one, quiet } from './world.ts';

const ROWS: readonly [
  when: string,
  from: StateName,
  to: StateName,
  cause: Cause,
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
  ['it waits to be dialled', 'Idle', 'Active', 'rested', 'debug', 'session moves'],
  ['it was stopped', 'OpenSent', 'Idle', 'stopped', 'debug', 'session moves'],
  ['it goes on', 'Connect', 'OpenSent', 'connected', 'debug', 'session moves'],
];

describe('the log says of a session', () => {
  for (const [when, from, to, cause, level, sentence] of ROWS) {
    it(`when ${when}: ${level}, ${sentence}`, async () => {
      const world = await quiet(...one());
      const neighbour = world.speaker.neighbours.get('r1');
      assert.ok(neighbour !== undefined);
      const lines: string[] = [];
      const log = createLog({
        ...{ level: 'debug', format: 'json', clock: world.clock },
        sink: (line) => lines.push(line),
      });
      const report = new Report({
        ...{ log, metrics: new Metrics('test'), clock: world.clock, node: 'n1' },
        also: { looked: () => {}, sessionChanged: () => {} },
      });
      report.moved(neighbour, from, to, { cause, says: 'why', sent: null, received: null });
      const said = lines.map((line) => JSON.parse(line));
      assert.deepEqual(
        said.map((line) => [line.level, line.msg, line.peer, line.because]),
        [[level, sentence, 'r1', 'why']],
      );
    });
  }
});
