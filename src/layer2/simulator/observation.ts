/** What an observer on both segments and at the API server sees, in the format of the observed cases. */
import type { SimulatedConfig } from '../../announce/simulator/observation.ts';
import { compareText } from '../../base/text.ts';
import type { Segment } from './network.ts';

/** Who: `node:interface`, by address and segment. */
export type SegmentAnswers = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export type Layer2Observation = {
  readonly answers: SegmentAnswers;
  /** Who began to answer in this step, and sent gratuitous packets in it. */
  readonly announced: SegmentAnswers;
  /** Who sent gratuitous packets in this step, and answers neither before nor after it. */
  readonly stray?: SegmentAnswers;
  /** The interfaces in ServiceL2Status, by Service and node. */
  readonly status: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Nodes in `nodeAssigned`, by Service. */
  readonly assigned: Readonly<Record<string, readonly string[]>>;
  /** Nodes in `announceFailed`, by Service. */
  readonly failed?: Readonly<Record<string, readonly string[]>>;
  readonly config: Readonly<Record<string, SimulatedConfig>>;
  /** Who answered each frame of the case. */
  readonly frames?: Readonly<Record<string, readonly string[]>>;
};

/** One interface that answers for one address. */
export type Answer = { readonly address: string; readonly segment: Segment; readonly by: string };

export const answerId = ({ address, segment, by }: Answer): string => `${address} ${segment} ${by}`;

/** Grouped by address and segment; everything is sorted. */
export function nestAnswers(answers: Iterable<Answer>): SegmentAnswers {
  const nested: Record<string, Record<string, string[]>> = {};
  const sorted = [...answers].sort((a, b) => compareText(answerId(a), answerId(b)));
  for (const { address, segment, by } of sorted) {
    const bySegment = nested[address] ?? {};
    bySegment[segment] = [...(bySegment[segment] ?? []), by];
    nested[address] = bySegment;
  }
  return nested;
}

/** Sorted lists of nodes by Service, sorted. */
export const nestNodes = (
  nodes: ReadonlyMap<string, ReadonlySet<string>>,
): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    [...nodes]
      .map(([service, names]) => [service, [...names].sort(compareText)] as const)
      .sort(([a], [b]) => compareText(a, b)),
  );
