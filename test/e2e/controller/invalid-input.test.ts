/** Invalid input in every place: each gets its sentence, and all others are served. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Program } from '../../controller/support/program.ts';
import { type AnyObject, NAMESPACE, Rig } from '../../controller/support/rig.ts';
import { eventually } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';

const STATE = `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}/configurationstates/controller`;

describe('invalid input on a real API server', { skip: skipWithoutKubernetesBinaries() }, () => {
  let rig: Rig;
  before(async () => {
    rig = await Rig.borrow();
  });
  afterEach(() => rig.clean());
  after(() => rig?.stop());

  /** The controller runs, logged no bug, and serves valid Services. */
  const isWell = async (program: Program): Promise<void> => {
    await rig.service('good', {}, { annotations: { 'metallb.io/address-pool': 'zz-good' } });
    await eventually(async () => assert.equal((await rig.addresses('good')).length, 1));
    assert.equal(program.exit, null);
    assert.deepEqual(
      program.log.filter(({ level }) => level === 'error'),
      [],
    );
  };

  const badPools: readonly (readonly [name: string, addresses: readonly string[], says: RegExp])[] = [
    ['rubbish', ['not an address'], /spec\.addresses\[0\].*"not an address"/],
    ['reversed', ['192.0.2.9-192.0.2.1'], /spec\.addresses\[0\].*192\.0\.2\.9/],
    ['mixed', ['192.0.2.1-2001:db8::1'], /spec\.addresses\[0\]/],
    ['zeros', ['192.0.02.0/24'], /spec\.addresses\[0\].*leading zero/],
    ['empty-text', [''], /spec\.addresses\[0\]/],
    ['too-long', ['192.0.2.0/33'], /spec\.addresses\[0\]/],
    ['twice', ['203.0.113.0/28', '203.0.113.8/29'], /overlap/],
  ];

  it('reports the errors of each pool, on the pool and in the ConfigurationState', async () => {
    await rig.pool('zz-good', ['198.51.100.0/28']);
    const program = await rig.startServing();
    for (const [name, addresses] of badPools) await rig.pool(name, addresses);
    for (const [name, , says] of badPools) {
      const told = await eventually(async () => {
        const [event] = await rig.events(name, NAMESPACE);
        assert.ok(event, name);
        return event;
      });
      assert.match(told.message, says);
    }
    await eventually(async () => {
      const { status } = await rig.api.requestOk<AnyObject>('GET', STATE);
      assert.equal(status.result, 'Invalid');
      for (const [name] of badPools) assert.match(status.errorSummary, new RegExp(`pool "${name}"`));
    });
    await rig.service('asks', {}, { annotations: { 'metallb.io/address-pool': 'rubbish' } });
    assert.match((await rig.waitForReason('asks', 'PoolInvalid')).message, /Pool "rubbish" is invalid/);
    await isWell(program);
    for (const [name] of badPools) await rig.deletePool(name);
    await eventually(async () =>
      assert.equal((await rig.api.requestOk<AnyObject>('GET', STATE)).status.result, 'Valid'),
    );
  });

  it('accepts enormous pools, and ten thousand ranges', async () => {
    await rig.pool('zz-good', ['198.51.100.0/28']);
    const ranges = Array.from({ length: 10_000 }, (_, index) => {
      const net = `11.${index >> 8}.${index & 255}`;
      return `${net}.1-${net}.9`;
    });
    await rig.pool('many', ranges);
    await rig.pool('all-six', ['2000::/3'], { autoAssign: false });
    const program = await rig.startServing();
    await rig.service('from-many');
    await rig.waitForAddresses('from-many', '11.0.0.1');
    await rig.service(
      'from-six',
      { ipFamilies: ['IPv6'], ipFamilyPolicy: 'SingleStack' },
      { annotations: { 'metallb.io/address-pool': 'all-six' } },
    );
    await eventually(async () => assert.equal((await rig.addresses('from-six')).length, 1));
    await eventually(async () => {
      const { status } = await rig.getPool('all-six');
      assert.deepEqual([status.assignedIPv6, status.availableIPv6], [1, Number.MAX_SAFE_INTEGER]);
    });
    await rig.editPool('many', { addresses: [...ranges, 'rubbish'] });
    assert.match(
      await rig.waitForEvent('many', 'PoolInvalid', NAMESPACE),
      /spec\.addresses\[10000\].*rubbish/,
    );
    const shown = [
      'get',
      'ipaddresspools',
      'many',
      '-n',
      NAMESPACE,
      '-o',
      'jsonpath={.status.conditions[0]}',
    ];
    await eventually(async () =>
      assert.match(await rig.kubectl(shown), /rubbish.*What was valid before is in force.*"status":"False"/),
    );
    await rig.pool('all-four', ['8.0.0.0/5'], { autoAssign: false });
    assert.match(await rig.waitForEvent('all-four', 'PoolOverlaps', NAMESPACE), /overlaps/);
    assert.deepEqual(await rig.addresses('from-many'), ['11.0.0.1']);
    await isWell(program);
  });

  it('refuses each invalid request with a sentence', async () => {
    await rig.pool('zz-good', ['198.51.100.0/28', '2001:db8::/124']);
    const program = await rig.startServing();
    const long = 'x'.repeat(100_000);
    const requests: readonly (readonly [
      name: string,
      request: Record<string, string>,
      reason: string,
      says: RegExp,
    ])[] = [
      [
        'three',
        { loadBalancerIPs: '198.51.100.1,198.51.100.2,198.51.100.3' },
        'InvalidRequest',
        /More than two addresses/,
      ],
      [
        'two-of-a-kind',
        { loadBalancerIPs: '198.51.100.1,198.51.100.2' },
        'InvalidRequest',
        /Two IPv4 addresses/,
      ],
      [
        'same-twice',
        { loadBalancerIPs: '198.51.100.1,198.51.100.1' },
        'InvalidRequest',
        /Two IPv4 addresses/,
      ],
      ['rubbish', { loadBalancerIPs: 'gimme' }, 'InvalidRequest', /"gimme" is not an IP address/],
      ['long', { loadBalancerIPs: long }, 'InvalidRequest', /"x+…" is not an IP address/],
      ['long-pool', { 'address-pool': long }, 'UnknownPool', /There is no pool "x/],
      ['elsewhere', { loadBalancerIPs: '203.0.113.1' }, 'AddressNotInPool', /203\.0\.113\.1 is in no pool/],
      ['wrong-family', { loadBalancerIPs: '2001:db8::1' }, 'FamilyMismatch', /cluster IPs are IPv4/],
    ];
    for (const [name, request] of requests) {
      const annotations = Object.fromEntries(
        Object.entries(request).map(([key, value]) => [`metallb.io/${key}`, value]),
      );
      await rig.service(name, {}, { annotations });
    }
    for (const [name, , reason, says] of requests) {
      const { message } = await rig.waitForReason(name, reason);
      assert.match(message, says, name);
      assert.ok(message.length <= 1024, name);
    }
    await rig.service(
      'both-ways',
      { loadBalancerIP: '198.51.100.9' },
      {
        annotations: { 'metallb.io/loadBalancerIPs': '198.51.100.9' },
      },
    );
    assert.match(
      (await rig.waitForReason('both-ways', 'InvalidRequest')).message,
      /Both spec\.loadBalancerIP and the annotation/,
    );
    await rig.service('long-key', {}, { annotations: { 'metallb.io/allow-shared-ip': long } });
    await eventually(async () => assert.equal((await rig.addresses('long-key')).length, 1));
    for (const [name] of requests)
      assert.ok((await rig.waitForEvent(name, 'AllocationFailed')).length <= 1024, name);
    await isWell(program);
  });

  it('serves Services and pools with names of maximum length', async () => {
    const pool = `zz-good-${'p'.repeat(240)}`;
    await rig.pool(pool, ['198.51.100.0/28']);
    await rig.pool('zz-good', ['192.0.2.0/28'], { autoAssign: false });
    const program = await rig.startServing();
    const name = `s${'v'.repeat(62)}`;
    await rig.service(name);
    await rig.waitForAddresses(name, '198.51.100.0');
    await rig.waitForEvent(name, 'IPAllocated');
    await isWell(program);
  });

  it('reports the errors of an old ConfigMap, and recovers once it is valid', async () => {
    const path = `/api/v1/namespaces/${NAMESPACE}/configmaps`;
    const good = 'address-pools: [{name: zz-good, protocol: layer2, addresses: [198.51.100.0/28]}]';
    const texts: readonly (readonly [text: string, says: RegExp])[] = [
      ['\t[ not yaml', /YAML|yaml/],
      ['[]', /./],
      ['42', /./],
      [
        'address-pools: [{name: p, protocol: carrier-pigeon, addresses: [198.51.100.0/28]}]',
        /carrier-pigeon/,
      ],
      ['adress-pools: []', /adress-pools/],
      ['address-pools: [{name: p, protocol: layer2, addresses: [nonsense]}]', /nonsense/],
    ];
    await rig.api.requestOk('POST', path, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'config' },
      data: { config: texts[0]?.[0] ?? '' },
    });
    const program = rig.controller('--config', 'config');
    for (const [text, says] of texts) {
      await rig.api.requestOk('PATCH', `${path}/config`, { data: { config: text } });
      await eventually(async () => {
        const { status } = await rig.api.requestOk<AnyObject>('GET', STATE);
        assert.equal(status?.result, 'Invalid', text);
        assert.match(status.errorSummary, says);
      });
    }
    await rig.api.requestOk('PATCH', `${path}/config`, { data: { config: null, other: 'x' } });
    await eventually(async () => {
      const { status } = await rig.api.requestOk<AnyObject>('GET', STATE);
      assert.match(status.errorSummary, /config/);
    });
    await rig.api.requestOk('PATCH', `${path}/config`, { data: { config: good } });
    await isWell(program);
    await eventually(async () =>
      assert.equal((await rig.api.requestOk<AnyObject>('GET', STATE)).status.result, 'Valid'),
    );
  });
});
