import assert from 'node:assert/strict';
import { test } from 'node:test';
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
  const told: string[] = [];
  const logged: string[] = [];
  const world = {
    known: first,
    leading: true,
    book: buildPoolSet([poolOf(...addresses)], null) as PoolSet,
  };
  const warnings = new PoolWarnings({
    clock,
    log: createLog({ level: 'info', format: 'json', sink: (line) => logged.push(line), clock }),
    namespace: 'metallb-system',
    poolSet: () => world.book,
    reservedAddresses: () => Promise.resolve(world.known),
    isLeading: () => world.leading,
    events: ({ regarding, event }: ControllerEvent) =>
      told.push(`${regarding.kind} ${regarding.name}: ${event.message}`),
  });
  const changed = async (): Promise<void> => {
    warnings.changed();
    await clock.advanceAsync(SETTLE_TIME);
  };
  return { world, told, logged, warnings, clock, changed };
}

test('a pool with a node in it is told so once, however often somebody looks', async () => {
  const { told, logged, changed } = createHarness(['192.0.2.0/24'], node('one', '192.0.2.10'));
  await changed();
  await changed();
  assert.deepEqual(told, ['IPAddressPool p: spec.addresses[0]: holds 192.0.2.10 of node one']);
  assert.equal(logged.length, 1);
});

test('one more node in a range that holds nodes is no news; one in another range is', async () => {
  const { world, told, changed } = createHarness(
    ['192.0.2.0/24', '198.51.100.0/24'],
    node('one', '192.0.2.10'),
  );
  await changed();
  world.known = {
    addresses: [...world.known.addresses, ...node('two', '192.0.2.11').addresses],
    ranges: [],
  };
  await changed();
  assert.equal(told.length, 1);
  world.known = {
    addresses: [...world.known.addresses, ...node('x', '198.51.100.1').addresses],
    ranges: [],
  };
  await changed();
  assert.match(told[1] ?? '', /192\.0\.2\.10 of node one; 192\.0\.2\.11 of node two.*198\.51\.100\.1/);
});

test('the cluster IPs, host bits and addresses that nobody reaches are one event together', async () => {
  const cluster = parseRange('10.96.0.0/12');
  assert.ok(cluster.ok);
  const known = { addresses: [], ranges: [{ owner: 'the cluster IPs', range: cluster.value }] };
  const { told, changed } = createHarness(['10.100.0.7/24', '127.0.0.0/24'], known);
  await changed();
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /host bits|10\.100\.0\.0\/24/);
  assert.match(told[0] ?? '', /loopback/);
  assert.match(told[0] ?? '', /addresses of 10\.96\.0\.0\/12, the cluster IPs/);
});

test('a pool with nothing odd in it hears nothing, and one that was mended can be told again', async () => {
  const { world, told, changed } = createHarness(['192.0.2.0/24'], NO_ADDRESSES);
  await changed();
  assert.deepEqual(told, []);
  world.known = node('one', '192.0.2.10');
  await changed();
  world.known = NO_ADDRESSES;
  await changed();
  world.known = node('one', '192.0.2.10');
  await changed();
  assert.equal(told.length, 2);
});

test('another pool of the same name is told for itself', async () => {
  const { world, told, changed } = createHarness(['192.0.2.0/24'], node('one', '192.0.2.10'));
  await changed();
  const other = { ...poolOf('192.0.2.0/24'), uid: 'uid-other' };
  world.book = buildPoolSet([other], world.book);
  await changed();
  assert.equal(told.length, 2);
});

test('a standby says nothing, nor does one that lost the lead while it asked', async () => {
  const { world, told, warnings, clock, changed } = createHarness(
    ['192.0.2.0/24'],
    node('one', '192.0.2.10'),
  );
  world.leading = false;
  await changed();
  world.leading = true;
  warnings.changed();
  world.leading = false;
  await clock.advanceAsync(SETTLE_TIME);
  assert.deepEqual(told, []);
});

test('a crowd of changes is one look, and none comes after the stop', async () => {
  const { warnings, clock } = createHarness(['192.0.2.0/24'], NO_ADDRESSES);
  for (let i = 0; i < 100; i++) warnings.changed();
  assert.equal(clock.pending, 1);
  warnings.stop();
  assert.equal(clock.pending, 0);
});
