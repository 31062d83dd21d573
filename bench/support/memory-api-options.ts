/** What an API server in memory of a benchmark begins with. */
export type MemoryApiOptions = {
  /** Receives `ca.crt`. */
  readonly folder: string;
  /** Ordinary Services that have their addresses. */
  readonly services: number;
  /** Services of 840 kB. */
  readonly hostile?: number;
  /** A tenant that can be ordered to change its Services all the time: `churn.ts`. */
  readonly churns?: boolean;
  /** Pools of 85,000 ranges: `many-ranges.ts`. */
  readonly fullPools?: number;
  /** Nodes with speakers, and routers that they have sessions with. */
  readonly nodes?: number;
  readonly routers?: number;
  /** With how many of the routers each node has a session; 2 without it. */
  readonly routersOfANode?: number;
  /** Of `services` the last ones, which request a pool by name and have no address. */
  readonly waiting?: number;
};
