import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { FaultEffect } from '../../../src/apiserver/http/fault-injector.ts';
import { type ApiServer, startApiServer } from '../../../src/apiserver/server.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { type Client, createClient, type Loose, type Watch } from '../../contract/client.ts';
import { seeded } from '../../support/random.ts';

const CONFIG_MAPS_PATH = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string): Loose => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

describe('the API server in memory', () => {
  let server: ApiServer;
  let client: Client;
  let made = 0;
  before(async () => {
    server = await startApiServer({ clock: systemClock, random: () => 0.5, historyMax: 4 });
    client = createClient(server);
  });
  after(() => server.stop());
  beforeEach(() => server.faults.clear());

  /** Creates a ConfigMap with a fault; returns what the client received, and whether the object exists afterwards. */
  async function createUnder(effect: FaultEffect): Promise<{ met: Loose; there: boolean }> {
    made += 1;
    const name = `m${made}`;
    server.faults.add({ verb: 'create', resource: 'configmaps', effect, times: 1 });
    const met = await client.call('POST', CONFIG_MAPS_PATH, configMap(name)).catch((cause: Error) => cause);
    return { met, there: server.objects.get('configmaps', 'default', name) !== undefined };
  }

  async function watch(effect: FaultEffect | null): Promise<Watch> {
    if (effect !== null) server.faults.add({ verb: 'watch', effect, times: 1 });
    const list = await client.call('GET', CONFIG_MAPS_PATH);
    return client.watch(`${CONFIG_MAPS_PATH}?watch=1&resourceVersion=${list.body.metadata.resourceVersion}`);
  }

  /** Creates `count` ConfigMaps; returns their names. */
  function make(count: number): string[] {
    return Array.from({ length: count }, () => {
      made += 1;
      server.objects.put({ ...configMap(`m${made}`), metadata: { name: `m${made}`, namespace: 'default' } });
      return `m${made}`;
    });
  }

  it('resets the connection before the request takes effect', async () => {
    const { met, there } = await createUnder({ kind: 'reset', when: 'before' });
    assert.deepEqual([met.code, there], ['ECONNRESET', false]);
  });

  it('resets the connection after the request took effect', async () => {
    const { met, there } = await createUnder({ kind: 'reset', when: 'after' });
    assert.deepEqual([met.code, there], ['ECONNRESET', true]);
  });

  for (const code of [409, 410, 429, 500, 503]) {
    it(`answers ${code} without an effect`, async () => {
      const { met, there } = await createUnder({ kind: 'status', code });
      assert.deepEqual([met.status, met.body.kind, met.body.code, there], [code, 'Status', code, false]);
    });
  }

  it('answers 500 after the request took effect', async () => {
    const { met, there } = await createUnder({ kind: 'status', code: 500, when: 'after' });
    assert.deepEqual([met.status, there], [500, true]);
  });

  it('sends Retry-After', async () => {
    const { met } = await createUnder({ kind: 'status', code: 429, retryAfterSeconds: 3 });
    assert.deepEqual([met.headers['retry-after'], met.body.details.retryAfterSeconds], ['3', 3]);
  });

  it('delays the response', async () => {
    const { met, there } = await createUnder({ kind: 'stall', ms: 20, when: 'before' });
    assert.deepEqual([met.status, there], [201, true]);
  });

  it('applies a rule as often as it says, and only to requests that match', async () => {
    server.faults.add({ verb: 'get', name: 'x', effect: { kind: 'status', code: 503 }, times: 2 });
    const codes: number[] = [];
    for (const name of ['y', 'x', 'x', 'x'])
      codes.push((await client.call('GET', `${CONFIG_MAPS_PATH}/${name}`)).status);
    assert.deepEqual(codes, [404, 503, 503, 404]);
  });

  it('applies a rule to one client, until the rule is removed', async () => {
    server.faults.add({ userAgent: 'somebody-else', effect: { kind: 'status', code: 503 } });
    const takeBack = server.faults.add({ userAgent: 'contract/', effect: { kind: 'status', code: 500 } });
    assert.equal((await client.call('GET', CONFIG_MAPS_PATH)).status, 500);
    takeBack();
    assert.equal((await client.call('GET', CONFIG_MAPS_PATH)).status, 200);
  });

  it('decides at random by its seed', async () => {
    const struck = async (seed: number): Promise<boolean[]> => {
      const random = seeded(seed);
      const other = await startApiServer({ clock: systemClock, random: () => random.below(1000) / 1000 });
      other.faults.add({ effect: { kind: 'status', code: 500 }, probability: 0.5 });
      const codes: boolean[] = [];
      for (let i = 0; i < 12; i++)
        codes.push((await createClient(other).call('GET', CONFIG_MAPS_PATH)).status === 500);
      await other.stop();
      return codes;
    };
    const first = await struck(1);
    assert.deepEqual(await struck(1), first);
    assert.deepEqual(new Set(first), new Set([true, false]));
  });

  it('duplicates events', async () => {
    const watching = await watch({ kind: 'duplicate-events' });
    const names = make(2);
    const seen: string[] = [];
    for (let i = 0; i < 4; i++) seen.push((await watching.next()).object.metadata.name);
    assert.deepEqual(
      seen,
      names.flatMap((name) => [name, name]),
    );
    watching.close();
  });

  it('delays events, in order', async () => {
    const watching = await watch({ kind: 'delay-events', ms: 20 });
    const names = make(3);
    const seen: string[] = [];
    for (const _ of names) seen.push((await watching.next()).object.metadata.name);
    assert.deepEqual(seen, names);
    watching.close();
  });

  it('breaks a watch off in the middle of a line', async () => {
    const watching = await watch({ kind: 'cut-watch', afterEvents: 1 });
    const [first] = make(2);
    assert.equal((await watching.next()).object.metadata.name, first);
    await assert.rejects(watching.next(), /the watch ended/);
  });

  it('ends a watch after a number of events', async () => {
    const watching = await watch({ kind: 'close-watch', afterEvents: 2 });
    make(3);
    await watching.next();
    await watching.next();
    await assert.rejects(watching.next(), /the watch ended/);
  });

  it('ends a watch with 410', async () => {
    const watching = await watch({ kind: 'expire-watch', afterEvents: 0 });
    make(1);
    const { type, object } = await watching.next();
    assert.deepEqual([type, object.code, object.reason], ['ERROR', 410, 'Expired']);
    await watching.ended();
  });

  it('closes all watches at once', async () => {
    const watching = await watch(null);
    server.faults.closeWatches('configmaps');
    await watching.ended();
  });

  it('compacts the history: watches and pages expire', async () => {
    make(2);
    const page = (await client.call('GET', `${CONFIG_MAPS_PATH}?limit=1`)).body.metadata;
    make(1);
    server.faults.compact();
    const next = await client.call('GET', `${CONFIG_MAPS_PATH}?limit=1&continue=${page.continue}`);
    assert.deepEqual([next.status, next.body.reason], [410, 'Expired']);
    const watching = await client.watch(
      `${CONFIG_MAPS_PATH}?watch=1&resourceVersion=${page.resourceVersion}`,
    );
    assert.equal((await watching.next()).object.code, 410);
  });

  it('bounds its history: older revisions expire', async () => {
    const from = server.objects.revision();
    make(20);
    const watching = await client.watch(`${CONFIG_MAPS_PATH}?watch=1&resourceVersion=${from}`);
    assert.equal((await watching.next()).object.code, 410);
  });

  it('hides a resource, and restores it with its objects', async () => {
    const [name = ''] = make(1);
    server.faults.hideResource('configmaps');
    assert.equal((await client.call('GET', CONFIG_MAPS_PATH)).status, 404);
    server.faults.restoreResource('configmaps');
    assert.equal((await client.call('GET', `${CONFIG_MAPS_PATH}/${name}`)).status, 200);
  });
});

it('ends open watches and frees the port on stop', async () => {
  const server = await startApiServer({ clock: systemClock });
  const watching = await createClient(server).watch(`${CONFIG_MAPS_PATH}?watch=1`);
  await server.stop();
  await watching.ended();
  const port = Number(new URL(server.url).port);
  const next = await startApiServer({ clock: systemClock, port });
  assert.equal(next.url, server.url);
  await next.stop();
});
