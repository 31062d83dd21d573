import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KnownAddresses } from '../../src/config/pool-warnings.ts';
import { type PoolBook, poolObject, reviewPools } from '../../src/config/pools.ts';
import { PoolWarnings } from '../../src/controller/poolwarnings.ts';
import type { EventNote } from '../../src/controller/ports.ts';
import { parseAddress } from '../../src/net/address.ts';
import { parseRange } from '../../src/net/range.ts';
import { createLog } from '../../src/observe/log.ts';
import { FakeClock } from '../support/clock.ts';

const LONG_ENOUGH = 5000;

const poolOf = (...addresses: string[]) =>
  poolObject({ metadata: { name: 'p', uid: 'uid-p' }, spec: { addresses } });

const node = (name: string, text: string): KnownAddresses => {
  const address = parseAddress(text);
  assert.ok(address.ok);
  return { addresses: [{ owner: `node ${name}`, address: address.value }], ranges: [] };
};

const NOBODY: KnownAddresses = { addresses: [], ranges: [] };

function story(addresses: readonly string[], first: KnownAddresses) {
  const clock = new FakeClock();
  const told: string[] = [];
  const logged: string[] = [];
  const world = {
    known: first,
    leading: true,
    book: reviewPools([poolOf(...addresses)], null) as PoolBook,
  };
  const warnings = new PoolWarnings({
    clock,
    log: createLog({ level: 'info', format: 'json', sink: (line) => logged.push(line), clock }),
    namespace: 'metallb-system',
    book: () => world.book,
    known: () => Promise.resolve(world.known),
    isLeading: () => world.leading,
    events: ({ about, event }: EventNote) => told.push(`${about.kind} ${about.name}: ${event.message}`),
  });
  const changed = async (): Promise<void> => {
    warnings.changed();
    await clock.pass(LONG_ENOUGH);
  };
  return { world, told, logged, warnings, clock, changed };
}

test('a pool with a node in it is told so once, however often somebody looks', async () => {
  const { told, logged, changed } = story(['192.0.2.0/24'], node('one', '192.0.2.10'));
  await changed();
  await changed();
  assert.deepEqual(told, ['IPAddressPool p: spec.addresses[0]: holds 192.0.2.10 of node one']);
  assert.equal(logged.length, 1);
});

test('one more node in a range that holds nodes is no news; one in another range is', async () => {
  const { world, told, changed } = story(['192.0.2.0/24', '198.51.100.0/24'], node('one', '192.0.2.10'));
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
  const { told, changed } = story(['10.100.0.7/24', '127.0.0.0/24'], known);
  await changed();
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /host bits|10\.100\.0\.0\/24/);
  assert.match(told[0] ?? '', /loopback/);
  assert.match(told[0] ?? '', /addresses of 10\.96\.0\.0\/12, the cluster IPs/);
});

test('a pool with nothing odd in it hears nothing, and one that was mended can be told again', async () => {
  const { world, told, changed } = story(['192.0.2.0/24'], NOBODY);
  await changed();
  assert.deepEqual(told, []);
  world.known = node('one', '192.0.2.10');
  await changed();
  world.known = NOBODY;
  await changed();
  world.known = node('one', '192.0.2.10');
  await changed();
  assert.equal(told.length, 2);
});

test('another pool of the same name is told for itself', async () => {
  const { world, told, changed } = story(['192.0.2.0/24'], node('one', '192.0.2.10'));
  await changed();
  const other = { ...poolOf('192.0.2.0/24'), uid: 'uid-other' };
  world.book = reviewPools([other], world.book);
  await changed();
  assert.equal(told.length, 2);
});

test('a standby says nothing, nor does one that lost the lead while it asked', async () => {
  const { world, told, warnings, clock, changed } = story(['192.0.2.0/24'], node('one', '192.0.2.10'));
  world.leading = false;
  await changed();
  world.leading = true;
  warnings.changed();
  world.leading = false;
  await clock.pass(LONG_ENOUGH);
  assert.deepEqual(told, []);
});

test('a crowd of changes is one look, and none comes after the stop', async () => {
  const { warnings, clock } = story(['192.0.2.0/24'], NOBODY);
  for (let i = 0; i < 100; i++) warnings.changed();
  assert.equal(clock.pending, 1);
  warnings.stop();
  assert.equal(clock.pending, 0);
});
