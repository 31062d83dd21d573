/** `berth migrate metallb` in a cluster of MetalLB 0.12: a ConfigMap, and no kind of metallb.io. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { type ApiServer, startApiServer } from '../../../src/apiserver/server.ts';
import { runMigrate } from '../../../src/cli/migrate/run.ts';
import { writeKubeconfig } from '../../../src/playground/cluster/kubeconfig.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { runCommand } from '../support/run-command.ts';

const NAMESPACE = 'metallb-system';

describe('berth migrate metallb, beside the old ConfigMap', () => {
  let server: ApiServer;
  const folder = mkdtempSync(join(tmpdir(), 'berth-migrate-'));
  const kubeconfig = join(folder, 'kubeconfig');

  before(async () => {
    server = await startApiServer({ clock: systemClock, namespaces: ['default', NAMESPACE] });
    const written = await writeKubeconfig(server.url, kubeconfig);
    assert.ok(written.ok, JSON.stringify(written));
    server.objects.put({
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' } },
      spec: {
        type: 'LoadBalancer',
        ports: [{ port: 80 }],
        clusterIP: '10.96.0.9',
        clusterIPs: ['10.96.0.9'],
      },
      status: { loadBalancer: { ingress: [{ ip: '10.0.0.7' }] } },
    });
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => server.objects.delete('configmaps', NAMESPACE, 'config'));

  async function migrate(config: string | null): Promise<string> {
    if (config !== null)
      server.objects.put({
        ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { config } },
        metadata: { name: 'config', namespace: NAMESPACE },
      });
    const { out, err } = await runCommand(runMigrate, ['metallb', '--kubeconfig', kubeconfig]);
    return `${out}${err}`.replace(/\s+/g, ' ');
  }

  it('says what is to be done about it, and compares with its pools', async () => {
    const text = await migrate('address-pools: [{name: a, protocol: layer2, addresses: [10.0.0.0/24]}]');
    assert.match(text, /ConfigMap metallb-system\/config .*MetalLB 0\.12 and older run from it/);
    assert.match(text, /none would change: 1 Service with an address/);
    assert.match(
      text,
      /kubectl apply -k deploy\/beside-metallb kubectl get configmap config -n metallb-system -o yaml \| berth convert -f - \| kubectl apply -f -/,
    );
  });

  it('lists its mistakes', async () => {
    const text = await migrate('address-pools: [{name: a, protocol: l2}]');
    assert.match(
      text,
      /has mistakes, so no Service below has a pool: ConfigMap config: data\.config: address-pools\[0\]/,
    );
  });

  it('says nothing of it where there is none', async () => {
    assert.doesNotMatch(await migrate(null), /ConfigMap/);
  });
});
