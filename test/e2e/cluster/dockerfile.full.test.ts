/** The image of the Dockerfile and that of `npm run image` on one cluster of real kubelets: both behave the same. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { writeImage } from '../../../dev/image/oci.mjs';
import type { Cluster } from '../../support/cluster/cluster.ts';
import { berthLayers } from '../../support/cluster/images.ts';
import { skipWithoutCluster } from '../../support/cluster/parts.ts';
import type { Bird } from '../../support/netns/bird.ts';
import { awaitResponses } from '../../support/netns/http-client.ts';
import type { Image } from '../support/image/build.ts';
import { buildCloneImage } from '../support/image/clone-image.ts';
import {
  addressesOf,
  addressOf,
  configuration,
  NAMESPACE,
  rolledOut,
  serveWeb,
  startBerth,
  startRouter,
} from './support/berth-cluster.ts';

const TAG = 'localhost/berth:dockerfile';
const WORKLOADS = { controller: 'deployment/berth-controller', speaker: 'daemonset/berth-speaker' };

type Running = { readonly version: string; readonly speaker: Readonly<Record<string, string>> };

describe('the image of the Dockerfile on a cluster of real kubelets', { skip: skipWithoutCluster() }, () => {
  const scratch = mkdtempSync(join(tmpdir(), 'berth-dockerfile-'));
  let cluster: Cluster;
  let router: Bird;
  let address: string;
  let firstImage: Running;

  before(async () => {
    cluster = await startBerth('native', { nodes: 1 });
    router = startRouter(cluster);
    await rolledOut(cluster, WORKLOADS.speaker);
    await cluster.apply(...configuration('192.168.5.0/24'));
    await serveWeb(cluster, 'web');
    address = await addressOf(cluster, 'web');
    await rolledOut(cluster, 'deployment/web', 'default');
    await serves();
    firstImage = await running();
  });
  after(async () => {
    await router?.end();
    await cluster?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  const serves = (): Promise<unknown> => awaitResponses(cluster.network.client, `http://${address}/`, 10);

  it('takes over from the other one: a page is served, and the address stays', async () => {
    await cluster.node(1).loadImage(writeArchive(buildCloneImage(scratch)));
    for (const [container, workload] of Object.entries(WORKLOADS)) {
      await cluster.kubectlOk(['set', 'image', workload, `${container}=${TAG}`, '-n', NAMESPACE]);
      await rolledOut(cluster, workload);
    }
    const images = ['get', 'pods', '-n', NAMESPACE, '-o', 'jsonpath={.items[*].spec.containers[*].image}'];
    assert.deepEqual([...new Set((await cluster.kubectlOk(images)).split(' '))], [TAG]);
    await serves();
    assert.deepEqual(await addressesOf(cluster, 'web'), [address]);
  });

  it('runs with the same version, user and rights, and berth status finds nothing', async () => {
    assert.deepEqual(await running(), firstImage);
    const { code, stdout } = await cluster.berth(['status', '--wait', '--timeout', '120s']);
    assert.equal(code, 0, stdout);
  });

  /** The folder is a layer on the base of our own image, which stands in for that of the Dockerfile. */
  function writeArchive({ root: layer, user, environment, entrypoint, cmd, workdir }: Image): string {
    const [base] = berthLayers(cluster.network.path);
    const Env = Object.entries({ PATH: '/usr/local/bin', ...environment }).map(
      ([name, value]) => `${name}=${value}`,
    );
    const config = { User: user, Env, Entrypoint: entrypoint, Cmd: cmd, WorkingDir: workdir };
    const path = join(scratch, 'image.tar');
    const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
    writeImage(path, [TAG], [{ architecture, layers: [base, layer], config }], { gzip: false });
    return path;
  }

  /** What the processes of the two containers are. */
  async function running(): Promise<Running> {
    const node = cluster.node(1);
    const pid = (await node.run('pgrep', '--newest', '--full', 'berth.mjs speaker')).trim();
    const status = await node.run('cat', `/proc/${pid}/status`);
    const speaker = Object.fromEntries(
      ['Uid', 'Gid', 'CapEff', 'CapBnd', 'NoNewPrivs', 'Seccomp'].map((name) => [
        name,
        new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1] ?? '',
      ]),
    );
    const version = ['exec', WORKLOADS.controller, '-n', NAMESPACE, '--', 'node', '/berth/dist/berth.mjs'];
    return { version: await cluster.kubectlOk([...version, 'version']), speaker };
  }
});
