/** A real Prometheus scrapes a controller with the rights of `deploy/monitoring`: alerts fire, and dashboards have data. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../dev/place.mjs';
import { Rig } from '../controller/support/rig.ts';
import { dashboards, filledIn } from '../deploy/support/dashboards.ts';
import { impatientRules, skipWithoutPromtool } from '../deploy/support/promtool.ts';
import { findClient } from '../support/client-binaries.ts';
import { eventually, eventuallyEqual } from '../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import { freePort } from '../support/real-api/ports.ts';
import type { RealApi } from '../support/real-api/start.ts';
import { Prometheus } from './support/prometheus.ts';
import { requestToken } from './support/rbac/account.ts';

const FULL = [
  'BerthServicesWait',
  'MetalLBAddressPoolExhausted',
  'MetalLBAddressPoolUsage75Percent',
  'MetalLBAddressPoolUsage85Percent',
  'MetalLBAddressPoolUsage95Percent',
];

/** Panels without data in a cluster where nothing of the kind has happened. */
const EMPTY = ['Days until exhausted', 'Full lists', "Calico's findings"];

const helm = findClient('helm');

describe('a real Prometheus', { skip: skipWithoutKubernetesBinaries() || skipWithoutPromtool() }, () => {
  let rig: Rig<RealApi>;
  let prometheus: Prometheus;

  before(async () => {
    rig = await Rig.start();
    for (const path of ['controller-only/metricsreader.yaml', 'monitoring/token.yaml'])
      await rig.kubectl(['apply', '-f', join(root, 'deploy', path)]);
    const port = await freePort();
    await rig.startServing('--leader-elect', '--port', `${port}`);
    prometheus = await Prometheus.start({
      folder: rig.api.folder,
      scrape: [
        {
          job_name: 'berth',
          scheme: 'https',
          authorization: { credentials: await requestToken(rig.api, 'metallb-system', 'berth-metrics') },
          tls_config: { insecure_skip_verify: true },
          static_configs: [
            { targets: [`127.0.0.1:${port}`], labels: { pod: 'berth', namespace: 'metallb-system' } },
          ],
        },
      ],
      rules: impatientRules,
    });
  });
  after(async () => {
    await prometheus?.stop();
    await rig?.stop();
  });

  it('scrapes with the token of deploy/monitoring, and no alert fires', async () => {
    await rig.pool('web', ['192.0.2.0-192.0.2.1', '2001:db8::/64']);
    await rig.service('first');
    await rig.waitForAddresses('first', '192.0.2.0');
    await eventually(async () => {
      const [inUse] = await prometheus.query('metallb_allocator_ipv4_addresses_in_use_total{pool="web"}');
      assert.equal(inUse?.value[1], '1');
      assert.deepEqual(await prometheus.firing(), []);
    });
  });

  it('has an alert for a dual-stack pool without a free IPv4 address, until there is one', async () => {
    for (const name of ['second', 'third']) await rig.service(name);
    await eventuallyEqual(() => prometheus.firing(), FULL);
    await rig.pool('more', ['198.51.100.0/24']);
    await eventuallyEqual(() => prometheus.firing(), FULL.slice(1));
  });

  it('has an alert for a Service that requests an unknown pool', async () => {
    await rig.service('lost', {}, { annotations: { 'metallb.io/address-pool': 'unknown' } });
    await eventuallyEqual(() => prometheus.firing(), FULL);
  });

  for (const { title, panels } of dashboards.filter(({ uid }) => /pools|controller/.test(uid)))
    it(`has data for each panel of "${title}"`, async () => {
      for (const panel of panels.filter((one) => !EMPTY.includes(one.title)))
        await eventually(async () => {
          const results = await Promise.all(
            panel.targets.map(({ expr }) => prometheus.query(filledIn(expr, '1m'))),
          );
          assert.ok(
            results.some((samples) => samples.length > 0),
            panel.title,
          );
        });
    });

  it('is not set up by the chart where there is no operator', {
    skip: helm.isAvailable ? false : helm.reason,
  }, () => {
    assert.ok(helm.isAvailable);
    const wanted = 'mode=native,image.repository=localhost/berth,crds.enabled=false';
    const { status, stderr } = spawnSync(
      helm.path,
      [
        ...[
          'install',
          'lb',
          join(root, 'charts/berth'),
          '--dry-run=server',
          '--kubeconfig',
          rig.api.kubeconfig,
        ],
        ...['--namespace', 'metallb-system', '--set', `${wanted},prometheus.podMonitor.enabled=true`],
      ],
      { encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: '/nonexistent' } },
    );
    assert.equal(status, 1);
    assert.match(
      stderr,
      /- prometheus\.podMonitor and .* need the Prometheus operator, whose CRDs this cluster/,
    );
  });
});
