/** The BFD state machine as a table: state, event, actions, next state. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BfdSessionState } from '../../src/bfd/status.ts';
import { AUTHENTICATION, REPLAY } from './support/rows/authentication.ts';
import { INTERVALS } from './support/rows/intervals.ts';
import { DEMAND, POLL } from './support/rows/poll.ts';
import type { Row } from './support/rows/row.ts';
import { SILENCE } from './support/rows/silence.ts';
import { STATES } from './support/rows/states.ts';
import { inState } from './support/states.ts';

const rows: readonly Row[] = [
  ...STATES,
  ...SILENCE,
  ...INTERVALS,
  ...POLL,
  ...DEMAND,
  ...AUTHENTICATION,
  ...REPLAY,
];

describe('the BFD state machine', () => {
  for (const [rfc, from, rule, happens, actions, to, options] of rows) {
    it(`${from}: ${rule} (${rfc.startsWith('RFC') ? rfc : `RFC 5880 ${rfc}`})`, () => {
      const harness = inState(from, options?.settings);
      assert.equal(harness.session.state, from.split(',')[0]);
      happens(harness);
      assert.deepEqual(harness.actionNames, actions);
      assert.equal(harness.session.state, to);
      if (options?.check !== undefined) assert.deepEqual(options.check.read(harness), options.check.expected);
    });
  }
});

describe('the table of the BFD state machine', () => {
  it('has no duplicate rows', () => {
    const names = rows.map(
      ([, from, rule, , , , options]) => `${from}: ${rule} ${JSON.stringify(options?.settings)}`,
    );
    assert.equal(new Set(names).size, names.length);
    assert.ok(rows.length >= 90, `${rows.length} rows`);
  });

  it('leads from each state to each that the RFC allows, and to no other', () => {
    const seen = new Set<string>();
    for (const [, from, , happens, , , options] of rows) {
      const harness = inState(from, options?.settings);
      const before = harness.session.state;
      happens(harness);
      const change = harness.actions.find((action) => action.kind === 'changed');
      if (change?.kind === 'changed' && change.from !== harness.session.state)
        seen.add(`${change.from} → ${harness.session.state}`);
      assert.ok(STATE_NAMES.includes(before));
    }
    assert.deepEqual([...seen].sort(), [...ALLOWED].sort());
  });
});

const STATE_NAMES: readonly BfdSessionState[] = ['AdminDown', 'Down', 'Init', 'Up'];

/** RFC 5880 6.2, and AdminDown from every state. */
const ALLOWED: readonly string[] = [
  ...['Down → Init', 'Down → Up', 'Init → Up', 'Init → Down', 'Up → Down'],
  ...['Down → AdminDown', 'Init → AdminDown', 'Up → AdminDown', 'AdminDown → Down'],
];
