import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runExplain } from '../../../src/cli/explain/run.ts';
import { CLUSTER } from '../support/cluster-manifests.ts';
import { runCommand } from '../support/run-command.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const explain = (...args: readonly string[]) =>
  runCommand(runExplain, [...args, '-f', '-'], { stdin: CLUSTER });

const pages: readonly [says: string, args: readonly string[], want: string][] = [
  [
    'a Service that requests an address in use',
    ['service', 'asks', '-n', 'shop'],
    `Service shop/asks
  address    none
  because    Pool "first" does not serve it. "192.168.5.1" is in use by shop/web.
  change     Service shop/asks, metadata.annotations["metallb.io/loadBalancerIPs"]: request another
             address, or give shop/web and this Service the same annotation
             metallb.io/allow-shared-ip
  condition  AddressTaken: 192.168.5.1 is taken by another Service; \`berth explain address
             192.168.5.1\` names it. This Service gets the address when it is released.
  requests   192.168.5.1
  in use     192.168.5.1 is held by shop/web

Pools, in the order in which they are tried
  1. first does not serve it, free: 3 of 4 IPv4
     yes readable: The pool is valid.
     yes serviceAllocation: The pool admits the Service.
     no  asked-for address: "192.168.5.1" is in use by shop/web.
  - second does not serve it, free: 8 of 8 IPv4
     yes readable: The pool is valid.
     yes serviceAllocation: The pool admits the Service.
     no  asked-for address: "192.168.5.1" is not allowed in config.

To give it an address
  - pool first: request another address, or give shop/web and this Service the same annotation
    metallb.io/allow-shared-ip
  - pool second: request an address of this pool
`,
  ],
  [
    'a Service with an address',
    ['svc/web', '-n', 'shop'],
    `Service shop/web
  address    192.168.5.1 from pool first
  because    Pool "first" is tried first and serves the Service.
  condition  Assigned since 2026-01-02T00:00:01Z: 192.168.5.1 from pool "first".
  requests   IPv4

Pools, in the order in which they are tried
  1. first serves it, free: 3 of 4 IPv4
     yes readable: The pool is valid.
     yes serviceAllocation: The pool admits the Service.
     yes autoAssign: The pool assigns addresses automatically.
     yes family: The pool has a free IPv4 address.
  - second does not serve it, free: 8 of 8 IPv4
     yes readable: The pool is valid.
     yes serviceAllocation: The pool admits the Service.
     no  autoAssign: The pool assigns addresses only on request.
     yes family: The pool has a free IPv4 address.

The files show no BGP of Calico, and no peer and no advertisement for speakers in the namespace
metallb-system. If speakers run in another namespace, add --pool-namespace.
`,
  ],
  [
    'an address in use',
    ['address', '192.168.5.1'],
    `192.168.5.1 in use: Service shop/web has it.
  pool first assigns it
  held by Service shop/web, since 2026-01-02T00:00:01Z, from pool first, for TCP/80
`,
  ],
  [
    'a free address',
    ['address', '10.0.0.3'],
    `10.0.0.3 free: Pool "second" grants it.
  pool second assigns it
`,
  ],
  ['an address of no pool', ['ip', '2001:DB8::1'], '2001:db8::1 not available: 2001:db8::1 is in no pool.\n'],
];

describe('explain', () => {
  for (const [says, args, want] of pages) {
    it(`explains ${says}`, async () => {
      assert.deepEqual(await explain(...args), { code: 0, out: want, err: '' });
    });
  }

  for (const args of [['service', 'shop/asks'], ['service/shop/asks'], ['service/asks', '-n', 'shop']]) {
    it(`takes the namespace in each spelling: ${args.join(' ')}`, async () => {
      assert.deepEqual(await explain(...args), await explain('service', 'asks', '-n', 'shop'));
    });
  }

  it('prints the same value as JSON and YAML', async () => {
    const { out } = await explain('service', 'asks', '-n', 'shop', '-o', 'json');
    const value = JSON.parse(out);
    assert.deepEqual(
      [value.service, value.addresses, value.condition.reason, value.asksFor.addresses, value.holders],
      ['shop/asks', [], 'AddressTaken', ['192.168.5.1'], [{ address: '192.168.5.1', holders: ['shop/web'] }]],
    );
    assert.deepEqual(
      value.pools.map(({ pool, serves, place }: { pool: string; serves: boolean; place: number | null }) => [
        pool,
        serves,
        place,
      ]),
      [
        ['first', false, 1],
        ['second', false, null],
      ],
    );
    const yaml = await explain('service', 'asks', '-n', 'shop', '-o', 'yaml');
    const { parse } = await import('yaml');
    assert.deepEqual(parse(yaml.out), value);
    const address = JSON.parse((await explain('address', '192.168.5.1', '-o', 'json')).out);
    assert.deepEqual(
      [address.address, address.grantable, address.holders[0].key],
      ['192.168.5.1', false, 'shop/web'],
    );
  });

  it('says what files show where the controller would decide otherwise now', async () => {
    const stored = `${CLUSTER}status:
  conditions:
  - {type: berth.dev/Assigned, status: "False", reason: PoolExhausted, message: No address is free., lastTransitionTime: "2026-01-03T00:00:01Z"}
`;
    const args = ['service', 'asks', '-n', 'shop', '-f', '-'] as const;
    const { out } = await runCommand(runExplain, args, { stdin: stored });
    assert.match(
      out.replace(/\s+/g, ' '),
      /Service shop\/asks stored no address; PoolExhausted since 2026-01-03T00:00:01Z: No address is free\. Below is what the controller would decide about these files\. address none .* condition AddressTaken since /,
    );
    const json = JSON.parse((await runCommand(runExplain, [...args, '-o', 'json'], { stdin: stored })).out);
    assert.deepEqual(json.stored, {
      addresses: [],
      condition: {
        reason: 'PoolExhausted',
        message: 'No address is free.',
        since: '2026-01-03T00:00:01Z',
      },
    });
    assert.equal(JSON.parse((await explain('service', 'web', '-n', 'shop', '-o', 'json')).out).stored, null);
  });

  it('explains why a Service is not for this controller', async () => {
    const stdin = `${CLUSTER}---\napiVersion: v1\nkind: Service\nmetadata: {name: inner, namespace: shop}\nspec: {type: ClusterIP}\n`;
    const { code, out } = await runCommand(runExplain, ['service', 'inner', '-n', 'shop', '-f', '-'], {
      stdin,
    });
    assert.equal(code, 0);
    assert.match(out, /\n {2}ignored {4}Its type is ClusterIP\.\n/);
    assert.doesNotMatch(out, /To give it an address/);
    const classed = await explain('service', 'web', '-n', 'shop', '--lb-class', 'x.io/y');
    assert.match(
      classed.out,
      /ignored {4}This controller manages the class "x\.io\/y"; the Service has no class\./,
    );
  });

  it('explains files as the controller would serve them', async () => {
    const stdin = CLUSTER.replace(
      'metallb.io/loadBalancerIPs: 192.168.5.1',
      'metallb.io/address-pool: second',
    );
    const { out } = await runCommand(runExplain, ['service', 'asks', '-n', 'shop', '-f', '-'], { stdin });
    assert.match(
      out,
      /\n {2}address {4}10\.0\.0\.0 from pool second\n {2}because {4}The Service requests pool "second": Service shop\/asks,\n {13}metadata\.annotations\["metallb\.io\/address-pool"\]\.\n {2}condition {2}Assigned: 10\.0\.0\.0 from pool "second"\.\n/,
    );
  });

  const usage: readonly [args: readonly string[], err: RegExp][] = [
    [[], /what to explain is missing: service NAME, or address IP/],
    [
      ['service'],
      /the name of the Service is missing: explain service NAME -n NAMESPACE, or NAMESPACE\/NAME/,
    ],
    [['service', 'shop/'], /the name of the Service is missing/],
    [['service', 'shop/web/x'], /the name of the Service is missing/],
    [['serivce', 'web'], /cannot explain "serivce": did you mean service\?/],
    [['pod', 'web'], /cannot explain "pod": it explains a service or an address/],
    [['web'], /cannot explain "web": did you mean service web\? It explains a service or an address/],
    [['shop/web'], /cannot explain "shop\/web": did you mean service shop\/web\?/],
    [['192.0.2.1'], /cannot explain "192\.0\.2\.1": did you mean address 192\.0\.2\.1\?/],
    [['service', 'a', 'b'], /explains one at a time: "b" is one too many/],
    [['address', '10.0.0.300'], /"10\.0\.0\.300" is not an IP address: it /],
    [['address'], /the address is missing/],
    [['service', 'web', '-A'], /-A explains every Service: leave out "web"/],
    [['service', '-A', '-n', 'shop'], /-A and -n exclude each other/],
    [['address', '-A'], /-A explains Services: berth explain service -A/],
  ];
  for (const [args, err] of usage) {
    it(`${args.join(' ') || 'nothing'} is a usage error with a hint`, async () => {
      const ran = await explain(...args);
      assert.deepEqual([ran.code, ran.out], [2, '']);
      assert.match(ran.err, err);
      assert.match(ran.err, /See berth explain --help\n$/);
    });
  }

  const failing: readonly [args: readonly string[], err: string][] = [
    [['service', 'webb', '-n', 'shop'], 'berth explain: there is no Service shop/webb; did you mean web?\n'],
    [
      ['service', 'web'],
      'berth explain: there is no Service default/web; there is one in the namespace shop: add -n shop\n',
    ],
    [['service', 'shpo/web'], 'berth explain: there is no Service shpo/web; did you mean shop/web?\n'],
    [
      ['service', 'shpo/nothing'],
      'berth explain: there is no Service shpo/nothing; there is no namespace shpo, did you mean shop?\n',
    ],
    [
      ['service', 'nothing'],
      'berth explain: there is no Service default/nothing; berth explain service -A lists all of type LoadBalancer\n',
    ],
  ];
  for (const [args, err] of failing) {
    it(`${args.join(' ')} fails with a hint`, async () => {
      assert.deepEqual(await explain(...args), { code: 1, out: '', err });
    });
  }

  it('explains every Service, those without an address first', async () => {
    const all = await explain('service', '-A');
    assert.deepEqual(await explain('-A'), all);
    assert.deepEqual(all, {
      code: 0,
      out: `1 of 2 Services has no address
  shop/asks: Pool "first" does not serve it. "192.168.5.1" is in use by shop/web.
    Change Service shop/asks, metadata.annotations["metallb.io/loadBalancerIPs"]: request another
    address, or give shop/web and this Service the same annotation metallb.io/allow-shared-ip

SERVICE   ADDRESS      POOL   CONDITION
shop/web  192.168.5.1  first  Assigned
`,
      err: '',
    });
    assert.deepEqual(await explain('svc', '-n', 'shop'), all);
    const none = await explain('service', '-n', 'other');
    assert.deepEqual(
      [none.code, none.out],
      [0, 'There is no Service of type LoadBalancer in the namespace other.\n'],
    );
    const { services } = JSON.parse((await explain('services', '-A', '-o', 'json')).out);
    assert.deepEqual(
      services.map(({ service, addresses }: { service: string; addresses: string[] }) => [
        service,
        addresses,
      ]),
      [
        ['shop/asks', []],
        ['shop/web', ['192.168.5.1']],
      ],
    );
  });

  it('shows a condition about its announcement, in the list, too', async () => {
    const stdin = CLUSTER.replace(
      '  conditions:\n',
      '  conditions:\n  - {type: berth.dev/Announced, status: "False", reason: NoPeer, message: No router., lastTransitionTime: "2026-01-02T00:00:02Z"}\n',
    );
    const one = await runCommand(runExplain, ['service', 'shop/web', '-f', '-'], { stdin });
    assert.match(one.out, /\n {2}announced {2}False, NoPeer: No router\.\n/);
    const all = await runCommand(runExplain, ['service', '-A', '-f', '-'], { stdin });
    assert.match(
      all.out,
      /\n1 of 2 Services has an address that is not announced\n {2}shop\/web: No router\.\n/,
    );
    assert.match(all.out, /\nSERVICE {3}ADDRESS {6}POOL {3}CONDITION {2}ADVERTISED\n.* {2}False NoPeer\n$/);
  });

  it('names the file that is invalid', async (test) => {
    const folder = createTempFolder(test, { 'bad.yaml': 'a: [\n' });
    const ran = await runCommand(runExplain, ['address', '10.0.0.1', '-f', join(folder, 'bad.yaml')]);
    assert.equal(ran.code, 1);
    assert.match(ran.err, /^berth explain: .*bad\.yaml:2:1: is not YAML: /);
  });

  it('says how to name a cluster', async () => {
    const ran = await runCommand(runExplain, ['address', '10.0.0.1']);
    assert.equal(ran.code, 1);
    assert.match(ran.err, /^berth explain: no cluster is configured: give --kubeconfig FILE, /);
  });
});
