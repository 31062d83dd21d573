/** Ten thousand Services on one API server, and the controller that answers for them: what the scenes share. */
import type { AssignmentWatch } from '../../support/assignment-watch.ts';
import type { RunningController, TestBed } from '../../support/test-bed.ts';

export const LARGE_NAMESPACE = 'crowd';
export const LARGE_POOL = 'crowd';
export const LARGE_SERVICES = 10_000;

export type LargeCluster = {
  readonly bed: TestBed;
  readonly arrivals: AssignmentWatch;
  /** Who serves now; a scene that ends it puts the next one here. */
  leader: RunningController;
  /** Metrics of the leader, by plain HTTP, while it is the first one. */
  readonly metricsUrl: string;
};
