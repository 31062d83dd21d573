/**
 * The contract: what Berth relies on of an API server, as rows. The server of `src/apiserver/` and kube-apiserver run the
 * same rows; where they differ, ours is wrong.
 */

import { after, before, describe, it } from 'node:test';
import { type Client, createClient, type ServerUnderTest } from './client.ts';
import { deletions } from './deletions.ts';
import { discovery } from './discovery.ts';
import { ApiFixture, type ContractRow, makeNamespace } from './fixture.ts';
import { listings } from './lists.ts';
import { mediaTypes } from './media-types.ts';
import { objects } from './objects.ts';
import { applyMerging } from './server-side-apply/merging.ts';
import { applyOwnership } from './server-side-apply/ownership.ts';
import { serviceDefaults } from './services/defaults.ts';
import { serviceRejections } from './services/rejections.ts';
import { serviceStatus } from './services/status.ts';
import { statusLists } from './services/status-lists.ts';
import { serviceUpdates } from './services/updates.ts';
import { subresources } from './subresources.ts';
import { tables } from './tables.ts';
import { updates } from './updates.ts';
import { watches } from './watches.ts';
import { defineWidgets, undefineWidgets } from './widget-definition.ts';
import { widgets } from './widgets.ts';

const sections: readonly (readonly [title: string, rows: readonly ContractRow[]])[] = [
  ['Services', serviceDefaults],
  ['Services that are refused', serviceRejections],
  ['changes of Services', serviceUpdates],
  ['the status of Services', serviceStatus],
  ['lists in the status of Services', statusLists],
  ['new objects', objects],
  ['the media types of bodies', mediaTypes],
  ['updates', updates],
  ['owners after server-side apply', applyOwnership],
  ['merging by server-side apply', applyMerging],
  ['subresources', subresources],
  ['deletions', deletions],
  ['lists', listings],
  ['watches', watches],
  ['custom resources', widgets],
  ['tables', tables],
  ['discovery', discovery],
];

/** Concurrent rows: each has a namespace of its own, and most wait for the server. */
const ROWS_AT_ONCE = 8;

export const rowCount: number = sections.reduce((sum, [, rows]) => sum + rows.length, 0);

/** Registers all rows; `open` is called once, before the first row. */
export function contractSuite(connect: () => Promise<ServerUnderTest>): void {
  let client: Client | undefined;
  const connectedClient = (): Client => {
    if (client === undefined) throw new Error('the suite has not begun');
    return client;
  };
  before(async () => {
    client = createClient(await connect());
    await defineWidgets(client);
  });
  after(async () => {
    await undefineWidgets(connectedClient());
    connectedClient().stop();
  });
  for (const [title, rows] of sections) {
    describe(title, { concurrency: ROWS_AT_ONCE }, () => {
      for (const [rowTitle, run] of rows) {
        it(rowTitle, async () => {
          const api = new ApiFixture(connectedClient(), await makeNamespace(connectedClient()));
          try {
            await run(api);
          } finally {
            api.close();
          }
        });
      }
    });
  }
}
