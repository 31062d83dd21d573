/** What a pool is like, in a few words, and how good that is. */
import type { PoolOverview } from '../src/overview/document.ts';
import { compareTones, type Tone } from './tone.ts';

export type PoolState = { readonly tone: Tone; readonly says: string };

export function poolState({ state, exhausted, exhaustedSoon }: PoolOverview): PoolState {
  if (state === 'invalid') return { tone: 'bad', says: 'invalid' };
  if (exhausted) return { tone: 'bad', says: 'no address is free' };
  if (exhaustedSoon) return { tone: 'warning', says: 'few addresses are free' };
  return { tone: 'good', says: 'has free addresses' };
}

/** Those that need somebody first, in their order otherwise. */
export const worstPools = (pools: readonly PoolOverview[]): readonly PoolOverview[] =>
  pools.toSorted((a, b) => compareTones(poolState(a).tone, poolState(b).tone));
