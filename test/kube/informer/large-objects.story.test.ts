/**
 * Objects of any size are listed and watched: pages by bytes, down to one object, from a server in memory over HTTP; and what
 * cannot be read is got past.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiServer, startApiServer } from '../../../src/apiserver/server.ts';
import { anonymousConfig } from '../../../src/kube/auth/rest-config.ts';
import type { ApiOutcome, ApiRequest, ApiSender } from '../../../src/kube/http/api-request.ts';
import { KubeClient } from '../../../src/kube/http/client.ts';
import { LINE_BYTES_MAX } from '../../../src/kube/http/line-splitter.ts';
import { type ListRequest, listPaged } from '../../../src/kube/informer/list.ts';
import { PAGE_BYTES_MAX } from '../../../src/kube/informer/page-size.ts';
import { CONFIG_MAPS } from '../../../src/kube/resource.ts';
import { nameOf } from '../../../src/objects/metadata.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { lastPhase, queryOf, startReflector } from '../support/reflector-harness.ts';
import { listOutcome, makeRaw, ScriptedClient } from '../support/scripted-client.ts';

const SMALL = 1_500;
const LARGE = 840_000;
const HUGE = 2_800_000;

describe('a list from a server in memory', () => {
  let server: ApiServer;
  let client: KubeClient;
  const names: string[] = [];

  before(async () => {
    server = await startApiServer({ clock: systemClock });
    client = new KubeClient({ config: anonymousConfig(server.url), clock: systemClock, userAgent: 'test' });
    // In the order of the list: ordinary ones, large ones, one of the size of a request, and ordinary ones again.
    for (let i = 0; i < 700; i++) put(`a-${String(i).padStart(4, '0')}`, SMALL);
    for (let i = 0; i < 20; i++) put(`b-${String(i).padStart(4, '0')}`, LARGE);
    for (let i = 0; i < 2; i++) put(`c-${i}`, HUGE);
    for (let i = 0; i < 700; i++) put(`d-${String(i).padStart(4, '0')}`, SMALL);
  });
  after(async () => {
    client.close();
    await server.stop();
  });

  function put(name: string, bytes: number): void {
    names.push(name);
    server.objects.put({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { value: 'x'.repeat(bytes) } },
      metadata: { name, namespace: 'default' },
    });
  }

  type Page = { readonly items: number; readonly bytes: number; readonly isTooLarge: boolean };

  async function list(more: Partial<ListRequest> = {}) {
    const pages: Page[] = [];
    const received: string[] = [];
    const sender: ApiSender = {
      async send(request: ApiRequest): Promise<ApiOutcome> {
        const outcome = await client.send(request);
        pages.push({
          items: Number(queryOf(request.path)['limit'] ?? Number.POSITIVE_INFINITY),
          bytes: outcome.kind === 'ok' ? (outcome.bytes ?? 0) : 0,
          isTooLarge: outcome.kind === 'unknown' && outcome.isTooLarge === true,
        });
        return outcome;
      },
    };
    const listed = await listPaged(
      sender,
      { resource: CONFIG_MAPS, namespace: 'default', from: 'consistent', ...more },
      { begin: () => received.splice(0), item: (raw) => received.push(nameOf(raw)) },
    );
    assert.equal(listed.kind, 'ok');
    return { pages, received };
  }

  it('has every object once, in pages that shrink down to one object and grow again', async () => {
    const { pages, received } = await list();
    assert.deepEqual(received, names);
    assert.equal(pages[0]?.items, 500);
    assert.ok(
      pages.some(({ items }) => items === 1),
      'one object of 2.8 MB a page',
    );
    assert.equal(pages.at(-1)?.items, 500, 'small ones come 500 at a time again');
    const accepted = pages.filter(({ isTooLarge }) => !isTooLarge);
    for (const { items, bytes } of accepted)
      assert.ok(bytes <= PAGE_BYTES_MAX || items === 1, `${items} objects with ${bytes} bytes`);
    // Where small objects are followed by large ones.
    assert.ok(pages.length - accepted.length <= 8, 'few pages are requested in vain');
  });

  it('from the watch cache comes in pages where it is too large as a whole', async () => {
    const { pages, received } = await list({ from: 'cached', wholeBytesMax: 1_000_000 });
    assert.deepEqual(received, names);
    assert.equal(pages[0]?.isTooLarge, true);
    assert.equal(pages[1]?.items, 500);
  });
});

describe('a watch', () => {
  it('delivers an object of nine megabytes', async (t) => {
    const harness = startReflector(t);
    const watch = await harness.client.currentWatch();
    watch.send(
      [{ type: 'ADDED', object: makeRaw('large', '8', { annotations: { note: 'x'.repeat(9_000_000) } }) }],
      65_536,
    );
    assert.deepEqual(harness.events.slice(1), ['ADDED large']);
  });

  it('gets past an event that is larger than any object can be, by a list', async (t) => {
    const client = new ScriptedClient();
    client.answer = () => listOutcome([makeRaw('a', '1')], String(client.requests.length));
    const harness = startReflector(t, {}, client);
    const first = await client.currentWatch();
    first.sendRaw('x'.repeat(LINE_BYTES_MAX + 1));
    await harness.clock.advanceAsync(1_000);
    const second = await client.currentWatch();
    assert.deepEqual(harness.events, ['all at 1: a', 'all at 2: a']);
    assert.equal(second.url.searchParams.get('resourceVersion'), '2');
    assert.equal(lastPhase(harness), 'watching');
  });
});
