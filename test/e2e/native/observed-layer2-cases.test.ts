/**
 * Observed cases of layer 2 played with real speakers, and judged by the rules of each case: who may answer, on which interfaces,
 * and what speakers write. `test/layer2/simulator/case-file.test.ts` judges the model by the same rules.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import type { AnyObject } from '../../controller/support/rig.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { Layer2Bed } from './support/observed/layer2-bed.ts';
import { playLayer2Case } from './support/observed/play-layer2-case.ts';

const FOLDER = new URL('../../layer2/support/cases/', import.meta.url);

/** Played each time; all others in a full run. */
const QUICK = new Set(['failover-sigkill.json', 'packets-ndp.json']);

const selection = process.env['BERTH_CASE'];
const isFull = process.env['BERTH_FULL'] === '1';

const files = readdirSync(FOLDER)
  .filter((file) => (selection === undefined ? isFull || QUICK.has(file) : file.includes(selection)))
  .sort();

/** Each has an API server; cases mostly wait. For a few, the start of a second one is not worth it. */
const BEDS = files.length > 5 ? 2 : 1;

describe('an observed case of layer 2, played with real speakers', {
  skip: skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries(),
  concurrency: BEDS,
}, () => {
  const beds: Layer2Bed[] = [];
  const free: Layer2Bed[] = [];

  after(() => Promise.all(beds.map((bed) => bed.stop())));

  /** One after the other: the first builds the program if needed. */
  let starting: Promise<unknown> = Promise.resolve();
  function startBed(): Promise<Layer2Bed> {
    const started = starting.then(() => Layer2Bed.start());
    starting = started.then((bed) => beds.push(bed));
    return started;
  }

  if (files.length === 0) it('has another name', { skip: `no case of layer 2 is named ${selection}` });

  for (const file of files) {
    const one: AnyObject = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));
    it(`${one.name}: ${one.says}`, async () => {
      const bed = await (free.pop() ?? startBed());
      try {
        assert.deepEqual(await playLayer2Case(bed, one), [], bed.speakers.logTails());
      } finally {
        await bed.clear();
        free.push(bed);
      }
    });
  }
});
