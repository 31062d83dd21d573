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
    'a Service that asks for what another one has',
    ['service', 'asks', '-n', 'shop'],
    `Service shop/asks
  has       no address
  says      AddressTaken: 192.168.5.1 is taken by another Service; \`berth explain address
            192.168.5.1\` names it. This Service gets the address when it is released.
  asks for  192.168.5.1
  in use    192.168.5.1 is held by shop/web

Pools, in the order in which they are tried
  1. first does not serve it, free: 3 of 4 IPv4
     yes readable: The pool is valid.
     yes serviceAllocation: The pool admits the Service.
     no  asked-for address: "192.168.5.1" is in use by shop/web.
  - second does not serve it, free: 8 of 8 IPv4
     yes readable: The pool is valid.
     yes serviceAllocation: The pool admits the Service.
     no  asked-for address: "192.168.5.1" is not allowed in config.

What would make it work
  - pool first: request another address, or give shop/web and this Service the same annotation
    metallb.io/allow-shared-ip
  - pool second: request an address of this pool
`,
  ],
  [
    'a Service that is served',
    ['svc/web', '-n', 'shop'],
    `Service shop/web
  has       192.168.5.1 from pool first
  says      Assigned since 2026-01-02T00:00:01Z: 192.168.5.1 from pool "first".
  asks for  IPv4

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
`,
  ],
  [
    'an address that is held',
    ['address', '192.168.5.1'],
    `192.168.5.1 in use: It is taken.
  pool first grants it
  held by Service shop/web, since 2026-01-02T00:00:01Z, from pool first, for TCP/80
`,
  ],
  [
    'an address that is free',
    ['address', '10.0.0.3'],
    `10.0.0.3 free: Pool "second" grants it.
  pool second grants it
`,
  ],
  ['an address of nobody', ['ip', '2001:DB8::1'], '2001:db8::1 not to be had: 2001:db8::1 is in no pool.\n'],
];

describe('explain', () => {
  for (const [says, args, want] of pages) {
    it(`tells of ${says}`, async () => {
      assert.deepEqual(await explain(...args), { code: 0, out: want, err: '' });
    });
  }

  it('tells it to programs: JSON and YAML of the same value, whole', async () => {
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

  it('says of a Service that is not ours why it is not', async () => {
    const stdin = `${CLUSTER}---\napiVersion: v1\nkind: Service\nmetadata: {name: inner, namespace: shop}\nspec: {type: ClusterIP}\n`;
    const { code, out } = await runCommand(runExplain, ['service', 'inner', '-n', 'shop', '-f', '-'], {
      stdin,
    });
    assert.equal(code, 0);
    assert.match(out, /\n {2}not ours {2}Its type is ClusterIP\.\n/);
    assert.doesNotMatch(out, /What would make it work/);
    const classed = await explain('service', 'web', '-n', 'shop', '--lb-class', 'x.io/y');
    assert.match(
      classed.out,
      /not ours {2}This controller manages the class "x\.io\/y"; the Service has no class\./,
    );
  });

  it('shows what files would come to before anything is applied', async () => {
    const stdin = CLUSTER.replace(
      'metallb.io/loadBalancerIPs: 192.168.5.1',
      'metallb.io/address-pool: second',
    );
    const { out } = await runCommand(runExplain, ['service', 'asks', '-n', 'shop', '-f', '-'], { stdin });
    assert.match(
      out,
      /\n {2}has {7}10\.0\.0\.0 from pool second\n {2}says {6}Assigned: 10\.0\.0\.0 from pool "second"\.\n/,
    );
  });

  const usage: readonly [args: readonly string[], err: RegExp][] = [
    [[], /say what to explain: service NAME, or address IP/],
    [['service'], /name the Service: explain service NAME -n NAMESPACE/],
    [['serivce', 'web'], /cannot explain "serivce"; did you mean service\?/],
    [['pod', 'web'], /cannot explain "pod"; it explains a service or an address/],
    [['service', 'a', 'b'], /one Service at a time; "b" is too much/],
    [['address', '10.0.0.300'], /"10\.0\.0\.300" is not an IP address: it /],
    [['address'], /name the address/],
  ];
  for (const [args, err] of usage) {
    it(`${args.join(' ') || 'nothing'} is a mistake that is explained`, async () => {
      const ran = await explain(...args);
      assert.deepEqual([ran.code, ran.out], [2, '']);
      assert.match(ran.err, err);
      assert.match(ran.err, /berth explain --help tells more\n$/);
    });
  }

  const failing: readonly [args: readonly string[], err: string][] = [
    [['service', 'webb', '-n', 'shop'], 'berth explain: there is no Service shop/webb; did you mean web?\n'],
    [
      ['service', 'web'],
      'berth explain: there is no Service default/web; there is one in the namespace shop: add -n shop\n',
    ],
    [['service', 'nothing'], 'berth explain: there is no Service default/nothing\n'],
  ];
  for (const [args, err] of failing) {
    it(`${args.join(' ')} fails with a sentence`, async () => {
      assert.deepEqual(await explain(...args), { code: 1, out: '', err });
    });
  }

  it('says which file cannot be read', async (test) => {
    const folder = createTempFolder(test, { 'bad.yaml': 'a: [\n' });
    const ran = await runCommand(runExplain, ['address', '10.0.0.1', '-f', join(folder, 'bad.yaml')]);
    assert.equal(ran.code, 1);
    assert.match(ran.err, /^berth explain: .*bad\.yaml:2:1: is not YAML: /);
  });

  it('says what to do where no cluster is named', async () => {
    const ran = await runCommand(runExplain, ['address', '10.0.0.1']);
    assert.equal(ran.code, 1);
    assert.match(ran.err, /^berth explain: no cluster is configured: give --kubeconfig FILE, /);
  });
});
