/** What is told of one Service, to those who keep its conditions, its events and the metrics. */
import { isDeepStrictEqual } from 'node:util';
import { samePrefix } from '../net/prefix.ts';
import type { Verdict } from './verdict.ts';

export type Told = {
  readonly verdict: Verdict;
  /** ServiceBGPStatus: who is meant to hear of it; may be empty. */
  readonly meant: readonly string[];
  /** It has somebody to be announced to: MetalLB's event `nodeAssigned`. */
  readonly assigned: boolean;
};

/** What an advertisement says is of no account here: the routes show that. */
export const sameTold = (a: Told, b: Told): boolean =>
  a.assigned === b.assigned &&
  sameTexts(a.meant, b.meant) &&
  (a.verdict === b.verdict || sameVerdict(a.verdict, b.verdict));

function sameVerdict(a: Verdict, b: Verdict): boolean {
  if (a.kind === 'refused' || b.kind === 'refused') return isDeepStrictEqual(a, b);
  return (
    a.poolGone === b.poolGone &&
    a.standing.addresses === b.standing.addresses &&
    a.standing.pool.name === b.standing.pool.name &&
    a.offers.length === b.offers.length &&
    a.offers.every(({ prefix, advertisement }, index) => {
      const other = b.offers[index];
      return (
        other !== undefined &&
        samePrefix(other.prefix, prefix) &&
        other.advertisement.name === advertisement.name
      );
    })
  );
}

const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, index) => one === b[index]);
