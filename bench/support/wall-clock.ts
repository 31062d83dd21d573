/** One clock for all processes of the machine: milliseconds of the calendar, with what is behind the point. */
export const wallNow = (): number => performance.timeOrigin + performance.now();
