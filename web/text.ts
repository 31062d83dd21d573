/** Numbers and names as people read them. */
import { addressCount } from '../src/base/text.ts';

const numbers = new Intl.NumberFormat('en');
export const count = (value: number): string => numbers.format(value);

/** Of addresses. */
export const countAddresses = (value: number): string => addressCount(value, count);

/** The size of a range: exact, or a power of two where nobody reads the digits. */
export function sizeText(size: bigint): string {
  const digits = size.toString(2);
  const isPower = /^10*$/.test(digits);
  return isPower && size > EXACT_POWER_MAX ? `2^${digits.length - 1}` : numbers.format(size);
}

/** `1 Service`, `2 Services`. */
export const counted = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** Larger powers of two are written as such: 2^24 is a /8 of IPv4. */
const EXACT_POWER_MAX = 2n ** 24n;

const collator = new Intl.Collator('en', { numeric: true });
/** For sorting: `n2` comes before `n10`. */
export const compareNaturally = (a: string, b: string): number => collator.compare(a, b);

/** Whether an item has all words of a filter in its text, whatever their case. */
export function containsWords<T>(filter: string, textOf: (item: T) => string): (item: T) => boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return () => true;
  return (item) => {
    const text = textOf(item).toLowerCase();
    return words.every((word) => text.includes(word));
  };
}
