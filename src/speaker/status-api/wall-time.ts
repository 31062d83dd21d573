/** Formats a wall-clock time for the documents: ISO 8601 in UTC. */
import type { Millis } from '../../base/clock.ts';

export const formatWallTime = (at: Millis): string => new Date(at).toISOString();
