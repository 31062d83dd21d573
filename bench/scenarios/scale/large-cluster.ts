/** The large cluster that the scenarios share: ten thousand Services on one API server, and their controller. */
import type { AssignmentWatch } from '../../support/assignment-watch.ts';
import type { RunningController, TestBed } from '../../support/test-bed.ts';

export const LARGE_NAMESPACE = 'crowd';
export const LARGE_POOL = 'crowd';
export const LARGE_SERVICES = 10_000;

export type LargeCluster = {
  readonly testBed: TestBed;
  readonly arrivals: AssignmentWatch;
  /** The present leader; a scenario that ends it sets the next one. */
  leader: RunningController;
  /** Metrics of the first leader, over plain HTTP. */
  readonly metricsUrl: string;
};
