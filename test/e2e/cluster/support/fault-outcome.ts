/**
 * What clients saw of a fault, for each way in which an address is announced, and what of it a story allows. A request is lost if it was
 * refused, cut, or ran out of time; it is late if the kernel had to send a SYN again, or the machine was busy.
 */
import assert from 'node:assert/strict';
import { loadavg } from 'node:os';
import type { LoadResult } from '../../native/support/load.ts';
import type { SegmentRecord, Span } from '../../native/support/segment/segment-record.ts';

export type Way = 'BGP by hold time' | 'BGP with BFD' | 'layer 2';

export type FaultOutcome = {
  /** From the fault until all had settled. */
  readonly span: Required<Span>;
  readonly loads: readonly { readonly way: Way; readonly result: LoadResult }[];
  /** Requests to the Pod itself: nothing of Berth is on their way, so they tell what the machine lost. */
  readonly control: LoadResult;
  readonly record: SegmentRecord;
  /** The address by layer 2. */
  readonly near: string;
};

type Affected = { readonly from: number; readonly to: number; readonly says: string };

/** Requests that the fault reached. */
export type WayOutcome = {
  readonly way: Way;
  readonly tried: number;
  readonly lost: readonly Affected[];
  readonly late: readonly Affected[];
};

/** A lost SYN is sent again after a second, so that two requests that are held up by one cause may differ by as much. */
const TOGETHER_MS = 1_000;

/**
 * Without what the machine did to the control at the same time: a page is as late as one of the control that was under way then, or a
 * request is lost as one of the control is. Times are since the fault.
 */
export function wayOutcomes({ span, loads, control }: FaultOutcome): readonly WayOutcome[] {
  const isWithout =
    (others: readonly Affected[]) =>
    ({ from, to }: Affected): boolean =>
      !others.some(
        (other) =>
          from <= other.to + TOGETHER_MS &&
          to >= other.from - TOGETHER_MS &&
          to - from <= other.to - other.from + TOGETHER_MS,
      );
  const isLost = isWithout(lostOf(control, span));
  const isLate = isWithout([...lateOf(control, span), ...lostOf(control, span)]);
  return loads.map(({ way, result }) => ({
    ...{ way, tried: result.tried },
    lost: lostOf(result, span).filter(isLost),
    late: lateOf(result, span).filter(isLate),
  }));
}

const lostOf = ({ begunAt, failed }: LoadResult, span: Span): readonly Affected[] =>
  failed.map(({ at, until, error }) => ({
    from: begunAt + at - span.from,
    to: begunAt + until - span.from,
    says: error,
  }));

const lateOf = ({ begunAt, late }: LoadResult, span: Span): readonly Affected[] =>
  late.map(({ at, until }) => ({
    from: begunAt + at - span.from,
    to: begunAt + until - span.from,
    says: 'served late',
  }));

/** What a story allows a way to lose. */
export type Allowance = {
  /** Until then, in milliseconds after the fault, requests that begin may be lost or late; 0 for never. */
  readonly untilMs: number;
};

/** A busy machine drops single packets, so one SYN of a hundred may be sent again at any time. No request may be lost by it. */
const LATE_SHARE = 0.01;

/** Asserts that each way lost nothing but what is allowed; a way that is not named is allowed nothing. */
export function assertServed(
  outcome: FaultOutcome,
  allowed: Readonly<Partial<Record<Way, Allowance>>> = {},
): void {
  const complaints = wayOutcomes(outcome).flatMap(({ way, tried, lost, late }) => {
    const untilMs = allowed[way]?.untilMs ?? 0;
    const isOver = ({ from }: Affected): boolean => untilMs === 0 || from > untilMs;
    const tooLate = late.filter(isOver);
    return [...lost.filter(isOver), ...(tooLate.length > Math.max(1, tried * LATE_SHARE) ? tooLate : [])].map(
      ({ from, to, says }) => `${way}, from ${seconds(from)} to ${seconds(to)} after the fault: ${says}`,
    );
  });
  assert.deepEqual(complaints, []);
}

/** A node that is silent for longer has no BFD session any more: 200 ms × 3. */
const DETECTION_MS = 600;
/** The address moves at the end of the silence, and the recorder asks every 20 ms. */
const BEFORE_MOVE_MS = 5_000;

/**
 * Moves of the layer-2 address while its node answered. Right before a move that is right, nobody answered for as long as BFD takes:
 * then its node stood still.
 */
export const needlessMoves = ({ record, near, span }: FaultOutcome): readonly number[] =>
  record
    .moves(near, span)
    .filter((at) => record.longestSilence(near, { from: at - BEFORE_MOVE_MS, to: at }) <= DETECTION_MS);

/** One line for the report of a test. */
export function outcomeText(outcome: FaultOutcome): string {
  const { span, record, near, control } = outcome;
  const ways = wayOutcomes(outcome).map(({ way, tried, lost, late }) => {
    if (lost.length + late.length === 0) return `${way}: all ${tried} served`;
    const until = Math.max(...[...lost, ...late].map(({ from }) => from));
    return `${way}: of ${tried}, ${lost.length} lost and ${late.length} late, the last of them begun after ${seconds(until)}`;
  });
  const byControl = `control: of ${control.tried}, ${control.failed.length} lost and ${control.late.length} late`;
  const silence = `nobody answered for ${seconds(record.longestSilence(near, span))}`;
  const overlap = `two at once for ${seconds(record.longestOverlap(near, span))}`;
  const moves = record.moves(near, span).map((at) => seconds(at - span.from));
  const moved = `moves [${moves.join(', ')}] of ${record.answering(near, span).join(' → ')}`;
  const load = `load ${(loadavg()[0] ?? 0).toFixed(0)}`;
  return [...ways, byControl, `on the segment ${silence}, ${overlap}, ${moved}`, load].join('; ');
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
