import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runExplain } from '../../../src/cli/explain/run.ts';
import { runCommand } from '../../cli/support/run-command.ts';

const NAMESPACE = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n';

const pool = (name: string, spec: string, namespace = 'metallb-system'): string =>
  `apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n`;

const service = (spec = '', annotations = '', status = ''): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop, annotations: {${annotations}}}\nspec: {type: LoadBalancer, ports: [{port: 80}]${spec === '' ? '' : `, ${spec}`}}\n${status}`;

const other = (address: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: other, namespace: shop, creationTimestamp: "2020-01-01T00:00:00Z", annotations: {metallb.io/loadBalancerIPs: ${address}}}\nspec: {type: LoadBalancer, ports: [{port: 80}]}\n`;

const ONE = pool('one', '{addresses: [192.0.2.1/32]}');
const has = (address: string): string => `status: {loadBalancer: {ingress: [{ip: ${address}}]}}\n`;

const OLD =
  'apiVersion: metallb.io/v1beta1\nkind: AddressPool\nmetadata: {name: old, namespace: metallb-system}\nspec: {protocol: layer2, addresses: [192.0.2.8/30]}\n';

type Row = readonly [says: string, objects: readonly string[], because: RegExp, change: RegExp | null];

const rows: readonly Row[] = [
  [
    'without a pool: the namespace that was read',
    [service()],
    /^There is no IPAddressPool in the namespace metallb-system\.$/,
    /create an IPAddressPool/,
  ],
  [
    'a pool in another namespace',
    [service(), pool('one', '{addresses: [192.0.2.0/30]}', 'network')],
    /IPAddressPool one is in the namespace network, where the controller does not look/,
    /--pool-namespace network/,
  ],
  [
    'a pool of the kind that nothing reads any more',
    [service(), OLD],
    /^There is no IPAddressPool in the namespace metallb-system\. AddressPool old has no effect: nothing reads this kind/,
    /^convert AddressPool old to an IPAddressPool with an advertisement: berth convert -f FILE$/,
  ],
  [
    'a request of such a pool, beside others',
    [service('', 'metallb.io/address-pool: old'), OLD, ONE],
    /pool "old", which does not exist\. AddressPool old has no effect/,
    /^convert AddressPool old/,
  ],
  [
    'a request of a pool that does not exist at all, beside such a pool',
    [service('', 'metallb.io/address-pool: new'), OLD, ONE],
    /pool "new", which does not exist\.$/,
    /^Service shop\/web, metadata\.annotations\["metallb\.io\/address-pool"\]/,
  ],
  [
    'an invalid pool',
    [service(), pool('one', '{addresses: [192.0.2.1/32], protocol: bgp}')],
    /Pool "one" .*spec\.protocol: is not a known field/,
    /^IPAddressPool one, spec\.protocol: fix the pool$/,
  ],
  [
    'a full pool',
    [service(), other('192.0.2.1'), ONE],
    /No available IPs in pool "one" for IPv4/,
    /^IPAddressPool one, spec\.addresses: add addresses to it/,
  ],
  [
    'a pool of the other family',
    [service(), pool('six', '{addresses: ["2001:db8::/126"]}')],
    /Pool "six" has no IPv4 range/,
    /^IPAddressPool six, spec\.addresses: add an IPv4 range to it$/,
  ],
  [
    'a pool that assigns on request only',
    [service(), pool('one', '{addresses: [192.0.2.1/32], autoAssign: false}')],
    /The pool assigns addresses only on request/,
    /^Service shop\/web, metadata\.annotations\["metallb\.io\/address-pool"\]: annotate/,
  ],
  [
    'a pool that does not admit the Service',
    [service(), pool('one', '{addresses: [192.0.2.1/32], serviceAllocation: {namespaces: [bank]}}')],
    /does not include the namespace shop/,
    /^IPAddressPool one, spec\.serviceAllocation: add shop to its namespaces$/,
  ],
  [
    'a requested pool that does not exist: the similar one',
    [service('', 'metallb.io/address-pool: oen'), ONE],
    /requests pool "oen", which does not exist/,
    /^Service shop\/web, metadata\.annotations\["metallb\.io\/address-pool"\]: did you mean one\?$/,
  ],
  [
    'a requested address of no pool, by spec.loadBalancerIP',
    [service('loadBalancerIP: 198.51.100.1'), ONE],
    /requests 198\.51\.100\.1, and no single pool that it may use contains that/,
    /^Service shop\/web, spec\.loadBalancerIP: request an address of this pool, such as "one"/,
  ],
  [
    'a requested address in use, though another pool comes first in the order',
    [
      service('', 'metallb.io/loadBalancerIPs: 192.0.2.1'),
      other('192.0.2.1'),
      pool('a', '{addresses: [198.51.100.0/30]}'),
      ONE,
    ],
    /Pool "one" does not serve it\. "192\.0\.2\.1" is in use by shop\/other/,
    /^Service shop\/web, metadata\.annotations\["metallb\.io\/loadBalancerIPs"\]: request another address/,
  ],
  [
    'a request that is not an address',
    [service('', 'metallb.universe.tf/loadBalancerIPs: nonsense'), ONE],
    /"nonsense" is not an IP address/,
    /^Service shop\/web, metadata\.annotations\["metallb\.universe\.tf\/loadBalancerIPs"\]: correct or remove it/,
  ],
  [
    'another class',
    [service('loadBalancerClass: x.io/y'), ONE],
    /manages Services without a class/,
    /^Service shop\/web, spec\.loadBalancerClass: create the Service again/,
  ],
  ['an address of the first pool', [service(), ONE], /^Pool "one" is tried first and serves/, null],
  [
    'an address of a later pool: why not the first',
    [service(), pool('a', '{addresses: ["2001:db8::/126"]}'), ONE],
    /^Pool "one" is the first in the order that serves it\. Pool "a" comes before: Pool "a" has no IPv4 range\.$/,
    null,
  ],
  [
    'a requested address',
    [service('loadBalancerIP: 192.0.2.1'), ONE],
    /^The Service requests it: Service shop\/web, spec\.loadBalancerIP\.$/,
    null,
  ],
  [
    'an address of before the order changed',
    [
      service('', 'metallb.io/ip-allocated-from-pool: one', has('192.0.2.1')),
      pool('a', '{addresses: [198.51.100.0/30]}'),
      ONE,
    ],
    /^Pool "one" assigned it, and an address is kept\. A new Service would get one of pool "a"\.$/,
    null,
  ],
  [
    'an address that is kept against the request',
    [
      service(
        '',
        'metallb.io/ip-allocated-from-pool: one, metallb.io/loadBalancerIPs: 198.51.100.1',
        has('192.0.2.1'),
      ),
      ONE,
    ],
    /^It keeps this address, because its request cannot be met\. The Service requests 198\.51\.100\.1/,
    /metallb\.io\/loadBalancerIPs/,
  ],
  [
    'an address of somebody else',
    [service('', '', has('203.0.113.9')), ONE],
    /^Another program wrote the address/,
    /^nothing; if Berth should assign one, Service shop\/web, metadata\.annotations\["berth\.dev\/foreign-addresses"\]: replace$/,
  ],
  [
    'an address of a second family that the pool lacks',
    [
      service(
        'ipFamilyPolicy: RequireDualStack, ipFamilies: [IPv4, IPv6], clusterIPs: [10.96.0.1, "fd00::1"]',
      ),
      ONE,
    ],
    /Pool "one" has no IPv6 range/,
    /^IPAddressPool one, spec\.addresses: add an IPv6 range to it$/,
  ],
  [
    'two families from a cluster of one',
    [service('ipFamilyPolicy: RequireDualStack, clusterIPs: [10.96.0.1]'), ONE],
    /RequireDualStack, but cluster IPs of one family only/,
    /^Service shop\/web, spec\.ipFamilyPolicy: set PreferDualStack or SingleStack$/,
  ],
  [
    'a headless Service',
    [service('clusterIP: None'), ONE],
    /The Service has no cluster IP/,
    /^Service shop\/web, spec\.clusterIP: remove None/,
  ],
];

describe('the deciding rule', () => {
  for (const [says, objects, because, change] of rows) {
    it(`of ${says}`, async () => {
      const stdin = [NAMESPACE, ...objects].join('---\n');
      const { code, out, err } = await runCommand(
        runExplain,
        ['service', 'shop/web', '-f', '-', '-o', 'json'],
        { stdin },
      );
      assert.deepEqual([code, err], [0, '']);
      const value = JSON.parse(out);
      assert.match(value.because, because);
      if (change === null) assert.equal(value.change, null);
      else assert.match(value.change, change);
    });
  }
});
