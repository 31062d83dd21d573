/** Reads durations in Calico's objects: `15s`, `1m30s`. */
import { textOf } from '../../base/json.ts';
import { parseDuration } from '../../config/duration.ts';

const MILLIS = 1000;

/** In whole seconds, as confd writes them; null where there is none or it cannot be read. */
export function readSeconds(value: unknown): number | null {
  const read = parseDuration(textOf(value));
  return read.ok ? Math.round(read.value / MILLIS) : null;
}
