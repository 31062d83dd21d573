/** The playground as people use it: the built program, the real kubectl, and the same manifests on a real cluster. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import { EXPECT_ANNOTATION } from '../../src/playground/cluster/service-row.ts';
import { installProgram, Program } from '../controller/support/program.ts';
import { type AnyObject, addressesOf, conditionOf, poolOf, Rig } from '../controller/support/rig.ts';
import { BuiltPlayground } from '../playground/support/built-playground.ts';
import { eventually } from '../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';

const EXAMPLES = join(root, 'examples/playground');
const KINDS = join(root, 'examples/playground-kinds');

/** Every Service's addresses, pool and reason, as the cluster holds them. */
const assignments = (services: readonly AnyObject[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    services
      .filter(({ spec }) => spec.type === 'LoadBalancer')
      .map((service) => [
        `${service.metadata.namespace}/${service.metadata.name}`,
        [...addressesOf(service), poolOf(service) ?? null, conditionOf(service)?.reason ?? null],
      ]),
  );

describe('the playground', { skip: skipWithoutKubernetesBinaries() }, () => {
  let folder: string;
  let script: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'berth-e2e-playground-'));
    script = await installProgram(folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** A temporary folder for one playground, so that one can see what it leaves there. */
  const home = (): string => mkdtempSync(join(folder, 'home-'));

  describe('steered by the real kubectl', () => {
    let playground: BuiltPlayground;
    let place: string;
    before(() => {
      place = home();
      playground = new BuiltPlayground(script, place);
    });
    after(() => playground?.program.stop());

    it('lists every Service with its address in kubectl get', async () => {
      const out = await playground.kubectl(['get', 'services', '-A']);
      assert.match(out, /^shop +web +LoadBalancer +10\.\S+ +192\.0\.2\.10 +80:\d+\/TCP /m);
      assert.match(out, /^shop +cart +LoadBalancer +10\.\S+ +192\.0\.2\.11,2001:db8:5::10 /m);
      assert.match(out, /^shop +coupons +LoadBalancer +10\.\S+ +<pending> /m);
    });

    it('shows a new address in kubectl get --watch, and prints it itself', async () => {
      const watch = await playground.start(['get', 'svc', '-n', 'shop', '--watch-only']);
      let seen = '';
      watch.stdout?.on('data', (chunk) => {
        seen += chunk;
      });
      // The watch has no way to say that it is open: what comes is applied until it has been seen to come.
      await eventually(async () => {
        await playground.kubectl(['delete', 'svc', 'late', '-n', 'shop', '--ignore-not-found']);
        const manifest = 'apiVersion: v1\nkind: Service\nmetadata: {name: late, namespace: shop}\n';
        await playground.kubectl(
          ['apply', '-f', '-'],
          `${manifest}spec: {type: LoadBalancer, ports: [{port: 80}]}\n`,
        );
        assert.match(seen, /^late .*<pending>[\s\S]*^late .* 192\.0\.2\.12 /m);
      });
      watch.kill();
      await playground.waitFor(/^\S+ {2}shop\/late {2}has 192\.0\.2\.12 from pool everyday$/m);
    });

    it('says in kubectl describe why a Service has no address', async () =>
      assert.match(
        await playground.kubectl(['describe', 'service', 'coupons', '-n', 'shop']),
        /Warning +AllocationFailed .*metallb-controller +Failed to allocate IP for "shop\/coupons": pool payments-only not compatible/,
      ));

    it('assigns an address once a request that no pool satisfies is removed', async () => {
      await playground.kubectl(['annotate', 'service', 'coupons', '-n', 'shop', 'metallb.io/address-pool-']);
      await playground.waitFor(/^\S+ {2}shop\/coupons {2}has (192\.0\.2\.\d+) from pool everyday$/m);
    });

    it('assigns an address of a pool that selects labels once the Service has the label', async () => {
      const pool = `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: gold, namespace: metallb-system}
spec:
  addresses: [203.0.113.200/32]
  serviceAllocation: {serviceSelectors: [{matchLabels: {tier: gold}}]}
`;
      const service = `apiVersion: v1
kind: Service
metadata: {name: vip, namespace: shop, annotations: {metallb.io/address-pool: gold}}
spec: {type: LoadBalancer, ports: [{port: 80}]}
`;
      await playground.kubectl(['apply', '-f', '-'], `${pool}---\n${service}`);
      await playground.waitFor(/shop\/vip {2}has no address: PoolNotCompatible: /);
      await playground.kubectl(['label', 'service', 'vip', '-n', 'shop', 'tier=gold']);
      await playground.waitFor(/shop\/vip {2}has 203\.0\.113\.200 from pool gold$/m);
    });

    it('assigns another address that is requested', async () => {
      const annotations = { 'metallb.io/loadBalancerIPs': '192.0.2.40' };
      const patch = JSON.stringify({ metadata: { annotations } });
      await playground.kubectl(['patch', 'service', 'mail', '-n', 'shop', '--type=merge', '-p', patch]);
      await playground.waitFor(/shop\/mail {2}has 192\.0\.2\.40 from pool everyday$/m);
    });

    it('advertises a range once it is added to the BGPConfiguration', async () => {
      await playground.waitFor(/^shop\/partners .* 203\.0\.113\.16 +on-request +RangeNotListed$/m);
      const entry = { op: 'add', path: '/spec/serviceLoadBalancerIPs/-', value: { cidr: '203.0.113.16/29' } };
      const patch = JSON.stringify([entry]);
      await playground.kubectl(['patch', 'bgpconfiguration', 'default', '--type=json', '-p', patch]);
      await playground.waitFor(/^\S+ {2}shop\/partners {2}is learned by 10\.10\.0\.1 via w1 w2 w3$/m);
    });

    it('drops a node as next hop once no BGPPeer selects it', async () => {
      await playground.kubectl(['label', 'node', 'w3', 'node-role.kubernetes.io/control-plane=']);
      await playground.waitFor(
        /^\S+ {2}shop\/cart {2}is learned by 10\.10\.0\.1 via w1 w2 and fd00:10::1 via w1 w2$/m,
      );
    });

    it('advertises a Local Service from the node of its endpoint', async () => {
      const patch = JSON.stringify([{ op: 'replace', path: '/endpoints/0/nodeName', value: 'w1' }]);
      const slice = ['endpointslice', 'mail-ipv4', '-n', 'shop'];
      await playground.kubectl(['patch', ...slice, '--type=json', '-p', patch]);
      await playground.waitFor(/^\S+ {2}shop\/mail {2}is learned by 10\.10\.0\.1 via w1$/m);
    });

    it('advertises a Service without the policy Local from every node with a session', async () => {
      const patch = JSON.stringify({ spec: { externalTrafficPolicy: 'Cluster' } });
      await playground.kubectl(['patch', 'service', 'mail', '-n', 'shop', '-p', patch]);
      await playground.waitFor(/^\S+ {2}shop\/mail {2}is learned by 10\.10\.0\.1 via w1 w2$/m);
    });

    it('reports an address that no router learns after a BGPPeer is deleted, in the condition too', async () => {
      await playground.kubectl(['delete', 'bgppeers.projectcalico.org', 'tor-ipv6']);
      await playground.waitFor(/^\S+ {2}shop\/telemetry {2}(\w+): 2001:db8:5::11 is learned by no router: /m);
      await eventually(async () => {
        const out = await playground.kubectl(['get', 'svc', 'telemetry', '-n', 'shop', '-o', 'json']);
        const { conditions }: AnyObject = JSON.parse(out).status;
        const announced = conditions.find(({ type }: AnyObject) => type === 'berth.dev/Announced');
        assert.equal(announced?.status, 'False');
      });
    });

    it('accepts kubectl apply of the files that it was started with', async () => {
      const out = await playground.kubectl(['apply', '-f', EXAMPLES]);
      assert.match(out, /^ipaddresspool\.metallb\.io\/everyday unchanged$/m);
      assert.match(out, /^service\/mail configured$/m);
      await playground.waitFor(/shop\/mail {2}has 192\.0\.2\.25 from pool everyday$/m);
      // The node keeps the label that it was given by hand.
      await playground.waitFor(
        /shop\/telemetry {2}\w+: [\s\S]*^\S+ {2}shop\/telemetry {2}is learned by fd00:10::1 via w1 w2$/m,
      );
      await playground.waitFor(/^\S+ {2}shop\/partners {2}RangeNotListed: /m);
    });

    it('releases the address of a deleted Service', async () => {
      await playground.kubectl(['delete', 'service', 'web', '-n', 'shop']);
      await playground.waitFor(/shop\/web {2}is gone, and gave back 192\.0\.2\.10$/m);
    });

    it('keeps a second controller on standby', async () => {
      const kubeconfig = await playground.waitFor(/export KUBECONFIG=(\S+)/);
      const ports = ['--port', '0', '--health-probe-port', '0', '--log-level', 'debug'];
      const second = new Program(script, ['controller', '--kubeconfig', kubeconfig, ...ports]);
      await second.waitForLog('starting');
      const lease = await playground.kubectl(['get', 'leases', '-n', 'metallb-system', '-o', 'name']);
      assert.match(lease, /berth-controller/);
      assert.equal(await second.stop(), 0);
      assert.equal(
        second.log.some(({ msg }) => msg === 'serving'),
        false,
      );
    });

    it('ends on Ctrl-C with exit code 0, and removes its files', async () => {
      const kubeconfig = await playground.waitFor(/export KUBECONFIG=(\S+)/);
      assert.ok(existsSync(kubeconfig));
      playground.program.signal('SIGINT');
      assert.equal(await playground.program.waitForExit(), 0);
      assert.deepEqual(
        readdirSync(place).filter((name) => name.startsWith('berth-')),
        [],
      );
      assert.equal(playground.program.stderr, '');
    });
  });

  it('ends on SIGTERM and SIGHUP with exit code 0, and removes its files', async () => {
    const signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP'];
    await Promise.all(
      signals.map(async (signal) => {
        const place = home();
        const playground = new BuiltPlayground(script, place, ['--quiet']);
        await playground.waitFor(/^shop\/web /m);
        playground.program.signal(signal);
        assert.deepEqual([await playground.program.waitForExit(), readdirSync(place)], [0, []], signal);
      }),
    );
  });

  it('assigns the addresses and gives the reasons of the controller on a real API server', async () => {
    const rig = await Rig.start();
    const playground = new BuiltPlayground(script, home());
    try {
      const controller = await rig.startServing();
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } };
      await rig.api.request('POST', '/api/v1/namespaces', namespace);
      await rig.kubectl(['apply', '-f', KINDS]);
      await eventually(() => rig.api.requestOk('GET', '/apis/projectcalico.org/v3/bgpfilters'));
      await rig.kubectl(['apply', '-f', EXAMPLES]);
      const served = await eventually(async () => {
        const services = await rig.services();
        const waiting = services.filter(
          (service) => service.spec.type === 'LoadBalancer' && conditionOf(service) === undefined,
        );
        assert.deepEqual(waiting, []);
        assert.ok(services.length > 9, `${services.length} Services`);
        return services;
      });
      await playground.waitFor(/Ctrl-C/);
      const list: AnyObject = JSON.parse(await playground.kubectl(['get', 'services', '-A', '-o', 'json']));
      assert.deepEqual(assignments(list.items), assignments(served));
      for (const service of served.filter(({ spec }) => spec.type === 'LoadBalancer')) {
        const meant = service.metadata.annotations?.[EXPECT_ANNOTATION] === 'waiting';
        assert.equal(addressesOf(service).length === 0, meant, service.metadata.name);
      }
      await controller.stop();
    } finally {
      await Promise.all([playground.program.stop(), rig.stop()]);
    }
  });
});
