/** A cluster with all ways to announce, as in stories of faults, that a real Prometheus scrapes by the objects of `deploy/monitoring`. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../../../../../dev/place.mjs';
import { impatientRules } from '../../../../deploy/support/promtool.ts';
import type { Cluster } from '../../../../support/cluster/cluster.ts';
import { eventually } from '../../../../support/eventually.ts';
import { Prometheus } from '../../../support/prometheus.ts';
import { NAMESPACE, rolledOut } from '../berth-cluster.ts';
import { FaultStage } from '../fault-stage.ts';
import { operatorCrds, type PodMonitor, scrapeConfigs } from './operator.ts';
import { followPods } from './pod-targets.ts';

/** Prometheus' own account, as the Role of `deploy/monitoring` names it. */
const PROMETHEUS = { namespace: 'monitoring', account: 'prometheus-k8s' };

/** Seconds after which a watch is silent here, in place of 600: more than from one bookmark to the next. */
const SILENT_SECONDS = 100;

const rules = {
  groups: impatientRules.groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) =>
      rule.alert === 'BerthWatchIsSilent'
        ? { ...rule, expr: rule.expr.replace('> 600', `> ${SILENT_SECONDS}`) }
        : rule,
    ),
  })),
};

export class MonitoredStage {
  readonly stage: FaultStage;
  readonly prometheus: Prometheus;
  readonly #unfollowPods: () => Promise<void>;

  private constructor(stage: FaultStage, prometheus: Prometheus, unfollowPods: () => Promise<void>) {
    this.stage = stage;
    this.prometheus = prometheus;
    this.#unfollowPods = unfollowPods;
  }

  static async start(): Promise<MonitoredStage> {
    const stage = await FaultStage.start(2);
    try {
      const { cluster } = stage;
      await cluster.apply(
        ...operatorCrds,
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: PROMETHEUS.namespace } },
        {
          ...{ apiVersion: 'v1', kind: 'ServiceAccount' },
          metadata: { name: PROMETHEUS.account, namespace: PROMETHEUS.namespace },
        },
      );
      await eventually(() => applyMonitored(cluster)); // new kinds are served a moment later
      await stage.isWhole();
      return await MonitoredStage.#follow(stage);
    } catch (error) {
      await stage.stop();
      throw error;
    }
  }

  /** Prometheus scrapes the Pods that there are, from now on. */
  static async #follow(stage: FaultStage): Promise<MonitoredStage> {
    const { cluster } = stage;
    const file = join(cluster.network.path, 'targets.json');
    const user = `system:serviceaccount:${PROMETHEUS.namespace}:${PROMETHEUS.account}`;
    const unfollow = followPods(cluster, { namespace: NAMESPACE, user, file });
    try {
      return new MonitoredStage(stage, await startPrometheus(cluster, file), unfollow);
    } catch (error) {
      await unfollow();
      throw error;
    }
  }

  get cluster(): Cluster {
    return this.stage.cluster;
  }

  async stop(): Promise<void> {
    await this.#unfollowPods();
    await this.prometheus.stop();
    await this.stage.stop();
  }

  /** All objects as they were; whatever was scaled or changed is back. */
  async restore(): Promise<void> {
    await applyMonitored(this.cluster);
    for (const workload of ['deployment/berth-controller', 'daemonset/berth-speaker'])
      await rolledOut(this.cluster, workload);
  }

  /** Waits until all of these alerts fire. */
  fires(...alerts: readonly string[]): Promise<void> {
    return eventually(
      async () => {
        const firing = await this.prometheus.firing();
        assert.deepEqual(
          alerts.filter((alert) => !firing.includes(alert)),
          [],
          `of these, none fires: ${firing.join(', ')} do`,
        );
      },
      { interval: 500 },
    );
  }

  /** Waits until none of these alerts fires. */
  ends(...alerts: readonly string[]): Promise<void> {
    return eventually(
      async () => {
        const firing = await this.prometheus.firing();
        assert.deepEqual(
          alerts.filter((alert) => firing.includes(alert)),
          [],
          'these still fire',
        );
      },
      { interval: 500 },
    );
  }
}

/** `deploy/layer2` with the component, in an overlay as the docs have it. */
async function applyMonitored(cluster: Cluster): Promise<void> {
  const folder = join(cluster.network.path, 'monitored');
  mkdirSync(folder, { recursive: true });
  const place = (name: string): string => relative(folder, join(root, 'deploy', name));
  const overlay = {
    ...{ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' },
    ...{ resources: [place('layer2')], components: [place('monitoring')] },
  };
  writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(overlay));
  await cluster.kubectlOk(['apply', '--server-side', '--force-conflicts', '-k', folder]);
}

/** In the network of the control plane, from which all Pods can be reached. */
async function startPrometheus(cluster: Cluster, targetsFile: string): Promise<Prometheus> {
  const inBerth = ['-n', NAMESPACE, '-o', 'json'];
  const monitor = JSON.parse(
    await cluster.kubectlOk(['get', 'podmonitor', 'berth', ...inBerth]),
  ) as PodMonitor;
  const secrets = await eventually(async () => {
    const text = await cluster.kubectlOk(['get', 'secret', 'berth-metrics', ...inBerth]);
    const { data } = JSON.parse(text) as { readonly data?: Readonly<Record<string, string>> };
    assert.ok(data?.['token'], 'Kubernetes has filled the Secret in');
    return new Map([['berth-metrics', data]]);
  });
  const secretValue = (name: string, key: string): string =>
    Buffer.from(secrets.get(name)?.[key] ?? assert.fail(`no ${key} in ${name}`), 'base64').toString();
  const { controlPlane: host, path: folder } = cluster.network;
  const scrape = scrapeConfigs(monitor, { targetsFile, secretValue });
  return Prometheus.start({ host, folder, scrape, rules });
}
