/** The objects that `berth calico init` prints, and the flags that it rejects. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fieldsOf, listOf, type Raw } from '../../../../src/base/json.ts';
import { runCalico } from '../../../../src/cli/calico/run.ts';
import { PROSE_COLUMNS_MAX } from '../../../../src/cli/framework/lines.ts';
import { nameOf, specOf } from '../../../../src/objects/metadata.ts';
import { BASE_FLAGS, kindsOf, runInit, V4, V6 } from '../../support/calico-init.ts';
import { runCommand } from '../../support/run-command.ts';

const objectOfKind = (objects: readonly Raw[], kind: string): Raw => {
  const found = objects.find((raw) => raw['kind'] === kind);
  assert.ok(found, `there is no ${kind}`);
  return found;
};

describe('the objects that init prints', () => {
  it('are in an order in which each comes after those that it names', async () => {
    const { objects } = await runInit([
      ...BASE_FLAGS,
      ...['--password-secret', 'tor-peer/pw', '--pod-network', '192.168.0.0/16'],
      ...['--router', '10.10.0.2=65116'],
    ]);
    assert.deepEqual(kindsOf(objects), [
      ...['Secret', 'Role', 'RoleBinding', 'BGPFilter', 'BGPConfiguration', 'BGPPeer', 'BGPPeer'],
      ...['IPReservation', 'IPAddressPool'],
    ]);
    const peers = objects.filter((raw) => raw['kind'] === 'BGPPeer');
    for (const peer of peers) assert.deepEqual(specOf(peer)['filters'], ['own-service-routes-only']);
    assert.deepEqual(peers.map(nameOf), ['router-10-10-0-1', 'router-10-10-0-2']);
  });

  it('are only those that are needed', async () => {
    const { objects } = await runInit([...BASE_FLAGS, '--local', 'off', '--pod-network', '10.244.0.0/16']);
    assert.deepEqual(kindsOf(objects), ['BGPConfiguration', 'BGPPeer', 'IPAddressPool']);
  });

  it('mesh off: eBGP peers allow the own AS, and there is no BGPFilter', async () => {
    const { objects } = await runInit([...BASE_FLAGS, '--mesh', 'off', '--router', '10.10.0.2=64700']);
    const allowed = objects
      .filter((raw) => raw['kind'] === 'BGPPeer')
      .map((raw) => specOf(raw)['numAllowedLocalASNumbers']);
    assert.deepEqual(allowed, [1, undefined]);
    assert.ok(!kindsOf(objects).includes('BGPFilter'));
    assert.equal(specOf(objectOfKind(objects, 'BGPConfiguration'))['nodeToNodeMeshEnabled'], false);
  });

  it('mesh on: the BGPFilter rejects routes of other nodes, for each family', async () => {
    const { objects } = await runInit([...BASE_FLAGS, '--range', 'fd00:5::/112', '--router', V6]);
    const rule = (cidr: string) => ({ cidr, matchOperator: 'In', source: 'RemotePeers', action: 'Reject' });
    assert.deepEqual(specOf(objectOfKind(objects, 'BGPFilter')), {
      exportV4: [rule('192.168.5.0/24')],
      exportV6: [rule('fd00:5::/112')],
    });
  });

  it('do not set aggregation before Calico 3.31', async () => {
    const aggregationIn = async (version: string): Promise<unknown> => {
      const { objects } = await runInit([...BASE_FLAGS, '--calico-version', version]);
      return specOf(objectOfKind(objects, 'BGPConfiguration'))['serviceLoadBalancerAggregation'];
    };
    assert.deepEqual(
      [await aggregationIn('v3.30.7'), await aggregationIn('v3.31.7')],
      [undefined, 'Enabled'],
    );
  });

  it('list a single address as the pair around it, unless that contains a router', async () => {
    const listed = async (range: string, router: string): Promise<readonly unknown[]> => {
      const { objects } = await runInit([
        '--range',
        range,
        '--node-as',
        '64700',
        '--router',
        `${router}=65116`,
      ]);
      const spec = specOf(objectOfKind(objects, 'BGPConfiguration'));
      return listOf(spec['serviceLoadBalancerIPs']).map((entry) => fieldsOf(entry)['cidr']);
    };
    assert.deepEqual(await listed('10.10.0.7-10.10.0.8', '10.10.0.1'), ['10.10.0.6/31', '10.10.0.8/31']);
    assert.deepEqual(await listed('10.10.0.7/32', '10.10.0.6'), ['10.10.0.7/32']);
  });

  it('tag every range, with quoted values that YAML does not read as numbers', async () => {
    const { out, objects } = await runInit([...BASE_FLAGS, '--community', '64700:20,64700:300:10,64700:20']);
    assert.deepEqual(specOf(objectOfKind(objects, 'BGPConfiguration'))['prefixAdvertisements'], [
      { cidr: '192.168.5.0/24', communities: ['64700:20', '64700:300:10'] },
    ]);
    assert.match(out, /- "64700:20"\n/);
  });

  it('are explained in lines that fit a terminal', async () => {
    const { out } = await runInit([
      ...BASE_FLAGS,
      '--password-secret',
      'tor-peer/pw',
      '--calico-version',
      '3.31.2',
    ]);
    for (const line of out.split('\n')) assert.ok(line.length <= PROSE_COLUMNS_MAX, line);
    assert.match(out, /can lose routes/);
    assert.match(out.replaceAll('\n# ', ' '), /not ready\. This is fixed in 3\.31\.7/);
  });
});

it("for calicoctl it prints only Calico's kinds, and commands for the rest", async () => {
  const { out, objects } = await runInit([
    ...BASE_FLAGS,
    '--for',
    'calicoctl',
    '--password-secret',
    'tor-peer/pw',
  ]);
  assert.deepEqual(kindsOf(objects), ['BGPFilter', 'BGPConfiguration', 'BGPPeer']);
  assert.match(out, /^# {3}kubectl create secret generic tor-peer -n kube-system --from-literal=pw=/m);
  assert.match(out, /^# {3}kubectl create rolebinding /m);
  assert.match(out, /^# {3}kind: IPAddressPool$/m);
});

describe('invalid flags of init', () => {
  const wrong: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [[], /--range is missing[\s\S]*--node-as is missing[\s\S]*--router is missing/],
    [['--range', '192.168.5.7/24'], /did you mean 192\.168\.5\.0\/24\?/],
    [['--range', '192.168.5.7'], /write 192\.168\.5\.7\/32/],
    [['--range', '192.168.5.9-192.168.5.1'], /ends before it begins/],
    [['--range', '192.168.5.0/24,192.168.5.9-192.168.5.10'], /overlaps --range 192\.168\.5\.0\/24/],
    [['--range', '10.0.0.0/15'], /broader than \/16/],
    [['--range', '224.0.0.0/24'], /multicast/],
    [['--range', '10.10.0.0/24', '--router', V4], /contains the router 10\.10\.0\.1/],
    [['--range', 'fd00:5::/112', '--router', V4], /no --router has an IPv6 address/],
    [['--router', '10.10.0.1'], /has no AS number/],
    [['--router', '10.10.0.1=0'], /"0" is not an AS number/],
    [['--router', '127.0.0.1=1'], /loopback/],
    [['--router', 'tor=65116'], /the address is not an IP address/],
    [['--router', '10.10.0.1=1,10.10.0.1=2'], /names a router twice/],
    [['--node-as', '4294967296'], /is not an AS number/],
    [['--node-as', '4200000000', '--calico-version', '3.32.1'], /AS 4200000000 is above 2147483647/],
    [['--calico-version', 'newest'], /is not a version such as/],
    [['--calico-namespace', 'Kube'], /is not a valid name of a namespace/],
    [['--password-secret', 'tor-peer'], /NAME\/KEY/],
    [['--password-secret', 'Tor/a b'], /"a b" is not a valid key/],
    [['--community', 'blue'], /is not a community/],
    [['--community', '70000:1'], /each of two parts is at most 65535/],
    [['--community', '1:2:4294967296'], /each of three parts/],
    [['--nodes', 'has('], /--nodes is not a selector of Calico/],
    [['--pod-network', '10.244.0.1/16'], /did you mean 10\.244\.0\.0\/16\?/],
    [['--for', 'frr'], /--for is "frr"; it takes kubectl, calicoctl/],
    [['--mesh', 'maybe'], /it takes on, off/],
    [['--neighbour', '10.10.0.11'], /there is no flag --neighbour here: it belongs to calico router/],
    [['-f', 'x.json'], /there is no flag --file here: it belongs to calico model/],
    [['more'], /unexpected "more"/],
  ];
  for (const [args, message] of wrong) {
    it(`init ${args.join(' ')}: ${message.source}`, async () => {
      const { code, out, err } = await runCommand(runCalico, ['init', ...args]);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, message);
    });
  }

  it('are all reported at once', async () => {
    const args = [
      '--range',
      '10.0.0.1/8',
      '--router',
      'x',
      '--community',
      'y',
      '--password-secret',
      'z',
      'more',
    ];
    const { err } = await runCommand(runCalico, ['init', ...args]);
    const errors = err.split('\n').filter((line) => line.startsWith('berth calico init: '));
    assert.equal(errors.length, 7);
  });
});
