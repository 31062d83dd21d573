/** `docs/bgp-sessions.md` agrees with the code. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../../../dev/place.mjs';
import { CONNECT_TIME, IDLE_HOLD } from '../../../src/bgp/session/settings.ts';
import { OPENING_HOLD, SEND_HOLD_MIN, STABLE_AFTER } from '../../../src/bgp/session/timers.ts';
import { TRANSITIONS } from '../../../src/bgp/session/transitions.ts';
import { codeOf, listRows } from '../../docs/support/markdown.ts';

const page = readFileSync(join(root, 'docs', 'bgp-sessions.md'), 'utf8');

/** The diagram that the page must contain. */
const diagram = [
  '```mermaid',
  'stateDiagram-v2',
  '    [*] --> Idle',
  ...TRANSITIONS.map(({ from, to, causes }) => `    ${from} --> ${to}: ${causes.join(', ')}`),
  '```',
].join('\n');

describe('the page on sessions', () => {
  it('has a diagram of every transition', () => {
    const actual = /^```mermaid[\s\S]*?^```/m.exec(page)?.[0];
    assert.equal(actual, diagram);
  });

  it('explains every cause', () => {
    const causes = [...new Set(TRANSITIONS.flatMap((one) => one.causes))];
    const rows = listRows(page).filter(({ length }) => length === 2);
    assert.deepEqual(rows.map(([cause = '']) => codeOf(cause)).sort(), causes.sort());
    for (const [cause, meaning = ''] of rows) assert.ok(meaning.length > 0, cause);
  });

  it('lists every transition with its causes', () => {
    const listed = listRows(page).filter(({ length }) => length === 3);
    const all = TRANSITIONS.map(({ from, to, causes }) => [
      `\`${from}\``,
      to,
      causes.map((cause) => `\`${cause}\``).join(', '),
    ]);
    assert.deepEqual(listed, all);
  });

  it('gives the durations of the code', () => {
    const timers = listRows(page).filter(({ length }) => length === 4);
    const seconds = new Map(timers.map(([name = '', value = '']) => [codeOf(name), value]));
    const durationOf = (name: string): string | undefined => seconds.get(name);
    assert.equal(durationOf('ConnectRetryTimer'), `${CONNECT_TIME / 1000} s`);
    assert.equal(
      durationOf('IdleHoldTimer'),
      `${IDLE_HOLD.first / 1000} s, doubled up to ${IDLE_HOLD.max / 1000} s`,
    );
    assert.equal(durationOf('HoldTimer before the OPEN'), `${OPENING_HOLD / 1000} s`);
    assert.equal(durationOf('SendHoldTimer'), `${SEND_HOLD_MIN / 1000} s, or twice the hold time`);
    assert.equal(durationOf('a session is stable'), `${STABLE_AFTER / 1000} s`);
  });
});
