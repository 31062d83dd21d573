import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { formatIssue } from '../../src/config/issue.ts';
import { parseAddressPool } from '../../src/config/pool/pool.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import { createNamespace } from '../support/namespace.ts';
import type { ApiClient } from '../support/real-api/client.ts';
import { sharedApi } from '../support/real-api.ts';
import { COLUMNS } from './support/crd-rows/columns.ts';
import { OTHER_KINDS } from './support/crd-rows/others.ts';
import { PEERS_V1, PEERS_V2 } from './support/crd-rows/peers.ts';
import { POOL_ROWS, POOLS } from './support/crd-rows/pools.ts';
import type { KindRows } from './support/crd-rows/row.ts';
import { fetchTable, installCrds } from './support/crd-rows/server.ts';
import { summarizePool } from './support/crd-rows/summary.ts';

const ALL: readonly KindRows[] = [POOLS, PEERS_V2, PEERS_V1, ...OTHER_KINDS];
const ROWS_MIN = 120;

type ResponseBody = { readonly message?: string; readonly [field: string]: unknown };
describe('the kinds of metallb.io on a real API server', { skip: skipWithoutKubernetesBinaries() }, () => {
  let api: ApiClient;
  let namespace: string;

  before(async () => {
    api = await sharedApi();
    namespace = await createNamespace(api);
    await installCrds(api);
  });

  const pathOf = (rows: Pick<KindRows, 'plural' | 'version'>, name = ''): string =>
    `/apis/metallb.io/${rows.version}/namespaces/${namespace}/${rows.plural}${name === '' ? '' : `/${name}`}`;

  async function create(
    rows: Pick<KindRows, 'kind' | 'plural' | 'version'>,
    object: Readonly<Record<string, unknown>>,
  ): Promise<{
    readonly status: number;
    readonly body: ResponseBody;
    readonly name: string;
    readonly warning: string;
  }> {
    const metadata = { generateName: `${rows.plural}-`, namespace };
    const answer = await api.request<ResponseBody>('POST', pathOf(rows), {
      apiVersion: `metallb.io/${rows.version}`,
      kind: rows.kind,
      metadata,
      ...object,
    });
    const made = answer.body['metadata'] as { name?: string } | undefined;
    return {
      status: answer.status,
      body: answer.body,
      name: made?.name ?? '',
      warning: String(answer.headers['warning'] ?? ''),
    };
  }

  it('are covered by enough rows', () => {
    const count = ALL.reduce((sum, { rows }) => sum + rows.length, 0);
    assert.ok(count >= ROWS_MIN, `${count} rows`);
  });

  for (const rows of ALL) {
    it(`accept and refuse ${rows.kind} ${rows.version} row by row`, async () => {
      for (const [title, object, refusal] of rows.rows) {
        const { status, body } = await create(rows, object);
        if (refusal === null) {
          assert.equal(status, 201, `${rows.kind}, ${title}: ${body.message}`);
        } else {
          assert.equal(status, 422, `${rows.kind}, ${title}: taken`);
          assert.ok(body.message?.includes(refusal), `${rows.kind}, ${title}: ${body.message}`);
        }
      }
    });
  }

  it('accept pools that Berth then parses as intended', async () => {
    for (const [title, object, refusal, parsed] of POOL_ROWS) {
      if (refusal !== null || parsed === null) continue;
      const { body } = await create(POOLS, object);
      const pool = parseAddressPool(body);
      const read = pool.ok ? summarizePool(pool.value) : pool.error.map(formatIssue).join('\n');
      if (pool.ok) assert.equal(read, parsed, title);
      else assert.ok(read.includes(parsed), `${title}: ${read}`);
    }
  });

  it('have defaults', async () => {
    const rows: readonly [KindRows, Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>][] =
      [
        [POOLS, { addresses: ['10.0.0.0/24'] }, { autoAssign: true, avoidBuggyIPs: false }],
        [
          PEERS_V2,
          { myASN: 1, peerASN: 2, peerAddress: '10.0.0.1' },
          { peerPort: 179, disableMP: false, dualStackAddressFamily: false },
        ],
        // This version has no default: that of the storage version applies.
        [PEERS_V1, { myASN: 1, peerASN: 2, peerAddress: '10.0.0.1' }, { peerPort: 179 }],
        [rowsOfKind('BGPAdvertisement'), {}, { aggregationLength: 32, aggregationLengthV6: 128 }],
        [rowsOfKind('L2Advertisement'), {}, {}],
        [rowsOfKind('BFDProfile'), {}, {}],
      ];
    for (const [rowsOf, spec, defaults] of rows) {
      const { body } = await create(rowsOf, { spec });
      assert.deepEqual(body['spec'], { ...spec, ...defaults }, `${rowsOf.kind} ${rowsOf.version}`);
    }
  });

  it('prune unknown fields, and report them on request', async () => {
    const { body, warning } = await create(POOLS, { spec: { addresses: ['10.0.0.0/24'], autoasign: false } });
    assert.deepEqual(body['spec'], { addresses: ['10.0.0.0/24'], autoAssign: true, avoidBuggyIPs: false });
    assert.match(warning, /unknown field \\"spec.autoasign\\"/);
  });

  it('write the status through its subresource only', async () => {
    const status = { assignedIPv4: 3, assignedIPv6: 0, availableIPv4: 253, availableIPv6: 0 };
    const { name, body } = await create(POOLS, { spec: { addresses: ['10.0.0.0/24'] }, status });
    assert.equal(body['status'], undefined);
    const path = pathOf(POOLS, name);
    const after = await api.requestOk<ResponseBody>('PATCH', `${path}/status`, {
      status,
      spec: { autoAssign: false },
    });
    assert.deepEqual(after['status'], status);
    assert.deepEqual(after['spec'], { addresses: ['10.0.0.0/24'], autoAssign: true, avoidBuggyIPs: false });
    assert.deepEqual((after['metadata'] as { generation: number }).generation, 1);
    const huge = Number.MAX_SAFE_INTEGER;
    const counted = await api.requestOk<ResponseBody>('PATCH', `${path}/status`, {
      status: { availableIPv6: huge },
    });
    assert.equal((counted['status'] as typeof status).availableIPv6, huge);
  });

  it('require all four counts of a pool if there is one', async () => {
    const { name } = await create(POOLS, { spec: { addresses: ['10.0.0.0/24'] } });
    const answer = await api.request<ResponseBody>('PATCH', `${pathOf(POOLS, name)}/status`, {
      status: { assignedIPv4: 1 },
    });
    assert.equal(answer.status, 422);
    assert.match(answer.body.message ?? '', /status\.availableIPv6: Required value/);
  });

  for (const kind of ['ServiceL2Status', 'ServiceBGPStatus']) {
    it(`keep the identity of a ${kind} immutable`, async () => {
      const rows = rowsOfKind(kind);
      const { name } = await create(rows, {});
      const path = `${pathOf(rows, name)}/status`;
      const status = { node: 'n1', serviceName: 'web', serviceNamespace: 'default' };
      await api.requestOk('PATCH', path, { status });
      for (const field of Object.keys(status)) {
        const answer = await api.request<ResponseBody>('PATCH', path, { status: { [field]: 'other' } });
        assert.equal(answer.status, 422, field);
        assert.match(answer.body.message ?? '', new RegExp(`status\\.${field}.*Value is immutable`));
      }
      const more = kind === 'ServiceL2Status' ? { interfaces: [{ name: 'eth0' }] } : { peers: ['p1'] };
      const after = await api.requestOk<ResponseBody>('PATCH', path, { status: more });
      assert.deepEqual(after['status'], { ...status, ...more });
    });
  }

  it('accept the results of a ConfigurationState, and refuse others', async () => {
    const rows = rowsOfKind('ConfigurationState');
    const { name } = await create(rows, {});
    const path = `${pathOf(rows, name)}/status`;
    const good = {
      type: 'poolReconcilerValid',
      status: 'True',
      reason: 'Reconciled',
      message: '',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    };
    const after = await api.requestOk<ResponseBody>('PATCH', path, {
      status: { result: 'Valid', errorSummary: '', conditions: [good] },
    });
    assert.deepEqual((after['status'] as { conditions: unknown }).conditions, [good]);
    const refused: readonly [title: string, status: Readonly<Record<string, unknown>>, part: string][] = [
      ['an unknown result', { result: 'Fine' }, 'supported values: "Valid", "Invalid", "Unknown"'],
      ['a duplicate condition', { conditions: [good, good] }, 'Duplicate value'],
      ['an unknown status', { conditions: [{ ...good, status: 'Yes' }] }, 'supported values'],
      ['a reason with a space', { conditions: [{ ...good, reason: 'not so' }] }, 'reason'],
      ['no message', { conditions: [{ ...good, message: undefined }] }, 'message: Required value'],
      [
        'an invalid lastTransitionTime',
        { conditions: [{ ...good, lastTransitionTime: 'now' }] },
        'must be of type date-time',
      ],
    ];
    for (const [title, status, part] of refused) {
      const answer = await api.request<ResponseBody>('PATCH', path, { status });
      assert.equal(answer.status, 422, title);
      assert.ok(answer.body.message?.includes(part), `${title}: ${answer.body.message}`);
    }
  });

  it('keep graceful restart immutable once it is set', async () => {
    const spec = { myASN: 1, peerASN: 2, peerAddress: '10.0.0.1', enableGracefulRestart: false };
    const { name } = await create(PEERS_V2, { spec });
    const change = { spec: { enableGracefulRestart: true } };
    const answer = await api.request<ResponseBody>('PATCH', pathOf(PEERS_V2, name), change);
    assert.equal(answer.status, 422);
    assert.match(answer.body.message ?? '', /enableGracefulRestart cannot be changed/);
  });

  it('serve a peer in both versions, pruned to the fields of the older one', async () => {
    const spec = { myASN: 1, peerASN: 2, peerAddress: '10.0.0.1', vrf: 'red', connectTime: '5s' };
    const { name } = await create(PEERS_V2, { spec });
    const old = await api.request<ResponseBody>('GET', pathOf(PEERS_V1, name));
    assert.equal(old.body['apiVersion'], 'metallb.io/v1beta1');
    assert.deepEqual(old.body['spec'], { myASN: 1, peerASN: 2, peerAddress: '10.0.0.1', peerPort: 179 });
    assert.match(
      String(old.headers['warning']),
      /metallb.io\/v1beta1 BGPPeer is deprecated; use metallb.io\/v1beta2/,
    );
    assert.equal((await api.request('GET', pathOf(PEERS_V2, name))).headers['warning'], undefined);

    await api.requestOk('PATCH', pathOf(PEERS_V1, name), { metadata: { labels: { touched: 'yes' } } });
    const after = await api.requestOk<ResponseBody>('GET', pathOf(PEERS_V2, name));
    const { vrf: _, connectTime: __, ...kept } = spec;
    const defaults = { peerPort: 179, disableMP: false, dualStackAddressFamily: false };
    assert.deepEqual(
      after['spec'],
      { ...kept, ...defaults },
      'a write in the old version drops what it does not know',
    );
  });

  it('leave timers unset that the old version did not set', async () => {
    const { name } = await create(PEERS_V1, { spec: { myASN: 1, peerASN: 2, peerAddress: '10.0.0.1' } });
    const read = await api.requestOk<ResponseBody>('GET', pathOf(PEERS_V2, name));
    const defaults = { peerPort: 179, disableMP: false, dualStackAddressFamily: false };
    assert.deepEqual(read['spec'], { myASN: 1, peerASN: 2, peerAddress: '10.0.0.1', ...defaults });
  });

  for (const [kind, names] of COLUMNS) {
    it(`show the columns of ${kind}`, async () => {
      const { columnDefinitions } = await fetchTable(api, pathOf(rowsOfKind(kind)));
      const [first, ...rest] = columnDefinitions;
      assert.equal(first?.name, 'Name');
      const shown = rest.map(
        ({ name, type, priority }) => `${name}:${type}${priority > 0 ? `:${priority}` : ''}`,
      );
      assert.equal(shown.join(', '), names);
    });
  }

  it('show a pool in kubectl get as MetalLB does, its addresses in use, and whether it is valid', async () => {
    const { name } = await create(POOLS, { spec: { addresses: ['10.0.0.0/24', 'fd00::/64'] } });
    const { rows } = await fetchTable(api, pathOf(POOLS, name));
    assert.deepEqual(rows[0]?.cells, [
      name,
      true,
      false,
      '["10.0.0.0/24","fd00::/64"]',
      ...[null, null, null, null, null],
    ]);
    const shown = await api.kubectl(['get', 'ipaddresspools', name, '-n', namespace]);
    assert.match(
      shown.stdout,
      /^NAME +AUTO ASSIGN +AVOID BUGGY IPS +ADDRESSES +USED IPV4 +FREE IPV4 +USED IPV6 +FREE IPV6 +VALID\n/,
    );
  });

  it('have neither short names nor categories nor a scale', async () => {
    const { resources } = await api.requestOk<{
      resources: { name: string; shortNames?: unknown; categories?: unknown }[];
    }>('GET', '/apis/metallb.io/v1beta1');
    const plurals = [...new Set(ALL.map(({ plural }) => plural))].sort();
    assert.deepEqual(
      resources.map(({ name }) => name).sort(),
      plurals.flatMap((name) => [name, `${name}/status`]).sort(),
    );
    for (const { name, shortNames, categories } of resources)
      assert.deepEqual([shortNames, categories], [undefined, undefined], name);
  });

  it('show the description of a field in kubectl explain', async () => {
    for (const [field, part] of [
      ['bgppeers.spec.holdTime', 'from 3s to 65535s'],
      ['ipaddresspools.spec.addresses', 'the lowest free one first'],
      ['servicebgpstatuses.status.peers', 'even while its session is down'],
    ] as const) {
      const shown = await api.kubectl(['explain', field]);
      assert.ok(
        shown.stdout.replaceAll(/\s+/g, ' ').includes(part),
        `${field}: ${shown.stdout}${shown.stderr}`,
      );
    }
  });
});

const rowsOfKind = (kind: string): KindRows => {
  const rows = ALL.find((some) => some.kind === kind);
  if (rows === undefined) throw new Error(`no rows for ${kind}`);
  return rows;
};
