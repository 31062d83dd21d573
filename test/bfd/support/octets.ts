/** Packets as nobody meant them. */
import type { Random } from '../../support/random.ts';

export const randomOctets = (random: Random): Uint8Array =>
  Uint8Array.from({ length: random.below(64) }, () => random.below(256));

/** One to three octets changed, or the end cut off. Never the same as before. */
export function mutateOctets(octets: Uint8Array, random: Random): Uint8Array {
  if (random.chance(0.2)) return octets.slice(0, random.below(octets.length));
  const changed = octets.slice();
  const first = random.below(changed.length);
  changed[first] = (changed[first] ?? 0) ^ (1 + random.below(255));
  for (let more = random.below(3); more > 0; more--) {
    const at = random.below(changed.length);
    if (at !== first) changed[at] = random.below(256);
  }
  return changed;
}
