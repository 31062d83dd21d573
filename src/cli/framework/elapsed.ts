/** Elapsed time between two timestamps of one clock, as text. */

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** `4 min`, `3 h 12 min`; 0 s if `until` is earlier than `from`, '' if one of them is no time. */
export function formatElapsed(from: string, until: string): string {
  const seconds = Math.max(0, Math.floor((Date.parse(until) - Date.parse(from)) / 1000));
  if (Number.isNaN(seconds)) return '';
  const first = UNITS.findIndex(([size]) => seconds >= size);
  if (first < 0) return '0 s';
  const [size, name] = UNITS[first] ?? UNITS[3];
  const [smaller, smallerName] = UNITS[first + 1] ?? [0, ''];
  const rest = smaller === 0 ? 0 : Math.floor((seconds % size) / smaller);
  return `${Math.floor(seconds / size)} ${name}${rest === 0 ? '' : ` ${rest} ${smallerName}`}`;
}
