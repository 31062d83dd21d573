import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { fieldsOf, listOf, nameOf, type Raw, specOf, textOf } from '../../../../src/base/json.ts';
import { diagnose } from '../../../../src/calico/findings/diagnose.ts';
import { validationErrors } from '../../../../src/calico/objects/validation.ts';
import { parseVersion } from '../../../../src/calico/objects/version.ts';
import { runCalico } from '../../../../src/cli/calico/run.ts';
import { COLUMNS_MAX } from '../../../../src/cli/framework/command.ts';
import { hashedRouterId } from '../../../../src/kube/node-router-id.ts';
import { CONTROL_PLANE, exposedService, node, object, WORKER } from '../../../calico/support/clusters.ts';
import { runCommand } from '../../support/run-command.ts';

const BASE_FLAGS = ['--range', '192.168.5.0/24', '--node-as', '64700', '--router', '10.10.0.1=65116'];

async function init(
  args: readonly string[],
): Promise<{ readonly out: string; readonly objects: readonly Raw[] }> {
  const { code, out, err } = await runCommand(runCalico, ['init', ...args]);
  assert.deepEqual([code, err], [0, '']);
  const documents = parseAllDocuments(out);
  for (const { errors, warnings } of documents) assert.deepEqual([...errors, ...warnings], []);
  return { out, objects: documents.flatMap((one) => (one.contents === null ? [] : [one.toJS()])) };
}

const kinds = (objects: readonly Raw[]): readonly string[] => objects.map((raw) => textOf(raw['kind']));
const objectOfKind = (objects: readonly Raw[], kind: string): Raw => {
  const found = objects.find((raw) => raw['kind'] === kind);
  assert.ok(found, `there is no ${kind}`);
  return found;
};

/** Three nodes with addresses of both families, pods by VXLAN, and Services, every other one Local where there are any. */
function clusterObjects(used: readonly string[], local: boolean, pods: readonly string[]): readonly Raw[] {
  const dual = (name: string, last: number, labels: Raw): Raw =>
    node(name, last, labels, { 'projectcalico.org/IPv6Address': `fd00::${last}/64` });
  return [
    dual('w1', 11, WORKER),
    dual('w2', 12, WORKER),
    dual('cp1', 10, CONTROL_PLANE),
    ...pods.map((cidr, index) => object('IPPool', `pods-${index}`, { spec: { cidr, vxlanMode: 'Always' } })),
    ...used.flatMap((ip, index) =>
      local && index % 2 === 1
        ? exposedService(`edge-${index}`, { ip, local, on: ['w2'] })
        : exposedService(`web-${index}`, { ip, on: ['w1', 'w2'] }),
    ),
  ];
}

type FlagVariant = { readonly says: string; readonly args: readonly string[] };

const V4 = '10.10.0.1=65116';
const V6 = 'fd00::1=65116';

type Scenario = FlagVariant & { readonly used: readonly string[]; readonly pods: readonly string[] };

const scenarios: readonly Scenario[] = [
  {
    says: 'one range',
    args: ['--range', '192.168.5.0/24', '--router', V4],
    used: ['192.168.5.0', '192.168.5.7'],
    pods: ['10.244.0.0/16'],
  },
  {
    says: 'a range that begins and ends with a single address',
    args: ['--range', '192.168.5.1-192.168.5.20', '--router', V4, '--router', '10.10.0.2=65117'],
    used: ['192.168.5.1', '192.168.5.10', '192.168.5.20'],
    pods: ['10.244.0.0/16'],
  },
  {
    says: 'both families, an iBGP router',
    args: ['--range', '192.168.5.0/24,fd00:5::/112', '--router', '10.10.0.1=64700,fd00::1=64700'],
    used: ['192.168.5.0', 'fd00:5::1', '192.168.5.7', 'fd00:5::2'],
    pods: ['10.244.0.0/16', 'fd00:244::/64'],
  },
  {
    says: 'IPv6 alone, one single address',
    args: ['--range', 'fd00:5::/112', '--range', 'fd00:6::3/128', '--router', V6],
    used: ['fd00:5::1', 'fd00:6::3'],
    pods: ['fd00:244::/64'],
  },
  {
    says: 'a range in the pod network',
    args: ['--range', '192.168.5.1-192.168.5.30', '--pod-network', '192.168.0.0/16', '--router', V4],
    used: ['192.168.5.1', '192.168.5.30'],
    pods: ['192.168.0.0/16'],
  },
];

const sessions: readonly FlagVariant[] = [
  { says: 'plain', args: [] },
  { says: 'password', args: ['--password-secret', 'tor-peer/tor.pw', '--calico-namespace', 'calico-system'] },
  {
    says: 'communities, workers',
    args: [
      ...['--community', '64700:120', '--community', '64700:300:100'],
      ...['--nodes', 'has(node-role.kubernetes.io/worker)'],
    ],
  },
];

const versions = ['', 'v3.30.7', 'v3.31.7', 'v3.32.2'];

const diagnoseObjects = (objects: readonly Raw[], version: string, namespace: string) => {
  const read = parseVersion(version);
  const { findings, world: snapshot } = diagnose(objects, {
    hashRouterId: hashedRouterId,
    complete: true,
    namespace,
    ...(read === null ? {} : { version: read }),
  });
  return {
    bad: findings
      .filter(({ severity }) => severity !== 'hint')
      .map(({ code, problem }) => `${code} ${problem}`),
    lost: snapshot.unlearned,
    world: snapshot,
  };
};

describe('what init prints passes the doctor', () => {
  for (const { says, args, used, pods } of scenarios) {
    for (const mesh of ['on', 'off']) {
      for (const local of ['on', 'off']) {
        it(`${says}, mesh ${mesh}, Local Services ${local}`, async () => {
          for (const session of sessions) {
            for (const version of versions) {
              const { objects } = await init([
                ...args,
                ...session.args,
                ...['--node-as', '64700', '--mesh', mesh, '--local', local],
                ...(version === '' ? [] : ['--calico-version', version]),
              ]);
              const around = clusterObjects(used, local === 'on', pods);
              const namespace = session.args.includes('calico-system') ? 'calico-system' : 'kube-system';
              const { bad, lost, world } = diagnoseObjects([...objects, ...around], version, namespace);
              assert.deepEqual([bad, lost], [[], []], `${session.says} ${version}`);
              for (const raw of objects) assert.deepEqual(validationErrors(raw), []);
              assert.ok(world.converged.sessions.some(({ live }) => live.node.name === 'w1'));
            }
          }
        });
      }
    }
  }

  it('and the doctor would tell if the filter were not there', async () => {
    const { objects } = await init(BASE_FLAGS);
    const without = objects
      .filter((raw) => raw['kind'] !== 'BGPFilter')
      .map((raw) => (raw['kind'] === 'BGPPeer' ? { ...raw, spec: { ...specOf(raw), filters: [] } } : raw));
    const around = clusterObjects(['192.168.5.0', '192.168.5.7'], true, ['10.244.0.0/16']);
    assert.match(diagnoseObjects([...without, ...around], '', 'kube-system').bad.join(), /^P4 /);
  });

  it('and the doctor would tell if nothing were reserved', async () => {
    const { objects: without } = await init(BASE_FLAGS);
    const around = clusterObjects(['192.168.5.0', '192.168.5.7'], true, ['192.168.0.0/16']);
    assert.match(diagnoseObjects([...without, ...around], '', 'kube-system').bad.join(), /^P19 /);
  });
});

describe('the objects', () => {
  it('come in an order in which nothing names what is not there yet', async () => {
    const { objects } = await init([
      ...BASE_FLAGS,
      ...['--password-secret', 'tor-peer/pw', '--pod-network', '192.168.0.0/16'],
      ...['--router', '10.10.0.2=65116'],
    ]);
    assert.deepEqual(kinds(objects), [
      ...['Secret', 'Role', 'RoleBinding', 'BGPFilter', 'BGPConfiguration', 'BGPPeer', 'BGPPeer'],
      ...['IPReservation', 'IPAddressPool'],
    ]);
    const peers = objects.filter((raw) => raw['kind'] === 'BGPPeer');
    for (const peer of peers) assert.deepEqual(specOf(peer)['filters'], ['own-service-routes-only']);
    assert.deepEqual(peers.map(nameOf), ['router-10-10-0-1', 'router-10-10-0-2']);
  });

  it('are only what is needed', async () => {
    const { objects } = await init([...BASE_FLAGS, '--local', 'off', '--pod-network', '10.244.0.0/16']);
    assert.deepEqual(kinds(objects), ['BGPConfiguration', 'BGPPeer', 'IPAddressPool']);
  });

  it('mesh off: the own AS is taken from routers of another AS, and no filter is needed', async () => {
    const { objects } = await init([...BASE_FLAGS, '--mesh', 'off', '--router', '10.10.0.2=64700']);
    const allowed = objects
      .filter((raw) => raw['kind'] === 'BGPPeer')
      .map((raw) => specOf(raw)['numAllowedLocalASNumbers']);
    assert.deepEqual(allowed, [1, undefined]);
    assert.ok(!kinds(objects).includes('BGPFilter'));
    assert.equal(specOf(objectOfKind(objects, 'BGPConfiguration'))['nodeToNodeMeshEnabled'], false);
  });

  it('mesh on: routes of other nodes are rejected, family by family', async () => {
    const { objects } = await init([...BASE_FLAGS, '--range', 'fd00:5::/112', '--router', V6]);
    const rule = (cidr: string) => ({ cidr, matchOperator: 'In', source: 'RemotePeers', action: 'Reject' });
    assert.deepEqual(specOf(objectOfKind(objects, 'BGPFilter')), {
      exportV4: [rule('192.168.5.0/24')],
      exportV6: [rule('fd00:5::/112')],
    });
  });

  it('say nothing of aggregation before Calico 3.31', async () => {
    const said = async (version: string): Promise<unknown> => {
      const { objects } = await init([...BASE_FLAGS, '--calico-version', version]);
      return specOf(objectOfKind(objects, 'BGPConfiguration'))['serviceLoadBalancerAggregation'];
    };
    assert.deepEqual([await said('v3.30.7'), await said('v3.31.7')], [undefined, 'Enabled']);
  });

  it('list a single address with its neighbour, unless that is a router', async () => {
    const listed = async (range: string, router: string): Promise<readonly unknown[]> => {
      const { objects } = await init(['--range', range, '--node-as', '64700', '--router', `${router}=65116`]);
      const spec = specOf(objectOfKind(objects, 'BGPConfiguration'));
      return listOf(spec['serviceLoadBalancerIPs']).map((entry) => fieldsOf(entry)['cidr']);
    };
    assert.deepEqual(await listed('10.10.0.7-10.10.0.8', '10.10.0.1'), ['10.10.0.6/31', '10.10.0.8/31']);
    assert.deepEqual(await listed('10.10.0.7/32', '10.10.0.6'), ['10.10.0.7/32']);
  });

  it('tag every range, with values that no reader takes for a number', async () => {
    const { out, objects } = await init([...BASE_FLAGS, '--community', '64700:20,64700:300:10,64700:20']);
    assert.deepEqual(specOf(objectOfKind(objects, 'BGPConfiguration'))['prefixAdvertisements'], [
      { cidr: '192.168.5.0/24', communities: ['64700:20', '64700:300:10'] },
    ]);
    assert.match(out, /- "64700:20"\n/);
  });

  it('are told of within a terminal', async () => {
    const { out } = await init([
      ...BASE_FLAGS,
      '--password-secret',
      'tor-peer/pw',
      '--calico-version',
      '3.31.2',
    ]);
    for (const line of out.split('\n')) assert.ok(line.length <= COLUMNS_MAX, line);
    assert.match(out, /can lose routes/);
    assert.match(out, /not\n# ready: 3\.31\.7/);
  });
});

it('for calicoctl there are its own kinds alone, and commands for the rest', async () => {
  const { out, objects } = await init([
    ...BASE_FLAGS,
    '--for',
    'calicoctl',
    '--password-secret',
    'tor-peer/pw',
  ]);
  assert.deepEqual(kinds(objects), ['BGPFilter', 'BGPConfiguration', 'BGPPeer']);
  assert.match(out, /^# {3}kubectl create secret generic tor-peer -n kube-system --from-literal=pw=/m);
  assert.match(out, /^# {3}kubectl create rolebinding /m);
  assert.match(out, /^# {3}kind: IPAddressPool$/m);
});

describe('what cannot be meant', () => {
  const wrong: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [[], /--range is missing[\s\S]*--node-as is missing[\s\S]*--router is missing/],
    [['--range', '192.168.5.7/24'], /did you mean 192\.168\.5\.0\/24\?/],
    [['--range', '192.168.5.7'], /write 192\.168\.5\.7\/32/],
    [['--range', '192.168.5.9-192.168.5.1'], /ends before it begins/],
    [['--range', '192.168.5.0/24,192.168.5.9-192.168.5.10'], /overlaps --range 192\.168\.5\.0\/24/],
    [['--range', '10.0.0.0/15'], /broader than \/16/],
    [['--range', '224.0.0.0/24'], /multicast/],
    [['--range', '10.10.0.0/24', '--router', V4], /holds the router 10\.10\.0\.1/],
    [['--range', 'fd00:5::/112', '--router', V4], /no --router has an IPv6 address/],
    [['--router', '10.10.0.1'], /has no AS number/],
    [['--router', '10.10.0.1=0'], /"0" is no AS number/],
    [['--router', '127.0.0.1=1'], /loopback/],
    [['--router', 'tor=65116'], /the address is not an IP address/],
    [['--router', '10.10.0.1=1,10.10.0.1=2'], /named before/],
    [['--node-as', '4294967296'], /is no AS number/],
    [['--node-as', '4200000000', '--calico-version', '3.32.1'], /AS 4200000000 is above 2147483647/],
    [['--calico-version', 'newest'], /is no version such as/],
    [['--calico-namespace', 'Kube'], /no name of a namespace/],
    [['--password-secret', 'tor-peer'], /NAME\/KEY/],
    [['--password-secret', 'Tor/a b'], /"a b" is no key/],
    [['--community', 'blue'], /is no community/],
    [['--community', '70000:1'], /each of two parts is at most 65535/],
    [['--community', '1:2:4294967296'], /each of three parts/],
    [['--nodes', 'has('], /--nodes cannot be read as a selector/],
    [['--pod-network', '10.244.0.1/16'], /did you mean 10\.244\.0\.0\/16\?/],
    [['--for', 'frr'], /--for frr is for calico router/],
    [['--mesh', 'maybe'], /it takes on, off/],
    [['--neighbour', '10.10.0.11'], /--neighbour means nothing to calico init/],
    [['-f', 'x.json'], /--file means nothing to calico init/],
    [['more'], /"more" means nothing to calico init/],
  ];
  for (const [args, says] of wrong) {
    it(`init ${args.join(' ')}: ${says.source}`, async () => {
      const { code, out, err } = await runCommand(runCalico, ['init', ...args]);
      assert.deepEqual([code, out], [2, '']);
      assert.match(err, says);
    });
  }

  it('is told all at once', async () => {
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
    const told = err.split('\n').filter((line) => line.startsWith('berth calico: '));
    assert.equal(told.length, 7);
  });
});
