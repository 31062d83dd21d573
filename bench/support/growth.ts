/** Whether a figure grows: the slope of a line through samples, by least squares. */

export type Sample = { readonly minute: number; readonly value: number };

/** The change per hour of the line that fits best, and its standard error. NaN with fewer than three samples. */
export function growthPerHour(samples: readonly Sample[]): {
  readonly slope: number;
  readonly error: number;
} {
  const count = samples.length;
  const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / count;
  const minute = mean(samples.map((one) => one.minute));
  const value = mean(samples.map((one) => one.value));
  const spreadOfTime = samples.reduce((sum, one) => sum + (one.minute - minute) ** 2, 0);
  const together = samples.reduce((sum, one) => sum + (one.minute - minute) * (one.value - value), 0);
  const slope = together / spreadOfTime;
  const left = samples.reduce(
    (sum, one) => sum + (one.value - value - slope * (one.minute - minute)) ** 2,
    0,
  );
  const error = Math.sqrt(left / (count - 2) / spreadOfTime);
  return count < 3 ? { slope: Number.NaN, error: Number.NaN } : { slope: slope * 60, error: error * 60 };
}

/** `−0.2 ± 0.4 MB/h`. */
export const growthText = (samples: readonly Sample[]): string => {
  const { slope, error } = growthPerHour(samples);
  return Number.isNaN(slope) ? 'too few samples' : `${slope.toFixed(1)} ± ${error.toFixed(1)} MB/h`;
};
