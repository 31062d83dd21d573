/** The API server in memory accepts and refuses objects of metallb.io as the real one does (`test/e2e/crds.test.ts`). */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiServer, startApiServer } from '../../src/apiserver/server.ts';
import { systemClock } from '../../src/workqueue/system-clock.ts';
import { OTHER_KINDS } from '../e2e/support/crd-rows/others.ts';
import { PEERS_V1, PEERS_V2 } from '../e2e/support/crd-rows/peers.ts';
import { POOLS } from '../e2e/support/crd-rows/pools.ts';
import { CRDS } from '../support/crds.ts';

describe('the kinds of metallb.io on the API server in memory', () => {
  let server: ApiServer;

  const post = async (path: string, object: unknown): Promise<{ status: number; message: string }> => {
    const answer = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(object),
    });
    const body: unknown = await answer.json();
    return { status: answer.status, message: JSON.stringify(body) };
  };

  before(async () => {
    server = await startApiServer({ clock: systemClock });
    for (const crd of CRDS) await post('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', crd);
  });
  after(() => server?.stop());

  it('support all rules', () => assert.deepEqual(server.unsupported, []));

  for (const { kind, plural, version, rows } of [POOLS, PEERS_V2, PEERS_V1, ...OTHER_KINDS]) {
    it(`accept and refuse ${kind} ${version} row by row`, async () => {
      for (const [title, object, refusal] of rows) {
        const metadata = { generateName: `${plural}-`, namespace: 'default' };
        const path = `/apis/metallb.io/${version}/namespaces/default/${plural}`;
        const { status, message } = await post(path, {
          ...{ apiVersion: `metallb.io/${version}`, kind, metadata },
          ...object,
        });
        assert.equal(status, refusal === null ? 201 : 422, `${title}: ${message}`);
        if (refusal !== null)
          assert.ok(message.includes(JSON.stringify(refusal).slice(1, -1)), `${title}: ${message}`);
      }
    });
  }
});
