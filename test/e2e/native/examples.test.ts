/** The first steps of docs/native.md: its router, its examples, and a page fetched through them. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { root } from '../../../dev/place.mjs';
import { eventually } from '../../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import type { TablePath } from '../../support/netns/bird-output.ts';
import { awaitResponses } from '../../support/netns/http-client.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { NativeCluster, NODES } from './support/native-cluster.ts';

const ADDRESS = '192.168.5.0';

describe('the examples', { skip: skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries() }, () => {
  let cluster: NativeCluster;

  before(async () => {
    cluster = await NativeCluster.start();
  });
  after(() => cluster?.stop());

  it('make the router of docs/native.md send a client to every node, except to one that drains', async () => {
    const page = readFileSync(join(root, 'docs/native.md'), 'utf8');
    const [, config = ''] = /^```bird\n([\s\S]*?)^```/m.exec(page) ?? [];
    const { routerBird } = cluster.stage;
    routerBird.write(config);
    routerBird.start();
    await cluster.rig.kubectl(['apply', '-f', join(root, 'examples/native')]);
    await cluster.rig.startServing();
    await cluster.startSpeakers('--drain-on-cordon', '--drain-wait', '5s');
    await cluster.applyEndpoints('web', NODES);

    await heardFrom(3);
    for (const { asPath, communities } of await paths())
      assert.deepEqual([asPath, communities], ['65001', ['65001:100']]);
    const pages = await awaitResponses(cluster.client, `http://${ADDRESS}/`, 40);
    assert.deepEqual([...new Set(pages.map(({ pod }) => pod))].sort(), ['w1-pod1', 'w2-pod2', 'w3-pod3']);

    await cluster.rig.kubectl(['cordon', 'w2']);
    await eventually(async () => {
      const kernel = await cluster.stage.router.run('ip', 'route', 'show', ADDRESS);
      assert.match(kernel, /10\.10\.0\.11/);
      assert.doesNotMatch(kernel, /10\.10\.0\.12/);
      assert.equal((await paths()).length, 3, 'it still has that way, and puts it last');
    });
    await heardFrom(2);
    await awaitResponses(cluster.client, `http://${ADDRESS}/`);
  });

  const paths = async (): Promise<readonly TablePath[]> => (await cluster.table()).get(`${ADDRESS}/32`) ?? [];

  const heardFrom = (count: number): Promise<void> =>
    eventually(async () => assert.equal((await paths()).length, count, cluster.logTails()));
});
