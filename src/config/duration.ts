/** Parses and formats durations of the API, which have Go's syntax (`1m30s`, `time.ParseDuration`). */
import type { Millis } from '../base/clock.ts';
import { err, ok, type Result } from '../base/result.ts';

const UNIT_MILLIS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** Rounds to whole nanoseconds, as Go does: 16.062s is exactly 16062 ms. */
const roundToNanos = (millis: number): Millis => Math.round(millis * 1e6) / 1e6;

const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/** Never negative. The error is the predicate of a sentence whose subject is the text: `"90" has no unit …`. */
export function parseDuration(text: string): Result<Millis, string> {
  if (text === '0') return ok(0);
  if (/^\d+$/.test(text)) return err(`has no unit: write ${text}s for seconds`);
  let total = 0;
  let offset = 0;
  while (offset < text.length) {
    PART.lastIndex = offset;
    const part = PART.exec(text);
    const scale = UNIT_MILLIS[part?.[2] ?? ''];
    if (part === null || scale === undefined) return err('is no duration such as 90s or 1m30s');
    total += Number(part[1]) * scale;
    offset = PART.lastIndex;
  }
  return text === '' ? err('is no duration such as 90s or 1m30s') : ok(roundToNanos(total));
}

/** Formats a duration as Go does (`1m30s`, `1h0m0s`, `0s`), to the millisecond. */
export function formatDuration(duration: Millis): string {
  const millis = Math.round(duration);
  if (millis > 0 && millis < 1_000) return `${millis}ms`;
  const seconds = `${(millis % 60_000) / 1_000}s`;
  const minutes = Math.floor(millis / 60_000);
  if (minutes === 0) return seconds;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}m${seconds}` : `${hours}h${minutes % 60}m${seconds}`;
}
