/** Events of writes that are tried more than once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionTrue } from '../../src/allocation/condition-reasons.ts';
import type { AllocationDecision, AllocationEventReason } from '../../src/allocation/decision.ts';
import { type EventBatch, PendingEvents } from '../../src/allocation/pending-events.ts';
import type { Address } from '../../src/net/address.ts';

const KEY = 'default/it';
const A: Address = { family: 4, bits: 0x0a000001n };
const B: Address = { family: 4, bits: 0x0a000002n };

const decision = (
  events: readonly [reason: AllocationEventReason, message: string][],
  { granted = [], addresses = granted }: Partial<Pick<AllocationDecision, 'granted' | 'addresses'>> = {},
): AllocationDecision => ({
  condition: conditionTrue('Assigned', 'It has.'),
  owner: 'berth',
  addresses,
  pool: 'p',
  events: events.map(([reason, message]) => ({ type: 'Normal', reason, message })),
  waitTargets: [],
  granted,
  hasConflict: false,
});

const messages = ({ events }: EventBatch): readonly string[] => events.map(({ message }) => message);

type Row = readonly [
  title: string,
  decisions: readonly AllocationDecision[],
  reported: readonly string[],
  granted: readonly Address[],
];

const rows: readonly Row[] = [
  ['one decision has its own events', [decision([['IPAllocated', 'a']], { granted: [A] })], ['a'], [A]],
  [
    'a second decision without events keeps those of the first',
    [decision([['IPAllocated', 'a']], { granted: [A] }), decision([], { addresses: [A] })],
    ['a'],
    [A],
  ],
  [
    'the same event twice is sent once',
    [decision([['IPAllocated', 'a']], { granted: [A] }), decision([['IPAllocated', 'a']], { granted: [A] })],
    ['a'],
    [A],
  ],
  [
    'of one reason only the latest is sent',
    ['x', 'y', 'z'].map((holder) => decision([['AllocationFailed', `in use by ${holder}`]])),
    ['in use by z'],
    [],
  ],
  [
    'of different reasons all are sent, the oldest first',
    [decision([['ClearAssignment', 'lost']]), decision([['AllocationFailed', 'none']])],
    ['lost', 'none'],
    [],
  ],
  [
    'an address that was lost again is not granted',
    [decision([['IPAllocated', 'a']], { granted: [A] }), decision([['IPAllocated', 'b']], { granted: [B] })],
    ['b'],
    [B],
  ],
];

for (const [title, decisions, reported, granted] of rows) {
  test(title, () => {
    const pendingEvents = new PendingEvents();
    const last = decisions.map((one) => pendingEvents.add(KEY, one)).at(-1);
    assert.ok(last);
    assert.deepEqual([messages(last), last.granted], [reported, granted]);
    assert.deepEqual(pendingEvents.take(KEY), last, 'the same where the write turns out to have succeeded');
    assert.deepEqual(messages(pendingEvents.take(KEY)), [], 'only once');
  });
}

test('pending events do not grow while a write fails', () => {
  const pendingEvents = new PendingEvents();
  for (let i = 0; i < 1000; i++) pendingEvents.add(KEY, decision([['AllocationFailed', `in use by s${i}`]]));
  assert.deepEqual(messages(pendingEvents.take(KEY)), ['in use by s999']);
});

test('discarded events are not sent, and Services do not mix', () => {
  const pendingEvents = new PendingEvents();
  pendingEvents.add(KEY, decision([['IPAllocated', 'a']], { granted: [A] }));
  assert.deepEqual(messages(pendingEvents.add('default/other', decision([]))), []);
  pendingEvents.discard(KEY);
  assert.deepEqual(messages(pendingEvents.add(KEY, decision([]))), []);
  pendingEvents.add(KEY, decision([['IPAllocated', 'a']]));
  pendingEvents.clear();
  assert.deepEqual(messages(pendingEvents.take(KEY)), []);
});
