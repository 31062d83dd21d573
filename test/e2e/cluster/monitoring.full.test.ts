/**
 * A real Prometheus scrapes real Pods by the objects of `deploy/monitoring`. On a calm cluster no alert fires; each fires under its
 * fault; and each query of the dashboards returns data.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { dashboards, filledIn } from '../../deploy/support/dashboards.ts';
import { alerts, skipWithoutPromtool } from '../../deploy/support/promtool.ts';
import { skipWithoutCluster } from '../../support/cluster/parts.ts';
import { eventually } from '../../support/eventually.ts';
import { FAULTS } from './support/monitoring/faults.ts';
import { MonitoredStage } from './support/monitoring/monitored-stage.ts';

const CALM_SECONDS = 30;

/** What a query returned at any time of the stories. Here the forecast of a day is made from minutes. */
const meanwhile = (expr: string): string =>
  `last_over_time((${filledIn(expr, '1m').replaceAll('[1d:10m]', '[10m:10s]')})[1h:1s])`;

describe('monitoring on a cluster of real kubelets', {
  skip: skipWithoutCluster() || skipWithoutPromtool(),
}, () => {
  let monitored: MonitoredStage;

  before(async () => {
    monitored = await MonitoredStage.start();
  });
  after(() => monitored?.stop());

  it('scrapes both controllers and both speakers, and no alert fires on a calm cluster', async () => {
    const { prometheus } = monitored;
    await prometheus.until('count(up{job="berth"} == 1)', '4');
    await sleep(CALM_SECONDS * 1000);
    const fired = await prometheus.query(`count_over_time(ALERTS[${CALM_SECONDS}s])`);
    assert.deepEqual(
      fired.map(({ metric }) => metric),
      [],
    );
  });

  it('has a fault for each alert', () => {
    const tried = FAULTS.flatMap((fault) => fault.alerts);
    assert.deepEqual(tried.toSorted(), alerts.map(({ alert }) => alert).toSorted());
  });

  for (const { says, alerts: expected, remains = false, make, undo } of FAULTS)
    it(`has alerts for ${says}: ${expected.join(', ')}`, async () => {
      const firing = await monitored.prometheus.firing();
      assert.deepEqual(
        expected.filter((alert) => firing.includes(alert)),
        [],
        'before the fault',
      );
      try {
        await make(monitored);
        await monitored.fires(...expected);
      } finally {
        await undo(monitored);
      }
      if (!remains) await monitored.ends(...expected);
    });

  for (const { title, panels } of dashboards)
    it(`has had data for each query of "${title}"`, async () => {
      for (const panel of panels)
        for (const { expr } of panel.targets)
          await eventually(async () => {
            const samples = await monitored.prometheus.query(meanwhile(expr));
            assert.ok(samples.length > 0, `${panel.title}: ${expr}`);
          });
    });
});
