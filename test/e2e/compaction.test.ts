/**
 * etcd forgets its history, on a real API server: the version of a watch, or the token of a list's next page, is too old then.
 * Each program lists each of its collections once more, and no address moves.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type AnyObject, addressesOf, NO_PORTS, Rig } from '../controller/support/rig.ts';
import { eventually, unchangedFor } from '../support/eventually.ts';
import { skipWithoutKubernetesBinaries } from '../support/kubernetes-binaries.ts';
import { kubeconfigText } from '../support/real-api/flags.ts';
import type { RealApi } from '../support/real-api/start.ts';
import { type Recorded, RecordingProxy } from './support/recording-proxy.ts';

const NODE = 'w1';
const SERVICES = 20;
/** So many of these take more than two pages of a list. */
const LARGE_SERVICES = 40;
const LARGE_NOTE = 'x'.repeat(100_000);
const SLICES = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';

const isList = ({ method, path, query }: Recorded): boolean =>
  method === 'GET' && path.startsWith('/api') && query.get('watch') === null && !path.includes('/leases/');

/** Program and collection. */
const subjectOf = ({ agent, path, query }: Recorded): string =>
  `${/\((.*)\)/.exec(agent)?.[1]} ${path} ${query.get('fieldSelector') ?? ''}`;

/** The first page of each list that was answered. */
const listsOf = (recorded: readonly Recorded[]): readonly string[] =>
  recorded
    .filter((one) => isList(one) && one.status === 200 && one.query.get('continue') === null)
    .map(subjectOf);

const watchesOf = (recorded: readonly Recorded[]): ReadonlySet<string> =>
  new Set(
    recorded.filter(({ query, status }) => query.get('watch') !== null && status === 200).map(subjectOf),
  );

const expiredWatches = (recorded: readonly Recorded[]): readonly Recorded[] =>
  recorded.filter(({ query, isExpired }) => query.get('watch') !== null && isExpired);

describe('etcd is compacted', { skip: skipWithoutKubernetesBinaries() }, () => {
  let rig: Rig<RealApi>;
  let proxy: RecordingProxy;
  let kubeconfig: string;

  before(async () => {
    // Otherwise the API server goes on from its own memory, until it is restarted.
    rig = await Rig.start({ flags: ['--watch-cache=false'] });
    await rig.api.requestOk('POST', '/api/v1/nodes', { metadata: { name: NODE } });
    await rig.api.requestOk('PATCH', `/api/v1/nodes/${NODE}/status`, {
      status: { addresses: [{ type: 'InternalIP', address: '192.0.2.200' }] },
    });
  });
  beforeEach(async () => {
    proxy = await RecordingProxy.inFrontOf(rig.api);
    kubeconfig = join(rig.api.folder, 'through-the-proxy');
    writeFileSync(kubeconfig, kubeconfigText({ ...rig.api, url: proxy.url }), { mode: 0o600 });
  });
  afterEach(async () => {
    proxy.open();
    proxy.release();
    await rig.clean();
    await proxy.close();
  });
  after(() => rig?.stop());

  const start = (program: 'controller' | 'speaker', ...flags: readonly string[]) =>
    rig.program(program, '--kubeconfig', kubeconfig, ...NO_PORTS, ...flags);

  const addresses = async (): Promise<Readonly<Record<string, readonly string[]>>> =>
    Object.fromEntries(
      (await rig.services()).map((service) => [service.metadata.name, addressesOf(service)]),
    );

  async function announced(name: string): Promise<AnyObject> {
    await rig.service(name);
    return rig.api.requestOk('POST', SLICES, {
      metadata: { name: `${name}-1`, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.244.0.1'], conditions: { ready: true }, nodeName: NODE }],
    });
  }

  it('while watches are away: each collection is listed once, and only what changed is written', async () => {
    await rig.pool('p', ['192.0.2.0/26']);
    const controller = start('controller', '--leader-elect=false');
    await controller.waitUntilServing();
    const speaker = start('speaker', `--node-name=${NODE}`, '--layer2=off', '--view-port=0');
    await speaker.waitForLog('speaking');
    for (let index = 0; index < SERVICES; index++) await announced(`web-${index}`);
    await eventually(() => unchangedFor(1500, () => rig.versions()));
    const before = await addresses();
    const versions = await rig.versions();
    const watched = watchesOf(proxy.recorded);
    assert.ok(watched.size > 15, [...watched].join());

    proxy.cut();
    proxy.forget();
    await rig.delete('web-3');
    await rig.api.requestOk('DELETE', `${SLICES}/web-3-1`);
    await announced('later');
    await rig.api.compactEtcd();
    proxy.open();

    await eventually(async () => assert.equal((await rig.addresses('later')).length, 1));
    await eventually(() => {
      for (const list of watched) assert.ok(listsOf(proxy.recorded).includes(list), `${list}: not listed`);
    });
    await eventually(() => unchangedFor(1500, () => rig.versions()));

    assert.ok(expiredWatches(proxy.recorded).length > 0, 'no watch was too old');
    const lists = listsOf(proxy.recorded).filter((list) => watched.has(list));
    const twice = lists.filter((list, index) => lists.indexOf(list) !== index);
    assert.deepEqual(twice, [], 'listed more than once');
    const { later: _, ...rest } = await addresses();
    const { 'web-3': __, ...kept } = before;
    assert.deepEqual(rest, kept);
    const now = await rig.versions();
    for (const name of Object.keys(kept))
      assert.equal(now[` ${name}`], versions[` ${name}`], `${name} was written`);
    assert.deepEqual([await controller.stop(), await speaker.stop()], [0, 0]);
  });

  it('between two pages of a list: it begins again, and no address moves', async () => {
    await rig.pool('p', ['192.0.2.0/26']);
    const first = await rig.startServing();
    for (let index = 0; index < LARGE_SERVICES; index++)
      await rig.service(`web-${index}`, {}, { annotations: { 'example.com/note': LARGE_NOTE } });
    await eventually(async () => {
      for (const [name, its] of Object.entries(await addresses()))
        assert.ok(name === 'kubernetes' || its.length === 1, name);
    });
    await eventually(() => unchangedFor(1500, () => rig.versions()));
    assert.equal(await first.stop(), 0);
    const before = await addresses();
    const versions = await rig.versions();

    const isNextPage = ({ path, query }: Recorded): boolean =>
      path === '/api/v1/services' && query.get('continue') !== null;
    proxy.hold(isNextPage);
    const controller = start('controller', '--leader-elect=false');
    await eventually(() => assert.ok(proxy.heldCount > 0, 'the list has one page'));
    await rig.service('later');
    await rig.api.compactEtcd();
    proxy.release();

    await controller.waitUntilServing();
    await eventually(async () => assert.equal((await rig.addresses('later')).length, 1));
    const pages = proxy.recorded.filter(({ path }) => path === '/api/v1/services').filter(isList);
    const expired = pages.filter(({ status }) => status === 410);
    assert.ok(expired.length > 0, 'no token was too old');
    assert.ok(expired.every(isNextPage));
    await eventually(() => unchangedFor(1500, () => rig.versions()));
    const { later: _, ...rest } = await addresses();
    assert.deepEqual(rest, before);
    const now = await rig.versions();
    for (const name of Object.keys(rest)) assert.equal(now[` ${name}`], versions[` ${name}`], name);
    const begun = listsOf(proxy.recorded).filter((list) => list.includes(' /api/v1/services '));
    assert.ok(begun.length >= 2, 'the list did not begin again');
    assert.equal(await controller.stop(), 0);
  });
});
