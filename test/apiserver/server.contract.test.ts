import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { type ApiServer, startApiServer } from '../../src/apiserver/server.ts';
import { systemClock } from '../../src/workqueue/system-clock.ts';
import { contractSuite, rowCount } from '../contract/suite.ts';

describe('the API server in memory passes the contract', () => {
  let server: ApiServer | undefined;
  contractSuite(async () => {
    server = await startApiServer({ clock: systemClock });
    return { url: server.url };
  });
  // Registered after the hooks of the suite, which still need the server.
  after(() => server?.stop());
});

it('the contract has at least 150 rows', () => assert.ok(rowCount >= 150, String(rowCount)));
