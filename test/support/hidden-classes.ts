/**
 * Hidden classes of V8. In Node 20, each object of a literal that begins with a spread and adds properties has one of its own.
 * That is 0.2 kB an object, and no code that reads such objects becomes fast.
 */
import { setFlagsFromString } from 'node:v8';

/** V8 shares a class only once it has seen some objects. */
const FIRST = 20;

/** The number of hidden classes of `objects`, but for the first few. */
export function countHiddenClasses(objects: readonly object[]): number {
  setFlagsFromString('--allow-natives-syntax');
  const isSame = new Function('a', 'b', 'return %HaveSameMap(a, b)') as (a: object, b: object) => boolean;
  setFlagsFromString('--no-allow-natives-syntax');
  const classes: object[] = [];
  for (const one of objects.slice(FIRST)) if (!classes.some((known) => isSame(known, one))) classes.push(one);
  return classes.length;
}
