/**
 * From MetalLB to Berth and back on a cluster of real kubelets, by the commands of docs/from-metallb.md and docs/native.md, while traffic
 * flows: by BGP, and by layer 2.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { root } from '../../../dev/place.mjs';
import { skipWithoutCluster } from '../../support/cluster/parts.ts';
import { eventually } from '../../support/eventually.ts';
import type { LoadResult } from '../native/support/load.ts';
import { rolledOut } from './support/berth-cluster.ts';
import { viewOfBgp, viewOfLayer2 } from './support/metallb/announcement-view.ts';
import { Migration, NODES } from './support/metallb/migration.ts';

const WAYS = [
  { name: 'BGP', makeView: viewOfBgp },
  { name: 'layer 2', makeView: viewOfLayer2 },
];

for (const { name, makeView } of WAYS)
  describe(`from MetalLB to Berth and back by ${name}, while traffic flows`, {
    skip: skipWithoutCluster(),
  }, () => {
    let migration: Migration;

    before(async () => {
      migration = await Migration.start(makeView);
    });
    after(() => migration?.stop());

    it('removes what would refuse writes, and runs beside MetalLB as a standby', async (t) => {
      const fared = await migration.underTraffic(async () => {
        const listed = await migration.migrate();
        assert.equal(listed.code, 3, listed.stderr);
        assert.match(listed.stdout, /none would change: 1 Service with an address, 0 without/);
        const away = await migration.migrate('--yes');
        assert.equal(away.code, 0, away.stderr);
        await migration.poolsCanBeEdited();
        await migration.kubectl('apply', '-k', join(root, 'deploy/beside-metallb'));
        await rolledOut(migration.cluster, 'deployment/berth-controller');
        const { code, stdout } = await migration.cluster.berth(['status']);
        assert.equal(code, 4, stdout);
        assert.match(stdout, /ERROR MetallbController/);
      });
      report(t, 'a standby is deployed', fared);
    });

    it('takes over from the controller', async (t) => {
      const fared = await migration.underTraffic(async () => {
        await migration.scale('controller', 0);
        const assigned = ['service/web', '--for=condition=berth.dev/Assigned', '--timeout=300s'];
        await migration.kubectl('wait', ...assigned);
        await migration.servesNew('by-berth');
        await migration.poolsCanBeEdited();
      });
      report(t, 'the controller is replaced', fared);
    });

    it('takes over from the speakers, node by node', async (t) => {
      report(t, 'speakers are deployed', await migration.underTraffic(() => migration.deploySpeakers()));
      for (const node of NODES) {
        const fared = await migration.underTraffic(() => migration.give(node, 'Berth'));
        report(t, `the speaker of ${node} is replaced`, fared);
      }
      await migration.servesNew('by-berths-speakers');
      const { code, stdout } = await migration.cluster.berth(['status', '--wait', '--timeout', '300s']);
      assert.ok(code === 0 || code === 3, stdout);
    });

    it('goes back, first the speakers', async (t) => {
      for (const node of NODES) {
        const fared = await migration.underTraffic(() => migration.give(node, 'MetalLB'));
        report(t, `the speaker of ${node} is back`, fared);
      }
    });

    it('goes back, then the controller and what was removed', async (t) => {
      const fared = await migration.underTraffic(async () => {
        await migration.scale('berth-controller', 0);
        await migration.scale('controller', 1);
        await rolledOut(migration.cluster, 'deployment/controller');
        const back = await migration.migrate('--back', '--yes');
        assert.equal(back.code, 0, `${back.stdout}${back.stderr}`);
        await migration.kubectl('get', 'validatingwebhookconfiguration', 'metallb-webhook-configuration');
        await migration.poolsCanBeEdited();
        await eventually(() => migration.inNamespace('get', 'bgppeers.v1beta1.metallb.io'));
        await migration.servesNew('by-metallb');
      });
      report(t, 'the controller is back', fared);
    });
  });

function report(t: TestContext, says: string, { tried, failed, late }: LoadResult): void {
  t.diagnostic(`${says}: of ${tried} connections, ${failed.length} cut and ${late.length} late`);
}
