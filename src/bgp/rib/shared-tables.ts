/** Tables that the Adj-RIBs-Out of all peers share: each prefix and each path is stored once. */
import type { Prefix } from '../../net/prefix.ts';
import type { BgpPath } from '../attributes/path.ts';
import { CountedInterner } from './interner.ts';
import { pathKey } from './path-key.ts';
import { prefixMapKey } from './prefix-key.ts';

export type RibTables = {
  readonly prefixes: CountedInterner<Prefix>;
  readonly paths: CountedInterner<BgpPath>;
};

export const newRibTables = (): RibTables => ({
  prefixes: new CountedInterner(prefixMapKey),
  paths: new CountedInterner(pathKey),
});

/** Copies an array indexed by prefix ID to the next power of two that has room for `id`. */
export function growArray(array: Int32Array<ArrayBuffer>, id: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 ** Math.ceil(Math.log2(id + 1)));
  larger.set(array);
  return larger;
}
