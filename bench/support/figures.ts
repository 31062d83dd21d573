/** Figures: medians with their range, and the table that a benchmark prints. */

export const sorted = (values: readonly number[]): readonly number[] => [...values].sort((a, b) => a - b);

/** `share` 0.5 is the median, 0.99 the 99th percentile. */
export function percentile(values: readonly number[], share: number): number {
  const order = sorted(values);
  return order[Math.min(order.length - 1, Math.floor(share * order.length))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

const digits = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);

/** `1.23 (1.10–1.31)`. */
export function spread(values: readonly number[]): string {
  const order = sorted(values);
  return `${digits(median(values))} (${digits(order[0] ?? Number.NaN)}–${digits(order.at(-1) ?? Number.NaN)})`;
}

export type Row = {
  readonly figure: string;
  readonly goal: string;
  readonly seen: string;
  /** Null without a goal. */
  readonly met: boolean | null;
};

/** Prints a Markdown table for `docs/performance.md`. */
function printRows(rows: readonly Row[]): void {
  process.stdout.write('\n| figure | goal | seen | met |\n|---|---|---|---|\n');
  for (const { figure, goal, seen, met } of rows) {
    process.stdout.write(
      `| ${figure} | ${goal} | ${seen} | ${met === null ? '' : met ? 'yes' : '**no**'} |\n`,
    );
  }
}

/** Runs one benchmark, prints its rows, and exits. It fails after `minutesMax`. Child processes end with it. */
export async function bench(minutesMax: number, measure: () => Promise<readonly Row[]>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const limit = setTimeout(() => {
    process.stderr.write(`not done within ${minutesMax} minutes\n`);
    process.exit(1);
  }, minutesMax * 60_000);
  printRows(await measure());
  clearTimeout(limit);
  process.exit(0);
}

/** Prints an intermediate result, such as that of a round. */
export const note = (text: string): void => {
  process.stdout.write(`  ${text}\n`);
};
