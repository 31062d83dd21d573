/** What clients saw of a fault, for each way in which an address is announced. */
import { loadavg } from 'node:os';
import { TIMED_OUT } from '../../../support/netns/programs/load.mjs';
import type { LoadResult } from '../../native/support/load.ts';
import type { SegmentRecord, Span } from '../../native/support/segment/segment-record.ts';

export type Way = 'BGP by hold time' | 'BGP with BFD' | 'layer 2';

export type FaultOutcome = {
  /** From the fault until all had settled. */
  readonly span: Required<Span>;
  readonly loads: readonly { readonly way: Way; readonly result: LoadResult }[];
  readonly record: SegmentRecord;
  /** The address by layer 2. */
  readonly near: string;
};

/** Requests that the fault reached. */
export type WayOutcome = {
  readonly way: Way;
  readonly tried: number;
  readonly failed: number;
  /** Pages that came, but later than the kernel waits before it sends a lost SYN again. */
  readonly late: number;
  /** How long after the fault the last of both began, in milliseconds; 0 without any. */
  readonly until: number;
};

export const wayOutcomes = ({ span, loads }: FaultOutcome): readonly WayOutcome[] =>
  loads.map(({ way, result: { begunAt, tried, failed, late } }) => {
    const sinceFault = [...failed, ...late].map(({ at }) => begunAt + at - span.from);
    return {
      ...{ way, tried, failed: failed.length, late: late.length },
      until: Math.max(0, ...sinceFault),
    };
  });

/** A node that is silent for longer has no BFD session any more: 200 ms × 3. */
const DETECTION_MS = 600;

/**
 * Moves of the layer-2 address while its node answered. Where nobody answered, the machine stood still, and the move is right.
 */
export const needlessMoves = ({ record, near, span }: FaultOutcome): readonly number[] =>
  record.longestSilence(near, span) > DETECTION_MS ? [] : record.moves(near, span);

/** Connections that were refused or cut. One that ran out of time may have had to wait for the machine: it is in the report. */
export const brokenRequests = ({ loads }: FaultOutcome): readonly string[] =>
  loads.flatMap(({ way, result: { failed } }) =>
    failed
      .filter(({ error }) => error !== TIMED_OUT)
      .map(({ at, until, error }) => `${way} from ${at} to ${until} ms: ${error}`),
  );

/** One line for the report of a test. */
export function outcomeText(outcome: FaultOutcome): string {
  const { span, record, near } = outcome;
  const ways = wayOutcomes(outcome).map(({ way, tried, failed, late, until }) =>
    failed + late === 0
      ? `${way}: all ${tried} served`
      : `${way}: of ${tried}, ${failed} failed and ${late} came late, the last of them begun after ${seconds(until)}`,
  );
  const silence = `nobody answered for ${seconds(record.longestSilence(near, span))}`;
  const overlap = `two at once for ${seconds(record.longestOverlap(near, span))}`;
  const moves = `${record.moves(near, span).length} moves`;
  const load = `load ${(loadavg()[0] ?? 0).toFixed(0)}`;
  return [...ways, `on the segment ${silence}, ${overlap}, ${moves}`, load].join('; ');
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
