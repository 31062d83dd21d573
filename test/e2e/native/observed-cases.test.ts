/**
 * Observed cases played with real speakers: each must announce to its routers, and write into the cluster, what MetalLB's
 * speakers did. `test/announce/simulator/case-file.test.ts` compares the same cases with the model.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import type { AnyObject } from '../../controller/support/rig.ts';
import { skipWithoutKubernetesBinaries } from '../../support/kubernetes-binaries.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { BedPool, selectedCases } from './support/observed/bed-pool.ts';
import { BgpBed } from './support/observed/bgp-bed.ts';
import { playBgpCase } from './support/observed/play-bgp-case.ts';

const FOLDER = new URL('../../announce/support/cases/', import.meta.url);

/** Played each time; all others in a full run. */
const QUICK = new Set(['live-bad-then-good.json', 'password-secret.json', 'traffic-policy-local.json']);

/**
 * What Berth does otherwise on purpose, case by case: it sends `nodeAssigned` only from a node that announces the Service to a
 * peer. MetalLB sends it from every node, also where `spec.peers` selects no peer of the node.
 */
const DIFFERENCES: Readonly<Record<string, readonly string[]>> = {
  'peers/unknown': ['at the start: nodeAssigned events of web/blog: nodes should be n1, is empty'],
};

const files = selectedCases(readdirSync(FOLDER), QUICK, process.env);
const beds = new BedPool(files.length, () => BgpBed.start());

describe('an observed case, played with real speakers', {
  skip: skipWithoutKubernetesBinaries() || skipWithoutNetworkBinaries(),
  concurrency: beds.size,
}, () => {
  after(() => beds.stop());

  if (files.length === 0)
    it('has another name', { skip: `no case of BGP is named ${process.env['BERTH_CASE']}` });

  for (const file of files) {
    const one: AnyObject = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));
    const chance = one.random === undefined ? false : `MetalLB decides by chance: ${one.random}`;
    it(`${one.name}: ${one.says}`, { skip: chance }, () =>
      beds.use(async (bed) => {
        const differences = await playBgpCase(bed, one);
        assert.deepEqual(differences, DIFFERENCES[one.name] ?? [], bed.speakers.logTails());
      }),
    );
  }
});
