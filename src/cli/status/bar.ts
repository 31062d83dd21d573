/** A bar that shows how much of a pool is in use. */
import type { AddressUse } from '../../overview/document.ts';

/** Cells of a bar. */
export const BAR_CELLS = 10;

/** One cell is full as soon as one address is in use, and one is empty as long as one is free. */
export function usageBar({ used, free }: AddressUse): string {
  const total = used + free;
  if (total === 0) return '░'.repeat(BAR_CELLS);
  const exact = Math.round((used / total) * BAR_CELLS);
  const cells = Math.min(free > 0 ? BAR_CELLS - 1 : BAR_CELLS, Math.max(used > 0 ? 1 : 0, exact));
  return '█'.repeat(cells) + '░'.repeat(BAR_CELLS - cells);
}

export const sumOf = (uses: readonly (AddressUse | null)[]): AddressUse | null => {
  const known = uses.filter((one) => one !== null);
  if (known.length === 0) return null;
  return {
    used: known.reduce((sum, one) => sum + one.used, 0),
    free: known.reduce((sum, one) => sum + one.free, 0),
  };
};
