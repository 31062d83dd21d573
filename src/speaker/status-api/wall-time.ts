/** A time of the calendar as documents have it. */
import type { Millis } from '../../base/clock.ts';

export const formatWallTime = (at: Millis): string => new Date(at).toISOString();
