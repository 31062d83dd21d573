/** `deploy/validation`: the API server refuses the same addresses of pools as Berth, when they are applied. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import { parseAddressPool } from '../../src/config/pool/pool.ts';
import { CRDS } from '../support/crds.ts';
import { eventually } from '../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import type { RealApi } from '../support/real-api/start.ts';
import { dedicatedApi } from '../support/real-api.ts';
import { installCrds } from './support/crd-rows/server.ts';

const POOLS = '/apis/metallb.io/v1beta1/namespaces/default/ipaddresspools';

/** Each alone in a pool. IPv4-mapped ends are not among them: the policy refuses them, and Berth reads them as IPv4. */
const ENTRIES: readonly string[] = [
  ...['10.0.0.0/24', '10.0.0.7/24', ' 10.0.0.1 - 10.0.0.9', '10.0.0.9-10.0.0.9', '64.0.0.0/3', '2000::/3'],
  ...[
    'fd00::1-fd00::9',
    '::2-::9',
    '1:2:3:4:5:6:7:8-1:2:3:4:5:6:7:9',
    '100::-100::1',
    'fd00:0:0:1::-fd00:0:0:2::',
  ],
  ...['169.254.0.0/24', '240.0.0.0/24', '9.0.0.255-10.0.0.1', '99.0.0.0-100.0.0.0', 'fd00::ff-fd00::100'],
  ...[
    '10.0.0.9-10.0.0.1',
    '100.0.0.0-99.0.0.0',
    'fd00::9-fd00::1',
    'fd00::1:0:0-fd00::ffff',
    'fd01::-fd00:ffff::',
  ],
  ...[
    '0.0.0.0/0',
    '1.0.0.0/0',
    '::/0',
    '126.0.0.0/7',
    '126.0.0.0-128.0.0.0',
    '223.0.0.0-225.0.0.0',
    'fe00::/8',
  ],
  ...['255.255.255.254-255.255.255.255', 'fe00::-ff00::', '::2-::1:0:0:0', 'ff02::/16', 'fe80::1-fe80::2'],
  ...['224.0.0.0/4', '127.0.0.0/8', '::1-::9', '::-::1', '0.1.2.3/32', 'FF02::1-FF02::2'],
  ...[
    '10.0.0.0/33',
    'fd00::/129',
    '010.0.0.0/24',
    '10.0.0.1',
    'fd00::1',
    'nonsense',
    '',
    '/',
    '-',
    '10.0.0.0/',
  ],
  ...['10.0.0.1-fd00::1', 'a-b', '1.2.3.4-5', '1.2.3.4-1.2.3.5-1.2.3.6', '10.0.0.1-', '::ffff:10.0.0.0/120'],
];

type Answer = { readonly status: number; readonly body: { readonly message?: string } };

describe('the policy for pools on a real API server', { skip: skipWithoutKubernetesBinaries() }, () => {
  let api: RealApi;

  const create = (name: string, addresses: readonly string[]): Promise<Answer> =>
    api.request('POST', POOLS, {
      ...{ apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool' },
      ...{ metadata: { name }, spec: { addresses } },
    });

  before(async () => {
    api = await dedicatedApi();
    // As an earlier version installed them: without rules.
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: CRDS }, (key, value) =>
      key === 'x-kubernetes-validations' ? undefined : value,
    );
    const earlier = await api.kubectl(['apply', '--server-side', '-f', '-'], { input });
    assert.equal(earlier.code, 0, earlier.stderr);
    await eventually(async () => assert.equal((await create('stored', ['127.0.0.0/24'])).status, 201));
    await eventually(async () =>
      assert.equal((await create('stored-reversed', ['10.0.0.9-10.0.0.1'])).status, 201),
    );
    await installCrds(api);
    const applied = await api.kubectl(['apply', '-k', join(root, 'deploy/validation')]);
    assert.equal(applied.code, 0, applied.stderr);
    await eventually(async () => assert.equal((await create('first', ['10.0.0.1'])).status, 422));
  });
  after(() => api?.stop());

  it('refuses exactly the entries that Berth refuses', async () => {
    for (const [index, entry] of ENTRIES.entries()) {
      const { status, body } = await create(`entry-${index}`, [entry]);
      const { ok } = parseAddressPool({ metadata: { name: 'p' }, spec: { addresses: [entry] } });
      assert.equal(status, ok ? 201 : 422, `${JSON.stringify(entry)}: ${body.message}`);
      if (!ok) assert.match(body.message ?? '', /addresses/);
    }
  });

  it('names the entries that are wrong, and what to do', async () => {
    const { body } = await create('several', ['10.0.0.0/24', '10.1.0.9-10.1.0.1', 'fd00::9-fd00::1']);
    assert.match(
      body.message ?? '',
      /spec\.addresses: 10\.1\.0\.9-10\.1\.0\.1, fd00::9-fd00::1 ends before it begins: swap the two addresses/,
    );
  });

  it('admits a pool of ten thousand ranges', async () => {
    const ranges = Array.from({ length: 10_000 }, (_, index) => `11.${index >> 8}.${index & 255}.1/32`);
    assert.equal((await create('many', ranges)).status, 201);
  });

  it('leaves stored pools alone while their addresses do not change', async () => {
    const status = { assignedIPv4: 1, assignedIPv6: 0, availableIPv4: 2, availableIPv6: 0 };
    for (const name of ['stored', 'stored-reversed']) {
      await api.requestOk('PATCH', `${POOLS}/${name}`, { metadata: { labels: { touched: 'yes' } } });
      await api.requestOk('PATCH', `${POOLS}/${name}/status`, { status });
      const edited = await api.request('PATCH', `${POOLS}/${name}`, {
        spec: { addresses: ['127.0.0.1/32'] },
      });
      assert.equal(edited.status, 422, name);
      const fixed = await api.request('PATCH', `${POOLS}/${name}`, { spec: { addresses: ['10.9.0.0/24'] } });
      assert.equal(fixed.status, 200, name);
    }
  });
});
