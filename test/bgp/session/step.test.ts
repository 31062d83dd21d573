/** The session state machine as a table: state, event, actions, next state. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SessionEvent } from '../../../src/bgp/session/events.ts';
import { SESSION_STATES } from '../../../src/bgp/session/session.ts';
import { TRANSITIONS } from '../../../src/bgp/session/transitions.ts';
import { ACTIVE } from './support/rows/active.ts';
import { COLLISION } from './support/rows/collision.ts';
import { CONNECT } from './support/rows/connect.ts';
import { ESTABLISHED } from './support/rows/established.ts';
import { IDLE } from './support/rows/idle.ts';
import { OPEN_CONFIRM } from './support/rows/open-confirm.ts';
import { OPEN_SENT } from './support/rows/open-sent.ts';
import type { Row } from './support/rows/row.ts';
import { inState } from './support/states.ts';

const rows: readonly Row[] = [
  ...IDLE,
  ...CONNECT,
  ...ACTIVE,
  ...OPEN_SENT,
  ...OPEN_CONFIRM,
  ...ESTABLISHED,
  ...COLLISION,
];

/** All events; the compiler reports a missing one. */
const EVENTS = {
  start: true,
  stop: true,
  connected: true,
  'connect-failed': true,
  accepted: true,
  closed: true,
  'received open': true,
  'received keepalive': true,
  'received update': true,
  'received notification': true,
  'received route-refresh': true,
  malformed: true,
  'write-progress': true,
  'bfd-down': true,
  tick: true,
} as const satisfies Record<EventName, true>;

type Received = Extract<SessionEvent, { readonly kind: 'received' }>;
type EventName = Exclude<SessionEvent['kind'], 'received'> | `received ${Received['message']['kind']}`;

const nameOf = (event: SessionEvent): EventName =>
  event.kind === 'received' ? `received ${event.message.kind}` : event.kind;

describe('the session state machine', () => {
  for (const [rfc, from, when, happens, does, to, settings] of rows) {
    it(`${from}: ${when} (${rfc.startsWith('RFC') ? rfc : `RFC 4271 ${rfc}`})`, () => {
      const harness = inState(from, settings);
      const before = harness.state;
      assert.equal(before, from.split(',')[0]);
      harness.apply(happens(harness));
      assert.deepEqual(harness.actionNames, does);
      assert.equal(harness.state, to);
      if (before !== to) assert.ok(harness.details.text.length > 0);
    });
  }
});

describe('the table', () => {
  it('has a row for every event in every state', () => {
    const seen = new Set<string>();
    for (const [, from, , happens, , , settings] of rows) {
      const harness = inState(from, settings);
      seen.add(`${harness.state}: ${nameOf(happens(harness))}`);
    }
    const all = SESSION_STATES.flatMap((state) => Object.keys(EVENTS).map((event) => `${state}: ${event}`));
    assert.deepEqual(
      all.filter((one) => !seen.has(one)),
      [],
    );
  });

  it('has no duplicate rows', () => {
    const names = rows.map(([, from, when]) => `${from}: ${when}`);
    assert.equal(new Set(names).size, names.length);
    assert.ok(rows.length >= 150, `${rows.length} rows`);
  });

  it('covers every transition, by each of its causes', () => {
    const seen = new Set<string>();
    for (const [, from, , happens, , , settings] of rows) {
      const harness = inState(from, settings);
      harness.apply(happens(harness));
      for (const action of harness.actions) {
        if (action.kind === 'state-changed')
          seen.add(`${action.from} → ${action.to}: ${action.details.cause}`);
      }
    }
    const all = TRANSITIONS.flatMap(({ from, to, causes }) =>
      causes.map((cause) => `${from} → ${to}: ${cause}`),
    );
    assert.deepEqual([...seen].sort(), [...all].sort());
  });
});
