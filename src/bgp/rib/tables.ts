/** What the Adj-RIBs-Out of all peers share: each prefix and each path once. */
import type { Prefix } from '../../net/prefix.ts';
import type { Path } from '../../routes/path.ts';
import { Numbered } from './numbered.ts';
import { pathKey } from './pathkey.ts';
import { prefixKey } from './prefixkey.ts';

export type RibTables = { readonly prefixes: Numbered<Prefix>; readonly paths: Numbered<Path> };

export const newTables = (): RibTables => ({
  prefixes: new Numbered(prefixKey),
  paths: new Numbered(pathKey),
});

/** A copy of an array by prefixes' numbers that has room for one more: the next power of two. */
export function grown(column: Int32Array<ArrayBuffer>, number: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 ** Math.ceil(Math.log2(number + 1)));
  larger.set(column);
  return larger;
}
