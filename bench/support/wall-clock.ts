/** A clock that all processes of the machine share: milliseconds since the epoch, with fractions. */
export const wallNow = (): number => performance.timeOrigin + performance.now();
