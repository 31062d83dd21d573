import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { runPlan } from '../../../src/cli/plan/run.ts';
import { CLUSTER } from '../support/cluster-manifests.ts';
import { runCommand } from '../support/run-command.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const pool = (name: string, addresses: string, more = ''): string =>
  `apiVersion: metallb.io/v1beta1\nkind: IPAddressPool\nmetadata: {name: ${name}}\nspec: {addresses: [${addresses}]${more}}\n`;

const service = (name: string, spec = ''): string =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: shop}\nspec: {type: LoadBalancer, ports: [{port: 80}]${spec}}\n`;

/** `edit` on standard input, the cluster in a folder. */
function plan(test: TestContext, edit: string, ...args: readonly string[]) {
  const folder = createTempFolder(test, { 'cluster.yaml': CLUSTER });
  const files = edit === '' ? [] : ['-f', '-'];
  return runCommand(runPlan, ['--cluster', folder, ...files, ...args], { stdin: edit });
}

const pages: readonly [says: string, edit: string, args: readonly string[], code: number, want: string][] = [
  [
    'a pool that grows changes no address',
    pool('first', '192.168.5.0/24'),
    [],
    0,
    'No address in use would change: 1 Service still has no address, 1 Service keeps its address.\n',
  ],
  [
    'a pool with other ranges changes the addresses of its Services',
    pool('first', '172.16.0.0/24'),
    [],
    3,
    `1 Service gets another address
  shop/web  192.168.5.1 (first) -> 172.16.0.0 (first)

Addresses in use would change: 1 Service gets another address, 1 Service still has no address.
`,
  ],
  [
    'Services of a deleted pool lose their addresses after a grace period',
    '',
    ['--delete', 'ipaddresspool/first'],
    3,
    `1 Service loses its address
  shop/web  192.168.5.1 (first) -> no address
      NoPoolMatches: No pool assigns addresses to this Service automatically. Pools with autoAssign
      false need the annotation metallb.io/address-pool; a serviceAllocation must match the Service.

1 Service of deleted pools would keep their address for 60 s (the controller's --pool-delete-grace).
If the pools are back within that time, nothing of this happens.

Addresses in use would change: 1 Service loses its address, 1 Service still has no address.
`,
  ],
  [
    'new Services with and without an address; other kinds are ignored',
    [
      service('new'),
      service('odd', ', loadBalancerIP: 203.0.113.1'),
      'apiVersion: v1\nkind: Secret\nmetadata: {name: x}\n',
    ].join('---\n'),
    [],
    0,
    `1 new Service gets no address
  shop/odd  no address
      AddressNotInPool: 203.0.113.1 is in no pool; request an address of a pool, or add a pool that
      contains it.

1 Service gets an address
  shop/new  192.168.5.0 (first)

note: ignored, because no address depends on them: Secret

No address in use would change: 1 new Service gets no address, 1 Service gets an address, 1 Service
still has no address, 1 Service keeps its address.
`,
  ],
  [
    'the address of a removed Service goes to the Service that requests it',
    '',
    ['--delete', 'svc/shop/web'],
    0,
    `1 Service is removed
  shop/web  frees 192.168.5.1 (first)

1 Service gets an address
  shop/asks  no address -> 192.168.5.1 (first)

No address in use would change: 1 Service is removed, 1 Service gets an address.
`,
  ],
  [
    'with a removed Namespace its Services are removed',
    '',
    ['--delete', 'ns/shop'],
    0,
    `2 Services are removed
  shop/asks  frees no address
  shop/web  frees 192.168.5.1 (first)

No address in use would change: 2 Services are removed.
`,
  ],
  [
    'overlapping pools and host bits are notes',
    pool('third', '192.168.5.2/24'),
    [],
    0,
    `note: standard input:1: spec.addresses[0]: "192.168.5.2/24" has host bits set and means all of
192.168.5.0/24; write 192.168.5.0/24
note: pool third: 192.168.5.0/30 overlaps with already defined CIDR of pool "first", which is older
and grants these addresses; this pool does not

No address in use would change: 1 Service still has no address, 1 Service keeps its address.
`,
  ],
  [
    'a pool in a namespace that the controller does not read has no effect there',
    pool('third', '10.9.0.0/24').replace('name: third', 'name: third, namespace: other'),
    [],
    3,
    `Would have no effect
  - standard input:1: IPAddressPool other/third: controller and speakers read the namespace
    metallb-system only. Set metadata.namespace: metallb-system; if they run in other, add
    --pool-namespace other

No address in use would change: 1 Service still has no address, 1 Service keeps its address.
`,
  ],
];

describe('plan', () => {
  for (const [says, edit, args, code, want] of pages) {
    it(says, async (test) => {
      assert.deepEqual(await plan(test, edit, ...args), { code, out: want, err: '' });
    });
  }

  it('has no grace period if the controller has none', async (test) => {
    const ran = await plan(test, '', '--delete', 'pool/first', '--pool-delete-grace', '0', '-o', 'json');
    const { graceSeconds, services } = JSON.parse(ran.out);
    const web = services.find(({ service }: { service: string }) => service === 'shop/web');
    assert.deepEqual([web.fate, web.later.addresses], ['loses', []]);
    assert.ok(graceSeconds === null || graceSeconds === 0, String(graceSeconds));
    const ninety = await plan(test, '', '--delete', 'pool/first', '--pool-delete-grace', '1m30s');
    assert.match(ninety.out, /would keep their address for 90 s /);
  });

  it('lists every Service in JSON', async (test) => {
    const ran = await plan(test, pool('first', '172.16.0.0/24'), '-o', 'json');
    const value = JSON.parse(ran.out);
    assert.equal(ran.code, 3);
    assert.deepEqual(
      [value.moves, value.counts.moves, value.counts['still-waits'], value.graceSeconds],
      [true, 1, 1, null],
    );
    const web = value.services.find(({ service }: { service: string }) => service === 'shop/web');
    assert.deepEqual(
      [web.fate, web.before.addresses, web.after.addresses, web.later.pool],
      ['moves', ['192.168.5.1'], ['172.16.0.0'], 'first'],
    );
    assert.equal(value.services.length, 2);
  });

  it('merges an edit of a Service as kubectl apply does: other fields stay', async (test) => {
    const edit = 'apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop, labels: {a: b}}\n';
    assert.deepEqual(await plan(test, edit), {
      code: 0,
      out: 'No address in use would change: 1 Service still has no address, 1 Service keeps its address.\n',
      err: '',
    });
  });

  it('respects labels of Namespaces, which may allow Services to use a pool', async (test) => {
    const red = ', autoAssign: false, serviceAllocation: {namespaceSelectors: [{matchLabels: {team: red}}]}';
    const asks = service('asker').replace(
      'namespace: shop',
      'namespace: shop, annotations: {metallb.io/address-pool: red}',
    );
    const blue = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: blue}}\n';
    const let_in = await plan(test, [pool('red', '10.9.0.0/24', red), asks].join('---\n'));
    assert.match(let_in.out, /shop\/asker {2}10\.9\.0\.0 \(red\)/);
    const kept_out = await plan(test, [pool('red', '10.9.0.0/24', red), asks, blue].join('---\n'));
    assert.match(kept_out.out, /shop\/asker {2}no address\n {6}PoolNotCompatible: /);
  });

  it('refuses invalid pools, with every error and its location', async (test) => {
    const edit = `${pool('first', '10.0.0.9-10.0.0.1, 300.0.0.0/8')}---\n${pool('x', '10.0.0.0/8', ', autoAsign: true')}`;
    const ran = await plan(test, edit, '--delete', 'pool/nobody');
    assert.deepEqual([ran.code, ran.out], [1, '']);
    const complaints = ran.err.trimEnd().split('\n');
    assert.equal(complaints.length, 4, ran.err);
    assert.match(complaints[0] ?? '', /^berth plan: standard input:1: spec\.addresses\[0\]: /);
    assert.match(
      complaints[2] ?? '',
      /^berth plan: standard input:6: spec\.autoAsign: is not a known field: did you mean "autoAssign"\?/,
    );
    assert.equal(complaints[3], 'berth plan: there is no IPAddressPool metallb-system/nobody to delete');
  });

  for (const [what, edit, args] of [
    [
      'a BGPAdvertisement with a wrong pool',
      'apiVersion: metallb.io/v1beta1\nkind: BGPAdvertisement\nmetadata: {name: all}\nspec: {ipAddressPools: [frist]}\n',
      [],
    ],
    ['a deleted BGPPeer', '', ['--delete', 'bgppeer/tor']],
    [
      'an edited BGPPeer',
      'apiVersion: metallb.io/v1beta2\nkind: BGPPeer\nmetadata: {name: tor}\nspec: {myASN: 64500, peerASN: 64512, peerAddress: 10.213.0.1}\n',
      [],
    ],
  ] as const) {
    it(`says that the effect of ${what} on routes was not checked`, async (test) => {
      const ran = await plan(test, edit, ...args);
      assert.equal(ran.code, 5, ran.err);
      assert.match(ran.out, /^Not checked\n {2}- BGP/);
      assert.doesNotMatch(ran.out, /No address in use would change/);
      const json = await plan(test, edit, ...args, '-o', 'json');
      assert.equal(JSON.parse(json.out).notJudged.length, 1);
    });
  }

  const usage: readonly [args: readonly string[], err: RegExp][] = [
    [[], /the edit is missing: -f FILE, or --delete KIND\/NAME/],
    [['pool.yaml'], /unexpected "pool\.yaml": to name a file, write -f pool\.yaml/],
    [['--files', 'x'], /there is no flag --files; did you mean --file\?/],
  ];
  for (const [args, err] of usage) {
    it(`${args.join(' ') || 'nothing'} is a usage error with a hint`, async () => {
      const ran = await runCommand(runPlan, args);
      assert.deepEqual([ran.code, ran.out], [2, '']);
      assert.match(ran.err, err);
    });
  }

  it('fails if a file does not exist', async () => {
    const ran = await runCommand(runPlan, ['-f', join('nowhere', 'x.yaml')]);
    assert.deepEqual(ran, {
      code: 1,
      out: '',
      err: 'berth plan: nowhere/x.yaml: there is no such file or folder\n',
    });
  });
});
