/** Tests of a playground with objects of Calico: the predicted routes, at first and after each edit. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { eventually } from '../../support/eventually.ts';
import { type OpenPlayground, openPlayground } from '../support/in-process-playground.ts';

const POOL = `apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: one, namespace: metallb-system}
spec: {addresses: [192.0.2.7/32]}
`;
const SERVICE = `apiVersion: v1
kind: Service
metadata: {name: a}
spec: {type: LoadBalancer, ports: [{port: 80}]}
`;
const CALICO = `apiVersion: projectcalico.org/v3
kind: BGPConfiguration
metadata: {name: default}
spec: {nodeToNodeMeshEnabled: false, serviceLoadBalancerIPs: [{cidr: 192.0.2.0/24}]}
---
apiVersion: projectcalico.org/v3
kind: BGPPeer
metadata: {name: tor}
spec: {peerIP: 10.10.0.1, asNumber: 65116}
---
apiVersion: v1
kind: Node
metadata: {name: n1, annotations: {projectcalico.org/IPv4Address: 10.10.0.11/24}}
`;

describe('the routes that routers would learn', () => {
  let folder: string;
  let opened: OpenPlayground;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'berth-playground-test-'));
  });
  afterEach(() => opened.stop());
  after(() => rmSync(folder, { recursive: true }));

  function open(name: string, documents: readonly string[], ...args: readonly string[]): OpenPlayground {
    const path = join(folder, name);
    writeFileSync(path, documents.join('---\n'));
    opened = openPlayground(['-f', path, ...args]);
    return opened;
  }

  const once = async (name: string, documents: readonly string[]) => {
    const { ended, stdout, stderr } = open(name, documents, '--once');
    return { code: await ended, out: stdout.text, err: stderr.text };
  };

  it('the column ROUTER is shown where the manifests have objects of Calico', async () => {
    const { code, out, err } = await once('calico.yaml', [SERVICE, CALICO, POOL]);
    assert.deepEqual([code, err], [0, '']);
    assert.match(out, /^SERVICE +REQUEST +ADDRESS +POOL +ROUTER$/m);
    assert.match(out, /^default\/a +IPv4 +192\.0\.2\.7 +one +10\.10\.0\.1 via n1$/m);
  });

  it('an address that no router learns is shown, and --once ends with 0', async () => {
    const elsewhere = CALICO.replace('192.0.2.0/24', '198.51.100.0/24');
    const { code, out } = await once('elsewhere.yaml', [SERVICE, elsewhere, POOL]);
    assert.equal(code, 0);
    assert.match(out, /^default\/a +IPv4 +192\.0\.2\.7 +one +RangeNotListed$/m);
  });

  it('each change of the routes is printed, and the condition of the Service agrees', async () => {
    open('follow.yaml', [POOL, SERVICE, CALICO]);
    const kubeconfig = await opened.waitFor(/export KUBECONFIG=(\S+)/);
    const { clusters } = JSON.parse(readFileSync(kubeconfig, 'utf8'));
    const server: string = clusters[0].cluster.server;
    await opened.waitFor(/Ctrl-C/);
    const calico = `${server}/apis/projectcalico.org/v3`;
    const patch = async (spec: unknown): Promise<void> => {
      const headers = { 'content-type': 'application/merge-patch+json' };
      const url = `${calico}/bgpconfigurations/default`;
      const answer = await fetch(url, { method: 'PATCH', headers, body: JSON.stringify({ spec }) });
      assert.equal(answer.status, 200);
    };
    const announced = (reason: string): Promise<void> =>
      eventually(async () => {
        const answer = await fetch(`${server}/api/v1/namespaces/default/services/a`);
        const { status } = (await answer.json()) as { status: { conditions?: { type: string }[] } };
        const found = status.conditions?.find(({ type }) => type === 'berth.dev/Announced');
        assert.equal((found as { reason?: string } | undefined)?.reason, reason);
      });
    await announced('Predicted');
    await patch({ serviceLoadBalancerIPs: [{ cidr: '198.51.100.0/24' }] });
    await opened.waitFor(/^\S+ {2}default\/a {2}RangeNotListed: 192\.0\.2\.7 is learned by no router: /m);
    await patch({ serviceLoadBalancerIPs: [{ cidr: '192.0.2.0/28' }] });
    await opened.waitFor(/^\S+ {2}default\/a {2}is learned by 10\.10\.0\.1 via n1$/m);
    await fetch(`${calico}/bgppeers/tor`, { method: 'DELETE' });
    await opened.waitFor(/^\S+ {2}default\/a {2}NoPeer: /m);
    assert.equal(await opened.stop(), 0);
    assert.equal(opened.stderr.text, '');
  });

  it('all output of the examples fits into 100 columns', async () => {
    opened = openPlayground(['--once']);
    await opened.ended;
    const out = opened.stdout.text;
    assert.deepEqual(
      out.split('\n').filter((line) => line.length > 100),
      [],
    );
  });
});
