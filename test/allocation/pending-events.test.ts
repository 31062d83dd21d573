/** What is told of writes that are tried more than once. */
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
  says: string,
  decisions: readonly AllocationDecision[],
  told: readonly string[],
  granted: readonly Address[],
];

const rows: readonly Row[] = [
  ['one decision tells its own', [decision([['IPAllocated', 'a']], { granted: [A] })], ['a'], [A]],
  [
    'what the second has nothing to say of is told with it',
    [decision([['IPAllocated', 'a']], { granted: [A] }), decision([], { addresses: [A] })],
    ['a'],
    [A],
  ],
  [
    'the same once more is told once',
    [decision([['IPAllocated', 'a']], { granted: [A] }), decision([['IPAllocated', 'a']], { granted: [A] })],
    ['a'],
    [A],
  ],
  [
    'of one reason only the latest is told, whoever its words name',
    ['x', 'y', 'z'].map((holder) => decision([['AllocationFailed', `in use by ${holder}`]])),
    ['in use by z'],
    [],
  ],
  [
    'of different reasons all are, the older first',
    [decision([['ClearAssignment', 'lost']]), decision([['AllocationFailed', 'none']])],
    ['lost', 'none'],
    [],
  ],
  [
    'what was granted and lost again on the way is no grant',
    [decision([['IPAllocated', 'a']], { granted: [A] }), decision([['IPAllocated', 'b']], { granted: [B] })],
    ['b'],
    [B],
  ],
];

for (const [says, decisions, told, granted] of rows) {
  test(says, () => {
    const untold = new PendingEvents();
    const last = decisions.map((one) => untold.add(KEY, one)).at(-1);
    assert.ok(last);
    assert.deepEqual([messages(last), last.granted], [told, granted]);
    assert.deepEqual(untold.take(KEY), last, 'the same where the write is found to stand');
    assert.deepEqual(messages(untold.take(KEY)), [], 'and only once');
  });
}

test('however long a write fails, what is told of it does not grow', () => {
  const untold = new PendingEvents();
  for (let i = 0; i < 1000; i++) untold.add(KEY, decision([['AllocationFailed', `in use by s${i}`]]));
  assert.deepEqual(messages(untold.take(KEY)), ['in use by s999']);
});

test('what was written is told no more, and nothing of one Service is told of another', () => {
  const untold = new PendingEvents();
  untold.add(KEY, decision([['IPAllocated', 'a']], { granted: [A] }));
  assert.deepEqual(messages(untold.add('default/other', decision([]))), []);
  untold.discard(KEY);
  assert.deepEqual(messages(untold.add(KEY, decision([]))), []);
  untold.add(KEY, decision([['IPAllocated', 'a']]));
  untold.clear();
  assert.deepEqual(messages(untold.take(KEY)), []);
});
