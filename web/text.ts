/** Numbers and names as people read them. */
const numbers = new Intl.NumberFormat('en');
export const count = (value: number): string => numbers.format(value);

/** `1 Service`, `2 Services`. */
export const counted = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

const collator = new Intl.Collator('en', { numeric: true });
/** For sorting: `n2` comes before `n10`. */
export const compareNaturally = (a: string, b: string): number => collator.compare(a, b);
