/** The life of a release of the chart on a cluster of real kubelets, with layer 2: no address moves, whatever Helm does. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../../dev/place.mjs';
import { findClient } from '../../support/client-binaries.ts';
import { Cluster } from '../../support/cluster/cluster.ts';
import { skipWithoutCluster } from '../../support/cluster/parts.ts';
import { awaitResponses } from '../../support/netns/http-client.ts';
import type { CommandResult } from '../../support/run-program.ts';
import {
  addressesOf,
  addressOf,
  advertisement,
  NAMESPACE,
  pool,
  rolledOut,
  serveWeb,
} from './support/berth-cluster.ts';

const RELEASE = 'lb';
const NET_RAW = '0000000000002000';
const VALUES = ['--set', 'mode=layer2,image.repository=localhost/berth'];

const helm = findClient('helm');

describe('the chart on a cluster of real kubelets', {
  skip: skipWithoutCluster() || (helm.isAvailable ? false : helm.reason),
}, () => {
  let cluster: Cluster;
  let address: string;

  before(async () => {
    cluster = await Cluster.start({ nodes: 1 });
  });
  after(() => cluster?.stop());

  function tryHelm(...args: readonly string[]): Promise<CommandResult> {
    assert.ok(helm.isAvailable);
    return cluster.run(helm.path, [...args, '--namespace', NAMESPACE]);
  }

  async function runHelm(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await tryHelm(...args);
    if (code === 0) return stdout;
    const pods = await cluster.kubectl(['describe', 'pods', '-n', NAMESPACE]);
    assert.fail(`helm ${args[0]} ended with ${code}: ${stderr}${stdout}\n${pods.stdout}`);
  }

  const install = (): Promise<string> =>
    runHelm(
      ...['install', RELEASE, join(root, 'charts/berth'), '--create-namespace', ...VALUES],
      ...['--wait', '--timeout', '5m'],
    );

  const serves = (): Promise<unknown> => awaitResponses(cluster.network.neighbour, `http://${address}/`, 10);

  it('installs, and a machine on the segment gets a page', async () => {
    const notes = await install();
    assert.match(notes, /Berth runs in the namespace metallb-system/);
    await cluster.apply(pool('10.90.0.100-10.90.0.120'), advertisement('L2Advertisement'));
    await serveWeb(cluster, 'web');
    address = await addressOf(cluster, 'web');
    await rolledOut(cluster, 'deployment/web', 'default');
    await serves();
  });

  it('gives a speaker the right to open packet sockets, and no other', async () => {
    const pid = (await cluster.node(1).run('pgrep', '--oldest', '--full', 'berth.mjs speaker')).trim();
    const status = await cluster.node(1).run('cat', `/proc/${pid}/status`);
    for (const set of ['CapEff', 'CapBnd', 'CapPrm'])
      assert.match(status, new RegExp(`^${set}:\\s+${NET_RAW}$`, 'm'), status);
    assert.match(status, /^NoNewPrivs:\s+1$/m);
  });

  it('passes its own test, whose rights are gone afterwards', async () => {
    const said = await runHelm('test', RELEASE, '--logs');
    assert.match(said, /^Phase:\s+Succeeded$/m);
    assert.match(said, /^services +the one Service has an address$/m);
    const rights = await cluster.kubectl(['get', 'clusterrole,clusterrolebinding', 'berth-test']);
    assert.match(rights.stderr, /not found/);
  });

  it('upgrades and rolls back, and the address stays', async () => {
    const chart = join(root, 'charts/berth');
    const debug = ['--set', 'controller.logLevel=debug,test.timeout=3s'];
    await runHelm('upgrade', RELEASE, chart, '--reuse-values', ...debug, '--wait', '--timeout', '5m');
    assert.equal(await addressOf(cluster, 'web'), address);
    await serves();
    await failsItsTest();
    await runHelm('rollback', RELEASE, '1', '--wait', '--timeout', '5m');
    assert.equal(await addressOf(cluster, 'web'), address);
    await serves();
  });

  /** With a Service that cannot get an address, and a test that does not wait long for it. */
  async function failsItsTest(): Promise<void> {
    const metadata = { name: 'unserved', annotations: { 'metallb.io/address-pool': 'missing' } };
    const spec = { type: 'LoadBalancer', ports: [{ port: 80 }] };
    await cluster.apply({ apiVersion: 'v1', kind: 'Service', metadata, spec });
    const { code, stdout, stderr } = await tryHelm('test', RELEASE, '--logs');
    await cluster.kubectlOk(['delete', 'service', 'unserved']);
    assert.notEqual(code, 0, stdout);
    assert.match(`${stdout}${stderr}`, /ERROR NoAddress Service default\/unserved/);
  }

  it('is uninstalled, and leaves CRDs, pools and addresses; the next release goes on with them', async () => {
    await runHelm('uninstall', RELEASE, '--wait', '--timeout', '5m');
    assert.deepEqual(await addressesOf(cluster, 'web'), [address]);
    assert.match(
      await cluster.kubectlOk(['get', 'ipaddresspools', '-n', NAMESPACE, '-o', 'name']),
      /ipaddresspool\.metallb\.io\/main/,
    );
    await install();
    await serves();
    assert.deepEqual(await addressesOf(cluster, 'web'), [address]);
  });
});
