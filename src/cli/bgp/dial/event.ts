/** An event of `berth bgp dial`, and the counts of received routes. */

export type DialEvent = {
  /** Since the start. */
  readonly seconds: number;
  readonly event: string;
  readonly text: string;
  /** For JSON only. */
  readonly fields: Readonly<Record<string, unknown>>;
};

export type RouteCounts = { announced: number; withdrawn: number; faulty: number };
