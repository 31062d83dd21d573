/** Formats ages as `kubectl` prints them (apimachinery/pkg/util/duration, `HumanDuration`). */

import type { Millis } from '../../base/clock.ts';

/** `5s`, `3m20s`, `2d4h`; `<invalid>` for a time more than one second in the future. */
export function formatAge(age: Millis): string {
  const seconds = Math.trunc(age / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return twoUnits(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return twoUnits(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 192) return twoUnits(days, 'd', hours % 24, 'h');
  if (days < 730) return `${days}d`;
  const years = Math.trunc(days / 365);
  return days < 8 * 365 ? twoUnits(years, 'y', days % 365, 'd') : `${years}y`;
}

const twoUnits = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`;

/** The age of a timestamp; `<unknown>` where there is none. */
export function ageOf(timestamp: unknown, now: Millis): string {
  const at = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  return Number.isNaN(at) ? '<unknown>' : formatAge(now - at);
}
