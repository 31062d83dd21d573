/**
 * An upgrade and a downgrade under load, with a stay at each mixture of versions: whatever runs, addresses stay, new Services are
 * served, and with graceful restart no connection is lost. The older version is a commit of the past, with its own image, chart and CRDs.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../../dev/place.mjs';
import { findClient } from '../../support/client-binaries.ts';
import { Cluster } from '../../support/cluster/cluster.ts';
import { buildOlderBerth, type OlderBerth } from '../../support/cluster/older-berth.ts';
import { skipWithoutCluster } from '../../support/cluster/parts.ts';
import { eventually } from '../../support/eventually.ts';
import type { Bird } from '../../support/netns/bird.ts';
import { awaitResponses } from '../../support/netns/http-client.ts';
import { brokenConnections, runUnderLoad } from '../native/support/load.ts';
import {
  addressOf,
  configuration,
  NAMESPACE,
  rolledOut,
  serveWeb,
  startRouter,
} from './support/berth-cluster.ts';

const CHART = join(root, 'charts/berth');
const RELEASE = 'lb';
const OLD = '0.7.0';
const NEW = '0.8.0';
/** Some days of work. */
const COMMITS_BACK = 100;
const LONG_LIVED_CONNECTIONS = 12;
const CONTROLLER = 'deployment/berth-controller';
const SPEAKERS = 'daemonset/berth-speaker';

const helm = findClient('helm');

describe('an upgrade and a downgrade under load', {
  skip: skipWithoutCluster() || (helm.isAvailable ? false : helm.reason),
}, () => {
  let cluster: Cluster;
  let router: Bird;
  let address: string;
  let folder: string;
  /** Null where the history is too short: then both versions are this commit, under two tags. */
  let older: OlderBerth | null;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'berth-older-'));
    older = await buildOlderBerth(folder, { back: COMMITS_BACK, tag: OLD });
    cluster = await Cluster.start({
      nodes: 2,
      images: older === null ? [] : [older.image],
      berthTags: older === null ? [OLD, NEW] : [NEW],
    });
    router = startRouter(cluster, { gracefulRestart: true });
    const values = `mode=native,image.repository=localhost/berth,image.tag=${OLD}`;
    await runHelm('install', older?.chart ?? CHART, '--create-namespace', '--set', values);
    await cluster.apply(...configuration('192.168.5.0/24', { enableGracefulRestart: true }));
    await serveWeb(cluster, 'web');
    address = await addressOf(cluster, 'web');
    await rolledOut(cluster, 'deployment/web', 'default');
    await serves(address);
  });
  after(async () => {
    await router?.end();
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function runHelm(command: string, ...args: readonly string[]): Promise<void> {
    assert.ok(helm.isAvailable);
    const flags = ['--namespace', NAMESPACE, '--wait', '--timeout', '8m'];
    const { code, stdout, stderr } = await cluster.run(helm.path, [command, RELEASE, ...args, ...flags]);
    assert.equal(code, 0, `helm ${command}: ${stderr}${stdout}`);
  }

  const serves = (host: string): Promise<unknown> =>
    awaitResponses(cluster.network.client, `http://${host}/`, 10);

  async function useController(tag: string): Promise<void> {
    const image = `controller=localhost/berth:${tag}`;
    await cluster.kubectlOk(['set', 'image', CONTROLLER, image, '-n', NAMESPACE]);
    await rolledOut(cluster, CONTROLLER);
  }

  /** What users and scripts see of the first Service: its address, and since when and why it has it. */
  const standing = (): Promise<string> =>
    cluster.kubectlOk([
      ...['get', 'service', 'web', '-o'],
      'jsonpath={.status.loadBalancer}{.status.conditions[?(@.type=="berth.dev/Assigned")]}{.metadata.annotations}',
    ]);

  /** The tags of running Pods that `berth status` names as different; null for none. */
  async function differingVersions(): Promise<string | null> {
    const { stdout } = await cluster.berth(['status', '-o', 'json']);
    const { problems } = JSON.parse(stdout) as { problems: readonly { code: string; says: string }[] };
    return problems.find(({ code }) => code === 'VersionsDiffer')?.says ?? null;
  }

  /** With versions mixed, a new Service gets an address that speakers announce. */
  async function servesNew(name: string): Promise<void> {
    const spec = { selector: { app: 'web' } };
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'default' },
      spec: { type: 'LoadBalancer', ports: [{ port: 80, targetPort: 8080 }], ...spec },
    });
    await serves(await addressOf(cluster, name));
  }

  async function isMixed(controller: string, speakers: string): Promise<void> {
    await eventually(async () => {
      const says = await differingVersions();
      for (const tag of [controller, speakers])
        assert.match(says ?? 'no problem', new RegExp(`${tag.replaceAll('.', '\\.')} \\(2\\)`));
    });
  }

  const isOneVersion = (): Promise<void> =>
    eventually(async () => assert.equal(await differingVersions(), null));

  /** Runs `change`; nobody may notice. */
  async function unnoticed(change: () => Promise<void>): Promise<void> {
    const before = await standing();
    const load = { host: address, longLived: LONG_LIVED_CONNECTIONS };
    const fared = await runUnderLoad({ client: cluster.network.client }, load, change);
    assert.deepEqual(fared.failed, []);
    assert.deepEqual(brokenConnections(fared), []);
    assert.ok(fared.served > 0, 'there was traffic');
    assert.equal(await standing(), before);
  }

  it('begins with another commit, as far as the history goes back', (t) => {
    t.diagnostic(
      older === null
        ? `this clone has fewer than ${COMMITS_BACK} commits: both versions are the same code`
        : `the older version is ${older.commit}, ${COMMITS_BACK} commits ago`,
    );
    assert.ok(older === null || older.commit.length === 40);
  });

  it('upgrades the controller, which serves with older speakers', () =>
    unnoticed(async () => {
      await useController(NEW);
      await isMixed(NEW, OLD);
      await servesNew('newer-controller');
    }));

  it('upgrades the speakers', () =>
    unnoticed(async () => {
      await runHelm('upgrade', CHART, '--reset-then-reuse-values', '--set', `image.tag=${NEW}`);
      await rolledOut(cluster, SPEAKERS);
      await isOneVersion();
    }));

  it('downgrades the controller, which serves with newer speakers', () =>
    unnoticed(async () => {
      await useController(OLD);
      await isMixed(OLD, NEW);
      await servesNew('older-controller');
    }));

  it('downgrades the speakers', () =>
    unnoticed(async () => {
      await runHelm('rollback', '1');
      await rolledOut(cluster, SPEAKERS);
      await isOneVersion();
      const { stdout } = await cluster.kubectl(['get', 'pods', '-n', NAMESPACE, '-o', 'wide']);
      const images = await cluster.kubectlOk([
        ...['get', 'pods', '-n', NAMESPACE, '-o', 'jsonpath={.items[*].spec.containers[*].image}'],
      ]);
      assert.deepEqual([...new Set(images.split(' '))], [`localhost/berth:${OLD}`], stdout);
    }));

  it('leaves addresses that were granted meanwhile where they are', async () => {
    for (const name of ['newer-controller', 'older-controller']) await serves(await addressOf(cluster, name));
  });
});
