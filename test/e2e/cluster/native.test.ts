/** A cluster with real kubelets, from nothing to a page by BGP, and what an administrator does to it then. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Cluster } from '../../support/cluster/cluster.ts';
import { skipWithoutCluster } from '../../support/cluster/parts.ts';
import type { Bird } from '../../support/netns/bird.ts';
import { awaitResponses } from '../../support/netns/http-client.ts';
import { lostRequests, runUnderLoad } from '../native/support/load.ts';
import {
  addressesOf,
  addressOf,
  configuration,
  NAMESPACE,
  rolledOut,
  serveWeb,
  startBerth,
  startRouter,
  uninstall,
} from './support/berth-cluster.ts';

const POOL = '192.168.5.0/24';
const SPEAKERS = 'daemonset/berth-speaker';
/** What a kubelet says that waits for its own watch on a busy machine; it mounts the volume later. */
const MOUNTED_LATER = 'failed to sync configmap cache: timed out waiting for the condition';
/** A container whose first log line comes that late was slower than `initialDelaySeconds` of its startup probe. */
const SLOW_START_MS = 2000;

/**
 * A machine that has no time for a container gets to its first line after the first probe, which then finds no port. A program that
 * had started by then has no excuse.
 */
async function isOfSlowMachine(cluster: Cluster, warning: string): Promise<boolean> {
  if (!/Startup probe failed.*connection refused/.test(warning)) return false;
  const [pod = ''] = warning.split(/\s+/);
  const startedAt = await cluster.kubectlOk([
    ...['get', 'pod', pod, '-n', NAMESPACE],
    ...['-o', 'jsonpath={.status.containerStatuses[0].state.running.startedAt}'],
  ]);
  const log = await cluster.kubectlOk(['logs', pod, '-n', NAMESPACE]);
  const { ts }: { readonly ts: string } = JSON.parse(log.slice(0, log.indexOf('\n')));
  return Date.parse(ts) - Date.parse(startedAt) >= SLOW_START_MS;
}

describe('deploy/native on a cluster of real kubelets', { skip: skipWithoutCluster() }, () => {
  let cluster: Cluster;
  let router: Bird;
  let address: string;

  before(async () => {
    cluster = await startBerth('native', { nodes: 2 });
    router = startRouter(cluster);
  });
  after(async () => {
    await router?.end();
    await cluster?.stop();
  });

  it('serves a page through an ECMP router from nothing', async () => {
    await rolledOut(cluster, SPEAKERS);
    await cluster.apply(...configuration(POOL));
    await serveWeb(cluster, 'web', { replicas: 2 });
    address = await addressOf(cluster, 'web');
    await rolledOut(cluster, 'deployment/web', 'default');
    const responses = await awaitResponses(cluster.network.client, `http://${address}/`, 30);
    assert.equal(new Set(responses.map(({ pod }) => pod)).size, 2, 'both Pods serve');
  });

  it('starts without a failing probe or any other Warning', async () => {
    const warnings = await cluster.kubectlOk([
      ...['get', 'events', '-n', NAMESPACE, '--field-selector', 'type=Warning'],
      ...['-o', 'custom-columns=O:.involvedObject.name,R:.reason,M:.message', '--no-headers'],
    ]);
    const lines = warnings.split('\n').filter((line) => line !== '' && !line.includes(MOUNTED_LATER));
    const faults: string[] = [];
    for (const line of lines) if (!(await isOfSlowMachine(cluster, line))) faults.push(line);
    assert.deepEqual(faults, []);
  });

  it('gives a speaker no capability, and keeps it from gaining one', async () => {
    const pods = await cluster.kubectlOk([
      ...['get', 'pods', '-n', NAMESPACE, '-l', 'app.kubernetes.io/component=speaker'],
      ...['-o', 'jsonpath={range .items[*]}{.spec.nodeName}{"\\n"}{end}'],
    ]);
    assert.deepEqual(pods.trim().split('\n').sort(), ['n1', 'n2']);
    const pid = (await cluster.node(1).run('pgrep', '--oldest', '--full', 'berth.mjs speaker')).trim();
    const status = await cluster.node(1).run('cat', `/proc/${pid}/status`);
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1];
    assert.equal(field('CapEff'), '0000000000000000');
    assert.equal(field('CapBnd'), '0000000000000000');
    assert.equal(field('NoNewPrivs'), '1');
    assert.equal(field('Seccomp'), '2');
    assert.equal(field('Uid'), ['65534', '65534', '65534', '65534'].join('\t'));
  });

  it('loses no new connection while the speakers are rolled out', async () => {
    const load = { host: address, longLived: 0 };
    const fared = await runUnderLoad({ client: cluster.network.client }, load, async () => {
      await cluster.kubectlOk(['rollout', 'restart', SPEAKERS, '-n', NAMESPACE]);
      await rolledOut(cluster, SPEAKERS);
    });
    assert.deepEqual(lostRequests(fared), []);
    assert.ok(fared.served > 0, 'there was traffic');
    assert.equal(await addressOf(cluster, 'web'), address);
  });

  it('loses no new connection while a node is drained', async () => {
    const load = { host: address, longLived: 0 };
    const fared = await runUnderLoad({ client: cluster.network.client }, load, async () => {
      await cluster.kubectlOk(['drain', 'n2', '--ignore-daemonsets', '--timeout=120s']);
    });
    await cluster.kubectlOk(['uncordon', 'n2']);
    assert.deepEqual(lostRequests(fared), []);
    assert.equal(await addressOf(cluster, 'web'), address);
  });

  it('leaves addresses where they are when it is uninstalled', async () => {
    await uninstall(cluster, 'native');
    assert.deepEqual(await addressesOf(cluster, 'web'), [address]);
  });
});
