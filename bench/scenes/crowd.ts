/** Ten thousand Services on one API server, and the controller that answers for them: what the scenes share. */
import type { Arrivals } from '../support/arrivals.ts';
import type { Bed, Running } from '../support/bed.ts';

export const CROWD = 'crowd';
export const CROWD_POOL = 'crowd';
export const CROWD_SERVICES = 10_000;

export type Crowd = {
  readonly bed: Bed;
  readonly arrivals: Arrivals;
  /** Who serves now; a scene that ends it puts the next one here. */
  leader: Running;
  /** Metrics of the leader, by plain HTTP, while it is the first one. */
  readonly metricsUrl: string;
};
