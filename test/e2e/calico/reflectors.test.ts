/**
 * Checks the model of Calico against real daemons, for route reflectors: random topologies have the sessions, routes and next
 * hops that the model predicts.
 */
import { describe, it } from 'node:test';
import { predictCalicoCase } from '../../../src/calico/cases/case-file.ts';
import { hashedRouterId } from '../../../src/kube/node-router-id.ts';
import { skipWithoutNetworkBinaries } from '../../support/network-binaries.ts';
import { seeded, seeds } from '../../support/random.ts';
import { playCase } from './support/play-case.ts';
import { randomReflectors } from './support/random-reflectors.ts';

const SIDE_BY_SIDE = 3;

describe('route reflectors', { skip: skipWithoutNetworkBinaries(), concurrency: SIDE_BY_SIDE }, () => {
  for (const seed of seeds(1, 12)) {
    it(`have the routes that the model predicts, SEED=${seed}`, () => {
      const cluster = randomReflectors(seeded(seed));
      const { observed } = predictCalicoCase(cluster, hashedRouterId);
      return playCase({ ...cluster, observed });
    });
  }
});
