/** For how long nobody answered for an address, and more than one did, from rounds of questions. */

/** One question to all, and who answered before the next. */
export type Round = {
  /** Milliseconds, of whatever clock. */
  readonly at: number;
  readonly answering: readonly string[];
};

export type AnswerTiming = {
  /** The longest time without an answer, in milliseconds, after the first one. */
  readonly gap: number;
  /** All time with two answers or more, in milliseconds. */
  readonly overlap: number;
};

/** A single round without an answer is no gap: the question itself may have been late. Null where nobody ever answered. */
export function answerTiming(rounds: readonly Round[]): AnswerTiming | null {
  let [gap, overlap, missed, silent] = [0, 0, 0, 0];
  let hasAnswered = false;
  for (const [index, { at, answering }] of rounds.entries()) {
    const end = rounds[index + 1]?.at ?? at;
    if (new Set(answering).size > 1) overlap += end - at;
    if (answering.length > 0) {
      hasAnswered = true;
      [missed, silent] = [0, 0];
    } else if (hasAnswered) {
      missed += 1;
      silent += end - at;
      if (missed > 1) gap = Math.max(gap, silent);
    }
  }
  return hasAnswered ? { gap: Math.round(gap), overlap: Math.round(overlap) } : null;
}
