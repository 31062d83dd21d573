/** Reads AS numbers: a number, decimal text, or asdot text of RFC 5396 (`1.10`). */

export const AS_MAX = 4_294_967_295;

/** Null for an invalid number, 0 included. */
export function readAS(value: unknown): number | null {
  const number = typeof value === 'number' ? value : typeof value === 'string' ? fromText(value) : Number.NaN;
  return Number.isInteger(number) && number > 0 && number <= AS_MAX ? number : null;
}

function fromText(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  const dotted = /^(\d{1,5})\.(\d{1,5})$/.exec(text);
  const [high, low] = [Number(dotted?.[1]), Number(dotted?.[2])];
  return high <= 65_535 && low <= 65_535 ? high * 65_536 + low : Number.NaN;
}
