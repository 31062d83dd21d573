/** The work for a document, counted in prefixes that are looked at: it follows the answer, not the cluster. */
import assert from 'node:assert/strict';
import { describe, it, mock, type TestContext } from 'node:test';
import type { DesiredRoutes } from '../../../src/announce/routes/routes.ts';
import { AdjRibOut } from '../../../src/bgp/rib/adj-rib-out.ts';
import { PREFIXES_PER_PART } from '../../../src/speaker/status-api/routes-document.ts';
import { StatusApi } from '../../../src/speaker/status-api/status-api.ts';
import { manyServices, type SpeakerHarness, settledHarness } from '../support/speaker-harness.ts';

const MANY = 10_000;
const FEW = 10;

const SCANS: ReadonlySet<PropertyKey> = new Set(['values', 'keys', 'entries', 'forEach', Symbol.iterator]);
const LOOKUPS: ReadonlySet<PropertyKey> = new Set(['get', 'has']);

/** A status API, and how many prefixes it has looked at. */
function countedStatusApi(test: TestContext, harness: SpeakerHarness) {
  let touched = 0;
  const countingMap = (routes: DesiredRoutes): DesiredRoutes =>
    new Proxy(routes, {
      get(target, property) {
        if (SCANS.has(property)) touched += target.size;
        if (LOOKUPS.has(property)) touched++;
        const value: unknown = Reflect.get(target, property, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  const { clock, speaker, model, history } = harness;
  const { routeOf, prefixes } = AdjRibOut.prototype;
  const mocks = [
    mock.method(
      AdjRibOut.prototype,
      'routeOf',
      function (this: AdjRibOut, ...args: Parameters<typeof routeOf>) {
        touched++;
        return routeOf.apply(this, args);
      },
    ),
    mock.method(AdjRibOut.prototype, 'prefixes', function (this: AdjRibOut) {
      const all = prefixes.apply(this);
      touched += all.length;
      return all;
    }),
  ];
  test.after(() => {
    for (const { mock: one } of mocks) one.restore();
  });
  const api = new StatusApi({
    ...{ node: 'n1', clock, speaker, history, notReady: () => null, interfaces: () => [] },
    model: {
      nodeConfig: model.nodeConfig,
      serviceKeys: [],
      statusOf: (key) => model.statusOf(key),
      countRoutes: (peer, family) => model.countRoutes(peer, family),
      routesOf: (peer) => {
        const routes = model.routesOf(peer);
        return routes === null ? null : countingMap(routes);
      },
    },
  });
  return { api, touched: () => touched };
}

describe('the status API of a speaker', () => {
  const questions: readonly (readonly [title: string, ask: (api: StatusApi) => unknown])[] = [
    ['one Service', (api) => api.service(`web/many-${FEW - 1}`)],
    ['a Service that does not exist', (api) => api.service('web/none')],
    ['the peers', (api) => api.peers()],
    ['the routes of an unknown peer', (api) => [...api.routes('none')]],
  ];
  for (const [title, ask] of questions) {
    it(`does as much for ${title} among ${MANY} Services as among ${FEW}`, async (test) => {
      const counts: number[] = [];
      for (const size of [FEW, MANY]) {
        const { api, touched } = countedStatusApi(test, await settledHarness(...manyServices(size)));
        ask(api);
        counts.push(touched());
        mock.restoreAll();
      }
      assert.equal(counts[1], counts[0]);
      assert.ok((counts[1] ?? 0) <= 2, `${counts[1]} prefixes`);
    });
  }

  it('describes a bounded number of routes in each part of a document', async (test) => {
    const { api, touched } = countedStatusApi(test, await settledHarness(...manyServices(MANY)));
    let routes = 0;
    let before = Number.POSITIVE_INFINITY;
    for (const part of api.routes('r1')) {
      const described = (part ?? '').split('"prefix":').length - 1;
      assert.ok(described <= PREFIXES_PER_PART, `${described} routes in a part`);
      // The first part of a peer takes the list of its prefixes.
      if (routes > 0)
        assert.ok(touched() - before <= 2 * PREFIXES_PER_PART, `${touched() - before} prefixes`);
      routes += described;
      before = touched();
    }
    assert.equal(routes, MANY);
  });
});
