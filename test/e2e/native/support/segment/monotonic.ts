/** Milliseconds of the clock that all processes of one machine share; it never goes back. */
export const monotonicNow = (): number => Number(process.hrtime.bigint()) / 1e6;
