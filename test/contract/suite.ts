/**
 * What Berth relies on of an API server, as rows. The server of `src/apiserver/` and the real kube-apiserver are held to
 * the same rows; where they part ways, ours is wrong.
 */

import { after, before, describe, it } from 'node:test';
import { type Actor, type Client, clientFor } from './client.ts';
import { deletions } from './deletions.ts';
import { discovery } from './discovery.ts';
import { listings } from './lists.ts';
import { objects } from './objects.ts';
import { serviceChanges } from './servicechanges.ts';
import { serviceRefusals } from './servicerefusals.ts';
import { services } from './services.ts';
import { serviceStatus } from './servicestatus.ts';
import { makeNamespace, type Row, Stage } from './stage.ts';
import { statusLists } from './statuslists.ts';
import { tables } from './tables.ts';
import { updates } from './updates.ts';
import { watches } from './watches.ts';
import { defineWidgets, undefineWidgets } from './widgetdefinition.ts';
import { widgets } from './widgets.ts';

const chapters: readonly (readonly [title: string, rows: readonly Row[]])[] = [
  ['Services', services],
  ['Services that are refused', serviceRefusals],
  ['changes of Services', serviceChanges],
  ['the status of Services', serviceStatus],
  ['lists in the status of Services', statusLists],
  ['new objects', objects],
  ['updates', updates],
  ['deletions', deletions],
  ['lists', listings],
  ['watches', watches],
  ['custom resources', widgets],
  ['tables', tables],
  ['discovery', discovery],
];

/** Rows played at once: each has a namespace of its own, and most wait for the server. */
const ROWS_AT_ONCE = 8;

export const rowCount: number = chapters.reduce((sum, [, rows]) => sum + rows.length, 0);

/** Registers all rows; `open` is called once, before the first. */
export function contractSuite(open: () => Promise<Actor>): void {
  let client: Client | undefined;
  const ready = (): Client => {
    if (client === undefined) throw new Error('the suite has not begun');
    return client;
  };
  before(async () => {
    client = clientFor(await open());
    await defineWidgets(client);
  });
  after(async () => {
    await undefineWidgets(ready());
    ready().stop();
  });
  for (const [title, rows] of chapters) {
    describe(title, { concurrency: ROWS_AT_ONCE }, () => {
      for (const [says, play] of rows) {
        it(says, async () => {
          const stage = new Stage(ready(), await makeNamespace(ready()));
          try {
            await play(stage);
          } finally {
            stage.end();
          }
        });
      }
    });
  }
}
