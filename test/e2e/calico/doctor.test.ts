/** `berth doctor`, `explain` and `plan` against a real API server that serves Calico's kinds. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../../dev/place.mjs';
import { runDoctor } from '../../../src/cli/doctor/run.ts';
import { runExplain } from '../../../src/cli/explain/run.ts';
import { runPlan } from '../../../src/cli/plan/run.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { type CommandRunner, runCommand } from '../../cli/support/run-command.ts';
import { type AnyObject, Rig } from '../../controller/support/rig.ts';
import { eventually } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';

const CALICO = '/apis/projectcalico.org/v3';
const example = (name: string): string => readFileSync(join(root, 'examples', `${name}.yaml`), 'utf8');

describe('berth doctor beside Calico on a real API server', { skip: skipWithoutKubernetesBinaries() }, () => {
  let rig: Rig;

  const berth = (main: CommandRunner, ...args: readonly string[]) =>
    runCommand(main, [...args, '--kubeconfig', rig.api.kubeconfig], { clock: systemClock });
  const doctor = async (...args: readonly string[]) => {
    const { code, out, err } = await berth(runDoctor, '-o', 'json', ...args);
    assert.notEqual(out, '', err);
    return { code, ...JSON.parse(out) };
  };

  before(async () => {
    rig = await Rig.start();
    await rig.kubectl(['apply', '-f', join(root, 'examples/playground-kinds')]);
    await eventually(() => rig.api.requestOk('GET', `${CALICO}/caliconodestatuses`));
    await rig.api.request('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'kube-system' },
    });
    for (const [index, name] of ['w1', 'w2'].entries()) {
      await rig.api.requestOk('POST', '/api/v1/nodes', {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name, annotations: { 'projectcalico.org/IPv4Address': `10.10.0.${11 + index}/24` } },
      });
    }
    for (const name of ['bgpconfiguration', 'bgppeer', 'bgppeer-password', 'ipaddresspool']) {
      await rig.kubectl(['apply', '-f', '-'], example(name));
    }
    await rig.service('web');
    await rig.editStatus('web', { loadBalancer: { ingress: [{ ip: '192.168.5.7' }] } });
  });
  after(() => rig?.stop());

  const codes = (found: AnyObject, severity: string): readonly string[] =>
    found.findings.filter((one: AnyObject) => one.severity === severity).map(({ code }: AnyObject) => code);

  it('reports the missing Secret of the password, and the routes that depend on it', async () => {
    const found = await doctor();
    assert.equal(found.code, 4);
    assert.deepEqual(codes(found, 'error'), ['P14']);
    assert.deepEqual(found.findings[0].addresses, ['192.168.5.7']);
    assert.deepEqual(found.routers[0].routes, []);
  });

  it('reports no error once it exists, reads its value only with --read-secrets, and lists the routes', async () => {
    const secret = (password: string): Promise<string> =>
      rig.kubectl(
        ['apply', '-f', '-'],
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'tor-peer', namespace: 'kube-system' },
          stringData: { 'tor-pw': password },
        }),
      );
    await secret('s3cret\n');
    const content = await doctor();
    assert.deepEqual(codes(content, 'error'), [], JSON.stringify(content.findings));
    const [range] = content.routers[0].routes;
    assert.deepEqual(
      content.routers[0].routes.find(({ prefix }: AnyObject) => prefix === '192.168.5.0/24').nextHops,
      [
        { node: 'w1', address: '10.10.0.11' },
        { node: 'w2', address: '10.10.0.12' },
      ],
    );
    assert.ok(range);
    assert.deepEqual(codes(await doctor('--read-secrets'), 'error'), ['P15']);
    await secret('s3cret');
    assert.deepEqual(codes(await doctor('--read-secrets'), 'error'), []);
  });

  it('compares the model with what nodes report', async () => {
    await rig.api.requestOk('POST', `${CALICO}/caliconodestatuses`, {
      apiVersion: 'projectcalico.org/v3',
      kind: 'CalicoNodeStatus',
      metadata: { name: 'w1' },
      spec: { node: 'w1' },
      status: { bgp: { peersV4: [{ peerIP: '10.10.0.1', state: 'Active' }] } },
    });
    const { live } = await doctor('--live');
    assert.deepEqual(live.differences, [
      'w1: the session with 10.10.0.1 is Active, expected was Established',
    ]);
    assert.deepEqual(live.silent, ['w2']);
  });

  it('agrees with explain and plan about the routers', async () => {
    const explained = await berth(runExplain, 'service', 'web', '-n', 'default');
    assert.match(explained.out, /router 10\.10\.0\.1 learns 192\.168\.5\.0\/24 from w1, w2/);
    const planned = await berth(runPlan, '--delete', 'bgppeer/tor');
    assert.equal(planned.code, 3, planned.err);
    assert.match(planned.out, /192\.168\.5\.0\/24 is no longer learned \(default\/web\)/);
  });
});
