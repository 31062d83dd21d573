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
import { BedPool, selectedCases } from './support/observed/bed-pool.ts';
import { Layer2Bed } from './support/observed/layer2-bed.ts';
import { playLayer2Case } from './support/observed/play-layer2-case.ts';

const FOLDER = new URL('../../layer2/support/cases/', import.meta.url);

/** Played each time; all others in a full run. */
const QUICK = new Set(['failover-sigkill.json', 'packets-ndp.json']);

const files = selectedCases(readdirSync(FOLDER), QUICK, process.env);
const beds = new BedPool(files.length, () => Layer2Bed.start());

describe('an observed case of layer 2, played with real speakers', {
  skip: skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries(),
  concurrency: beds.size,
}, () => {
  after(() => beds.stop());

  if (files.length === 0)
    it('has another name', { skip: `no case of layer 2 is named ${process.env['BERTH_CASE']}` });

  for (const file of files) {
    const one: AnyObject = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));
    it(`${one.name}: ${one.says}`, () =>
      beds.use(async (bed) => {
        assert.deepEqual(await playLayer2Case(bed, one), [], bed.speakers.logTails());
      }));
  }
});
