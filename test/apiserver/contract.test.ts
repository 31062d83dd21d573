import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { type ApiServer, startApiServer } from '../../src/apiserver/server.ts';
import { systemClock } from '../../src/workqueue/system-clock.ts';
import { contractSuite, rowCount } from '../contract/suite.ts';

describe('the server in memory keeps the contract', () => {
  let server: ApiServer | undefined;
  contractSuite(async () => {
    server = await startApiServer({ clock: systemClock });
    return { url: server.url };
  });
  // Behind the suite's own hooks, which still need it.
  after(() => server?.stop());
});

it('the contract has at least 150 rows', () => assert.ok(rowCount >= 150, String(rowCount)));
