/** The condition Announced that the controller writes beside Calico, on a real API server with Calico's kinds. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { root } from '../../../dev/place.mjs';
import { runExplain } from '../../../src/cli/explain/run.ts';
import { runPlan } from '../../../src/cli/plan/run.ts';
import { ANNOUNCED_CONDITION } from '../../../src/controller/announced/condition-writer.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { type CommandRunner, runCommand } from '../../cli/support/run-command.ts';
import { type AnyObject, NAMESPACE, Rig } from '../../controller/support/rig.ts';
import { eventually, unchangedFor } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';

const CALICO = '/apis/projectcalico.org/v3';
const NODES = '/api/v1/nodes';
const DAEMON_SETS = '/apis/apps/v1/namespaces/kube-system/daemonsets';
const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';

const example = (name: string): string => readFileSync(join(root, 'examples', `${name}.yaml`), 'utf8');

const calicoNode = (backend: string): AnyObject => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'calico-node', namespace: 'kube-system' },
  spec: {
    selector: { matchLabels: { app: 'calico' } },
    template: {
      metadata: { labels: { app: 'calico' } },
      spec: {
        containers: [
          {
            name: 'calico-node',
            image: 'calico/node:v3.33.0',
            env: [{ name: 'CALICO_NETWORKING_BACKEND', value: backend }],
          },
        ],
      },
    },
  },
});

const node = (name: string, last: number): AnyObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, annotations: { 'projectcalico.org/IPv4Address': `10.10.0.${last}/24` } },
});

const slice = (service: string, ...nodes: readonly string[]): AnyObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: `${service}-1`, namespace: 'default', labels: { 'kubernetes.io/service-name': service } },
  addressType: 'IPv4',
  endpoints: nodes.map((nodeName, index) => ({
    addresses: [`10.244.0.${index + 1}`],
    conditions: { ready: true },
    nodeName,
  })),
});

describe('the conditions of a Service beside Calico', { skip: skipWithoutKubernetesBinaries() }, () => {
  let rig: Rig;

  before(async () => {
    rig = await Rig.start();
    await rig.kubectl(['apply', '-f', join(root, 'examples/playground-kinds')]);
    await eventually(() => rig.api.requestOk('GET', `${CALICO}/caliconodestatuses`));
    await rig.api.request('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'kube-system' },
    });
  });
  afterEach(async () => {
    await rig.clean();
    for (const kind of ['bgpconfigurations', 'bgppeers', 'ippools', 'caliconodestatuses']) {
      await rig.api.request('DELETE', `${CALICO}/${kind}`);
    }
    for (const path of [NODES, DAEMON_SETS, SLICES]) await rig.api.request('DELETE', path);
  });
  after(() => rig?.stop());

  /** Calico's objects as in the examples, for three nodes. */
  async function calico(backend = 'bird'): Promise<void> {
    await rig.api.requestOk('POST', DAEMON_SETS, calicoNode(backend));
    for (const [index, name] of ['w1', 'w2', 'w3'].entries()) {
      await rig.api.requestOk('POST', NODES, node(name, 11 + index));
    }
    await rig.kubectl(['apply', '-f', '-'], example('bgpconfiguration'));
    await rig.kubectl(['apply', '-f', '-'], example('bgppeer'));
  }

  async function exposed(name: string, spec: AnyObject = {}): Promise<void> {
    await rig.service(name, spec);
    await rig.api.requestOk('POST', SLICES, slice(name, 'w1'));
  }

  const announced = async (name: string): Promise<AnyObject> =>
    (await rig.get(name)).status.conditions?.find(({ type }: AnyObject) => type === ANNOUNCED_CONDITION);

  const condition = (name: string, status: string, reason: string): Promise<AnyObject> =>
    eventually(async () => {
      const condition = await announced(name);
      assert.deepEqual([condition?.status, condition?.reason], [status, reason], JSON.stringify(condition));
      return condition;
    });

  it('name the routers that an address is advertised to', async () => {
    await calico();
    await rig.kubectl(['apply', '-f', '-'], example('ipaddresspool'));
    await rig.startServing('--calico', 'auto');
    await exposed('web');
    await rig.waitForAddresses('web', '192.168.5.0');
    const { message } = await condition('web', 'True', 'Predicted');
    // By now it is known what becomes of any address of the range: one write carries both.
    await rig.service('next');
    await rig.waitForAddresses('next', '192.168.5.1');
    const next = await rig.get('next');
    assert.equal(
      next.status.conditions.find(({ type }: AnyObject) => type === ANNOUNCED_CONDITION)?.reason,
      'Predicted',
    );
    assert.match(
      message,
      /^Calico announces 192\.168\.5\.0 to 10\.10\.0\.1; no node reports whether the sessions are established/,
    );
  });

  it('explain an address that no router learns; the pool has a warning, and both end with the cause', async () => {
    await calico();
    await rig.pool('far', ['192.168.6.0/28']);
    await rig.startServing('--calico', 'auto');
    await exposed('web');
    await rig.waitForAddresses('web', '192.168.6.0');
    const { message } = await condition('web', 'False', 'RangeNotListed');
    assert.match(message, /spec\.serviceLoadBalancerIPs of BGPConfiguration default/);
    assert.match(await rig.waitForEvent('far', 'NotAnnounced', NAMESPACE), /192\.168\.6\.0\/28/);
    await rig.api.requestOk('PATCH', `${CALICO}/bgpconfigurations/default`, {
      spec: { serviceLoadBalancerIPs: [{ cidr: '192.168.5.0/24' }, { cidr: '192.168.6.0/24' }] },
    });
    await condition('web', 'True', 'Predicted');
  });

  it('follow endpoints of Local Services, and are not written if nothing changes in them', async () => {
    await calico();
    await rig.kubectl(['apply', '-f', '-'], example('ipaddresspool'));
    await rig.api.requestOk('PATCH', `${CALICO}/bgpconfigurations/default`, {
      spec: { serviceLoadBalancerAggregation: 'Disabled', serviceClusterIPs: null },
    });
    await rig.startServing('--calico', 'auto');
    await exposed('edge', { externalTrafficPolicy: 'Local' });
    await condition('edge', 'True', 'Predicted');
    const { resourceVersion } = (await rig.get('edge')).metadata;
    for (const to of ['w2', 'w3', 'w1']) {
      await rig.api.requestOk('PATCH', `${SLICES}/edge-1`, { endpoints: slice('edge', to).endpoints });
      await rig.api.requestOk('PATCH', `${NODES}/${to}`, { metadata: { annotations: { heartbeat: to } } });
    }
    const now = await unchangedFor(2000, async () => (await rig.get('edge')).metadata.resourceVersion);
    assert.equal(now, resourceVersion);
    await rig.api.requestOk('PATCH', `${SLICES}/edge-1`, {
      endpoints: [{ addresses: ['10.244.0.1'], conditions: { ready: false }, nodeName: 'w1' }],
    });
    await condition('edge', 'False', 'NoEndpointAnnounces');
  });

  it('follow the sessions that nodes report', async () => {
    await calico();
    await rig.kubectl(['apply', '-f', '-'], example('ipaddresspool'));
    const report = (name: string, state: string): AnyObject => ({
      apiVersion: 'projectcalico.org/v3',
      kind: 'CalicoNodeStatus',
      metadata: { name },
      spec: { node: name },
      status: { bgp: { peersV4: [{ peerIP: '10.10.0.1', state }] } },
    });
    for (const name of ['w1', 'w2', 'w3']) {
      await rig.api.requestOk('POST', `${CALICO}/caliconodestatuses`, report(name, 'Established'));
    }
    await rig.startServing('--calico', 'auto');
    await exposed('web');
    await condition('web', 'True', 'Confirmed');
    for (const name of ['w1', 'w2', 'w3']) {
      await rig.api.requestOk('PATCH', `${CALICO}/caliconodestatuses/${name}`, {
        status: { bgp: { peersV4: [{ peerIP: '10.10.0.1', state: 'Active' }] } },
      });
    }
    await condition('web', 'False', 'SessionDown');
  });

  it('are Unknown with NoAnnouncer where Calico runs without BGP or does not run', async () => {
    await rig.pool('p', ['192.168.5.0/24']);
    await rig.startServing('--calico', 'auto');
    await exposed('web');
    await condition('web', 'Unknown', 'NoAnnouncer');
  });

  /** The JSON of a command that reads this cluster. */
  const berth = async (main: CommandRunner, args: readonly string[], stdin = ''): Promise<AnyObject> => {
    const options = { clock: systemClock, stdin };
    const { out, err } = await runCommand(
      main,
      [...args, '-o', 'json', '--kubeconfig', rig.api.kubeconfig],
      options,
    );
    assert.notEqual(out, '', err);
    return JSON.parse(out);
  };

  it("say CalicoAllocates where Calico's own allocator claims the Service, and so do plan and explain", async () => {
    await calico();
    await rig.kubectl(['apply', '-f', '-'], example('ipaddresspool'));
    await rig.api.requestOk('POST', `${CALICO}/ippools`, {
      apiVersion: 'projectcalico.org/v3',
      kind: 'IPPool',
      metadata: { name: 'balancers' },
      spec: { cidr: '198.51.100.0/24', allowedUses: ['LoadBalancer'] },
    });
    const program = await rig.startServing('--calico', 'auto');
    await program.waitForLog('Calico announces by BGP here');
    await rig.service('early');
    await rig.waitForReason('early', 'CalicoAllocates');
    const planned = async (stdin: string, ...args: readonly string[]): Promise<string> => {
      const { services } = await berth(runPlan, args, stdin);
      return services.find(({ service }: AnyObject) => service === 'default/later').after.reason;
    };
    const spec = { type: 'LoadBalancer', ports: [{ port: 80 }] };
    const later = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'later', namespace: 'default' },
      spec,
    };
    assert.equal(await planned(JSON.stringify(later), '-f', '-'), 'CalicoAllocates');
    await rig.service('later');
    await rig.waitForReason('later', 'CalicoAllocates');
    assert.deepEqual(await rig.addresses('later'), []);
    const { condition: explained, claim, pools } = await berth(runExplain, ['service', 'later']);
    assert.deepEqual([explained.reason, claim.reason, pools], ['CalicoAllocates', 'CalicoAllocates', []]);
    assert.equal(claim.message, explained.message);
    assert.equal(await planned('', '--delete', 'ippool/balancers'), 'Assigned');
    await rig.api.requestOk('DELETE', `${CALICO}/ippools/balancers`);
    await rig.waitForReason('later', 'Assigned');
  });

  it('do not delay an address: where Calico cannot be read, and with --calico=off', async () => {
    await rig.kubectl(['apply', '-f', '-'], example('ipaddresspool'));
    await rig.startServing('--calico', 'required');
    await rig.service('web');
    await rig.waitForAddresses('web', '192.168.5.0');
    await rig.clean();
    await rig.kubectl(['apply', '-f', '-'], example('ipaddresspool'));
    await rig.startServing();
    await rig.service('plain');
    await rig.waitForAddresses('plain', '192.168.5.0');
    await rig.waitForReason('plain', 'Assigned');
    assert.equal(await announced('plain'), undefined);
  });
});
