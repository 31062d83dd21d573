/** The model in a thread of its own gives the answers of the model, and a thread that dies is a failure of one answer. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { root } from '../../../../../dev/place.mjs';
import { decodeClusterObjects } from '../../../../../src/calico/objects/cluster-object.ts';
import {
  IDLE_TIMEOUT,
  InProcessModel,
  ModelThread,
} from '../../../../../src/controller/main/announced/calico/model-thread.ts';
import { systemClock } from '../../../../../src/workqueue/system-clock.ts';
import { HEALTHY } from '../../../../calico/support/clusters.ts';
import { FakeClock } from '../../../../support/fake-clock.ts';

const READ = ['Node', 'Service', 'EndpointSlice', 'BGPPeer', 'BGPConfiguration', 'IPAddressPool'];

const OBJECTS = decodeClusterObjects(HEALTHY);

describe('the thread of the model', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'berth-model-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const script = (text: string): string => {
    const path = join(folder, `${text.length}.mjs`);
    writeFileSync(path, text);
    return path;
  };

  it('returns the results of the model, one request after the other', async () => {
    // As the built program has it, but for the language.
    const own = script(
      `import { register } from ${JSON.stringify(pathToFileURL(join(root, 'node_modules/tsx/dist/esm/api/index.mjs')))};
       register();
       const { serveModel } = await import(${JSON.stringify(pathToFileURL(join(root, 'src/controller/main/announced/calico/model-thread.ts')))});
       await serveModel();`,
    );
    const thread = new ModelThread(own, systemClock);
    try {
      const wanted = await new InProcessModel().evaluate({
        isFull: true,
        upserted: OBJECTS,
        deleted: [],
        read: READ,
      });
      assert.equal(wanted.verdicts.length, 2);
      assert.deepEqual(
        await thread.evaluate({ isFull: true, upserted: OBJECTS, deleted: [], read: READ }),
        wanted,
      );
      assert.deepEqual(
        (await thread.evaluate({ isFull: true, upserted: [], deleted: [], read: READ })).verdicts,
        [],
      );
    } finally {
      thread.close();
    }
  });

  it('fails one request where the thread fails, and starts another thread for the next one', async () => {
    const once = script(
      `import { parentPort } from 'node:worker_threads';
       parentPort.on('message', ({ read }) => {
         if (read.length === 0) throw new Error('too much');
         parentPort.postMessage({ verdicts: [], findings: [] });
       });`,
    );
    const thread = new ModelThread(once, systemClock);
    try {
      await assert.rejects(
        thread.evaluate({ isFull: true, upserted: [], deleted: [], read: [] }),
        /too much/,
      );
      assert.deepEqual(await thread.evaluate({ isFull: true, upserted: [], deleted: [], read: READ }), {
        verdicts: [],
        findings: [],
      });
    } finally {
      thread.close();
    }
  });

  it('that is closed fails its request, and leaves the next thread alone', async () => {
    const slow = script(
      `import { parentPort } from 'node:worker_threads';
       parentPort.on('message', ({ read }) => {
         if (read.length > 0) parentPort.postMessage({ verdicts: [], findings: [] });
       });`,
    );
    const clock = new FakeClock();
    const thread = new ModelThread(slow, clock);
    try {
      const unanswered = thread.evaluate({ isFull: true, upserted: [], deleted: [], read: [] });
      thread.close();
      const next = thread.evaluate({ isFull: true, upserted: [], deleted: [], read: READ });
      await assert.rejects(unanswered, /ended/);
      assert.deepEqual(await next, { verdicts: [], findings: [] });
      const later = thread.evaluate({ isFull: true, upserted: [], deleted: [], read: READ });
      clock.advance(IDLE_TIMEOUT);
      assert.deepEqual(await later, { verdicts: [], findings: [] });
    } finally {
      thread.close();
    }
  });

  it('does not block where it ends by itself', async () => {
    const thread = new ModelThread(script('process.exit(0);'), systemClock);
    await assert.rejects(thread.evaluate({ isFull: true, upserted: [], deleted: [], read: [] }), /ended/);
  });
});
