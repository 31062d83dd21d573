/**
 * The L2Advertisements in force. They are in force as a set: while one is invalid, all stay as they were last good. The
 * election needs them all, and MetalLB does the same. A new process has no last good ones. What it answered for before its
 * restart it goes on to answer for: the others, which may have them, count on it.
 */

import type { NamespaceScope } from '../../announce/config/node-config.ts';
import { compareText } from '../../base/text.ts';
import { type L2Advertisement, readL2Advertisement } from '../../config/l2-advertisement.ts';
import { coversPool, type LabeledPool } from '../../config/pool/coverage.ts';
import { identityOf } from '../../objects/metadata.ts';

export type Layer2Config = {
  /** In the order of names. */
  readonly advertisements: readonly L2Advertisement[];
  /** Which ones are in force is not known: only the node that is on record may answer, wherever that is. */
  readonly isUnknown: boolean;
};

const ANY_NODE: L2Advertisement = {
  ...{ name: '', pools: [], poolSelectors: [], nodeSelectors: [], serviceSelectors: [] },
  ...{ interfaces: [], preferences: [] },
};

const UNKNOWN_LAYER2_CONFIG: Layer2Config = { advertisements: [ANY_NODE], isUnknown: true };

/** `raws` are whole objects in any order; `before` is the previous result, null in a new process. */
export function resolveLayer2Config(
  raws: readonly unknown[],
  { namespace }: NamespaceScope,
  before: Layer2Config | null,
): Layer2Config {
  const read = raws.filter((raw) => identityOf(raw).namespace === namespace).map(readL2Advertisement);
  const advertisements = read.flatMap(({ advertisement }) => advertisement ?? []);
  if (advertisements.length < read.length) return before ?? UNKNOWN_LAYER2_CONFIG;
  return { advertisements: advertisements.sort((a, b) => compareText(a.name, b.name)), isUnknown: false };
}

/** Those that cover a pool. */
export const advertisementsOf = (
  { advertisements }: Layer2Config,
  pool: LabeledPool,
): readonly L2Advertisement[] => advertisements.filter((one) => coversPool(one, pool));
