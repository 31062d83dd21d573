import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sleep } from '../../../src/base/clock.ts';
import { buildPoolSet, type PoolSet, toPoolObject } from '../../../src/config/pool/pool-set.ts';
import type { ReservedAddresses } from '../../../src/config/pool/warnings.ts';
import { PoolWarnings } from '../../../src/controller/pools/warnings.ts';
import type { ControllerEvent } from '../../../src/controller/ports.ts';
import { parseAddress } from '../../../src/net/address.ts';
import { parseRange } from '../../../src/net/range.ts';
import { createLog } from '../../../src/observe/log.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const SETTLE_TIME = 5000;

const poolOf = (...addresses: string[]) =>
  toPoolObject({ metadata: { name: 'p', uid: 'uid-p' }, spec: { addresses } });

const node = (name: string, text: string): ReservedAddresses => {
  const address = parseAddress(text);
  assert.ok(address.ok);
  return { addresses: [{ owner: `node ${name}`, address: address.value }], ranges: [] };
};

const NO_ADDRESSES: ReservedAddresses = { addresses: [], ranges: [] };

function createHarness(addresses: readonly string[], first: ReservedAddresses) {
  const clock = new FakeClock();
  const messages: string[] = [];
  const logged: string[] = [];
  const state = {
    known: first,
    /** The time that it takes to find out. */
    delay: 0,
    leading: true,
    book: buildPoolSet([poolOf(...addresses)], null) as PoolSet,
  };
  const warnings = new PoolWarnings({
    clock,
    log: createLog({ level: 'info', format: 'json', sink: (line) => logged.push(line), clock }),
    namespace: 'metallb-system',
    poolSet: () => state.book,
    reservedAddresses: async () => {
      const { known } = state;
      if (state.delay > 0) await sleep(clock, state.delay);
      return known;
    },
    isLeading: () => state.leading,
    events: ({ regarding, event }: ControllerEvent) =>
      messages.push(`${regarding.kind} ${regarding.name}: ${event.message}`),
  });
  const changed = async (): Promise<void> => {
    warnings.review();
    await clock.advanceAsync(SETTLE_TIME);
  };
  return { state, messages, logged, warnings, clock, changed };
}

test('a pool with the address of a node is warned of once, however often it is checked', async () => {
  const { messages, logged, changed } = createHarness(['192.0.2.0/24'], node('one', '192.0.2.10'));
  await changed();
  await changed();
  assert.deepEqual(messages, ['IPAddressPool p: spec.addresses[0]: holds 192.0.2.10 of node one']);
  assert.equal(logged.length, 1);
});

test('one more node in a range that holds nodes is no new warning; one in another range is', async () => {
  const { state, messages, changed } = createHarness(
    ['192.0.2.0/24', '198.51.100.0/24'],
    node('one', '192.0.2.10'),
  );
  await changed();
  state.known = {
    addresses: [...state.known.addresses, ...node('two', '192.0.2.11').addresses],
    ranges: [],
  };
  await changed();
  assert.equal(messages.length, 1);
  state.known = {
    addresses: [...state.known.addresses, ...node('x', '198.51.100.1').addresses],
    ranges: [],
  };
  await changed();
  assert.match(messages[1] ?? '', /192\.0\.2\.10 of node one; 192\.0\.2\.11 of node two.*198\.51\.100\.1/);
});

test('cluster IPs, host bits and unreachable addresses are one Event together', async () => {
  const cluster = parseRange('10.96.0.0/12');
  assert.ok(cluster.ok);
  const known = { addresses: [], ranges: [{ owner: 'the cluster IPs', range: cluster.value }] };
  const { messages, changed } = createHarness(['10.100.0.7/24', '169.254.0.0/24'], known);
  await changed();
  assert.equal(messages.length, 1);
  assert.match(messages[0] ?? '', /host bits|10\.100\.0\.0\/24/);
  assert.match(messages[0] ?? '', /link-local/);
  assert.match(messages[0] ?? '', /addresses of 10\.96\.0\.0\/12, the cluster IPs/);
});

test('a pool without warnings has no Event, and one that was fixed can be warned of again', async () => {
  const { state, messages, changed } = createHarness(['192.0.2.0/24'], NO_ADDRESSES);
  await changed();
  assert.deepEqual(messages, []);
  state.known = node('one', '192.0.2.10');
  await changed();
  state.known = NO_ADDRESSES;
  await changed();
  state.known = node('one', '192.0.2.10');
  await changed();
  assert.equal(messages.length, 2);
});

test('a recreated pool of the same name is warned of again', async () => {
  const { state, messages, changed } = createHarness(['192.0.2.0/24'], node('one', '192.0.2.10'));
  await changed();
  const other = { ...poolOf('192.0.2.0/24'), uid: 'uid-other' };
  state.book = buildPoolSet([other], state.book);
  await changed();
  assert.equal(messages.length, 2);
});

test('a standby warns of nothing, nor does a leader that lost its Lease while it listed', async () => {
  const { state, messages, warnings, clock, changed } = createHarness(
    ['192.0.2.0/24'],
    node('one', '192.0.2.10'),
  );
  state.leading = false;
  await changed();
  state.leading = true;
  warnings.review();
  state.leading = false;
  await clock.advanceAsync(SETTLE_TIME);
  assert.deepEqual(messages, []);
});

test('many changes are one check, and there is none after the stop', async () => {
  const { warnings, clock } = createHarness(['192.0.2.0/24'], NO_ADDRESSES);
  for (let i = 0; i < 100; i++) warnings.review();
  assert.equal(clock.pending, 1);
  warnings.stop();
  assert.equal(clock.pending, 0);
});

test('a pool is judged by the newest addresses, however slow an older answer is', async () => {
  const { state, messages, clock, changed } = createHarness(['192.0.2.0/24'], node('one', '192.0.2.10'));
  state.delay = 60_000;
  await changed();
  Object.assign(state, { known: NO_ADDRESSES, delay: 0 });
  await changed();
  await clock.advanceAsync(60_000);
  state.known = node('one', '192.0.2.10');
  await changed();
  assert.equal(messages.length, 2, 'the pool was without a warning in between');
});

test('addresses that come after the term are not reported in the next one', async () => {
  const { state, messages, warnings, clock, changed } = createHarness(
    ['192.0.2.0/24'],
    node('one', '192.0.2.10'),
  );
  state.delay = 60_000;
  await changed();
  warnings.stop();
  Object.assign(state, { known: NO_ADDRESSES, delay: 0 });
  await changed();
  await clock.advanceAsync(60_000);
  assert.deepEqual(messages, []);
});
