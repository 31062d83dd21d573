/** Which interfaces can answer. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type LinkAddress,
  type LinkState,
  sameInterfaces,
  usableInterfaces,
} from '../../../src/layer2/packets/usable-interfaces.ts';
import { owned } from './support/wire-story.ts';

const [UP, BROADCAST, LOOPBACK, RUNNING, NOARP] = [1, 2, 8, 0x40, 0x80];
const GOOD = UP | BROADCAST | RUNNING;

const link = (fields: Partial<LinkState> = {}): LinkState => ({
  index: 2,
  name: 'eth0',
  hardwareType: 1,
  flags: GOOD,
  mac: '02:00:00:00:00:aa',
  hasMaster: false,
  ...fields,
});

const address = (text: string, fields: Partial<LinkAddress> = {}): LinkAddress => ({
  index: 2,
  address: owned(text).address,
  prefixLength: 24,
  isUsable: true,
  ...fields,
});

const addressesIn =
  (all: readonly LinkAddress[]) =>
  (index: number): readonly LinkAddress[] =>
    all.filter((one) => one.index === index);

const families = (one: LinkState, addresses: readonly LinkAddress[] = [address('fe80::1')]): string =>
  usableInterfaces([one], addressesIn(addresses), (name) => name.startsWith('veth'))
    .map((found) => `${found.families[4] ? 4 : ''}${found.families[6] ? 6 : ''}`)
    .join('');

describe('an interface', () => {
  const rows: readonly (readonly [
    rule: string,
    one: LinkState,
    addresses: readonly LinkAddress[] | undefined,
    expected: string,
  ])[] = [
    ['that is up answers for both families', link(), undefined, '46'],
    ['without an IPv4 address answers ARP all the same', link(), [], '4'],
    ['without a link-local address does not answer NDP', link(), [address('2001:db8::1')], '4'],
    [
      'whose link-local address is still checked does not answer NDP',
      link(),
      [address('fe80::1', { isUsable: false })],
      '4',
    ],
    [
      'with the link-local address of another interface does not answer NDP',
      link(),
      [address('fe80::1', { index: 3 })],
      '4',
    ],
    ['with a link-local address outside of fe80::/64 answers NDP', link(), [address('febf::1')], '46'],
    ['with a site-local address does not answer NDP', link(), [address('fec0::1')], '4'],
    ['without BROADCAST does not answer ARP', link({ flags: UP | RUNNING }), undefined, '6'],
    ['that is down is none', link({ flags: BROADCAST | RUNNING }), undefined, ''],
    ['without carrier is none', link({ flags: UP | BROADCAST }), undefined, ''],
    ['without ARP is none', link({ flags: GOOD | NOARP }), undefined, ''],
    ['that is a loopback is none', link({ flags: GOOD | LOOPBACK }), undefined, ''],
    ['that is no Ethernet is none', link({ hardwareType: 65534 }), undefined, ''],
    ['without a MAC address is none', link({ mac: null }), undefined, ''],
    ['that is part of a bridge is none', link({ hasMaster: true }), undefined, ''],
    ['that is excluded is none', link({ name: 'veth1' }), undefined, ''],
  ];
  for (const [rule, one, addresses, expected] of rows)
    it(rule, () => assert.equal(families(one, addresses), expected));

  it('has its usable addresses, IPv4 first', () => {
    const all = [
      address('fe80::1'),
      address('192.0.2.9'),
      address('192.0.2.3'),
      address('192.0.2.1', { isUsable: false }),
    ];
    const [found] = usableInterfaces([link()], addressesIn(all), () => false);
    assert.deepEqual(
      found?.addresses.map((one) => one.address),
      [owned('192.0.2.3').address, owned('192.0.2.9').address, owned('fe80::1').address],
    );
  });

  it('has its place by its index', () => {
    const found = usableInterfaces(
      [link({ index: 9, name: 'b' }), link({ index: 3, name: 'a' })],
      addressesIn([]),
      () => false,
    );
    assert.deepEqual(
      found.map(({ name }) => name),
      ['a', 'b'],
    );
  });
});

describe('two lists of interfaces', () => {
  const list = (fields: Partial<LinkState> = {}, addresses = [address('fe80::1'), address('192.0.2.1')]) =>
    usableInterfaces([link(fields), link({ index: 9, name: 'b' })], addressesIn(addresses), () => false);

  it('are the same if all of it is', () => {
    assert.ok(sameInterfaces(list(), list()));
    assert.ok(sameInterfaces([], []));
  });

  it('differ by an interface, its name, MAC address or families, and by an address or its subnet', () => {
    const others = [
      list({ index: 3 }),
      list({ name: 'eth1' }),
      list({ mac: '02:00:00:00:00:bb' }),
      list({ flags: UP | RUNNING }),
      list({ flags: BROADCAST }),
      list({}, [address('fe80::1')]),
      list({}, [address('192.0.2.1')]),
      list({}, [address('fe80::1'), address('192.0.2.2')]),
      list({}, [address('fe80::1'), address('192.0.2.1', { prefixLength: 25 })]),
      [],
    ];
    for (const other of others) {
      assert.ok(!sameInterfaces(list(), other));
      assert.ok(!sameInterfaces(other, list()));
    }
  });
});
