/** What a disturbance cost: who answers, how long nobody did and how long two did, and which connections were lost. */
import { type LoadResult, lostSyns } from './load.ts';
import type { SegmentRecord, Span } from './segment/segment-record.ts';

export type Disturbance = {
  /** Who answered before, and who does in the end. */
  readonly before: string;
  readonly after: string;
  /** From the moment of the disturbance until all had settled. */
  readonly span: Required<Span>;
  readonly record: SegmentRecord;
  /** Traffic to each address. */
  readonly loads: readonly { readonly address: string; readonly result: LoadResult }[];
};

/** Milliseconds for each address: until another node announced it, without an answer, with two answerers. */
export type AddressOutcome = {
  readonly address: string;
  readonly announced: number | null;
  readonly silence: number;
  readonly overlap: number;
};

export const addressOutcomes = ({ before, span, record, loads }: Disturbance): readonly AddressOutcome[] =>
  loads.map(({ address }) => {
    const at = record.announcedElsewhere(address, before, span);
    return {
      address,
      announced: at === null ? null : at - span.from,
      silence: record.longestSilence(address, span),
      overlap: record.longestOverlap(address, span),
    };
  });

/**
 * New connections that failed. One that was open when its address moved is none of them: its packets go to another node in
 * the middle of it.
 */
export function lostNewConnections({ span, record, loads }: Disturbance): readonly string[] {
  const lost = loads.flatMap(({ address, result: { begunAt, failed } }) => {
    const moves = record.moves(address, { from: span.from - RECORDED_BEFORE_MS });
    return failed
      .filter(({ connected, at, until }) => {
        const isCut = moves.some(
          (move) => move >= begunAt + at - MOVE_MS && move <= begunAt + until + MOVE_MS,
        );
        return !(connected && isCut);
      })
      .map(({ at, until, error }) => `${address} from ${at} to ${until} ms: ${error}`);
  });
  // The clients are in one namespace, which counts the SYNs of all.
  return [...lost, ...loads.flatMap(({ result }) => lostSyns(result)).slice(0, 1)];
}

/** Whose answers came first is known so exactly: the client learns of a move by another frame. */
const MOVE_MS = 50;
const RECORDED_BEFORE_MS = 1000;

/** One line for the report of a test. */
export function outcomeText(disturbance: Disturbance): string {
  const { before, after, loads } = disturbance;
  const figures = addressOutcomes(disturbance).map(({ address, announced, silence, overlap }) => {
    const moved =
      announced === null ? 'not announced elsewhere' : `announced elsewhere after ${ms(announced)}`;
    return `${address}: ${moved}, nobody answered for ${ms(silence)}, two at once for ${ms(overlap)}`;
  });
  const count = (value: (result: LoadResult) => number): number =>
    loads.reduce((sum, { result }) => sum + value(result), 0);
  const connections = `${count(({ served }) => served)} of ${count(({ tried }) => tried)} new connections served`;
  return [`${before} → ${after}`, ...figures, connections].join('; ');
}

const ms = (value: number): string => `${value.toFixed(0)} ms`;
