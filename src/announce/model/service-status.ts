/** What is told of one Service, to those who keep its conditions, its events and the metrics. */
import { isDeepStrictEqual } from 'node:util';
import { samePrefix } from '../../net/prefix.ts';
import type { AnnounceDecision } from '../decision/should-announce.ts';

export type ServiceStatus = {
  readonly decision: AnnounceDecision;
  /** ServiceBGPStatus: who is meant to hear of it; may be empty. */
  readonly targetPeers: readonly string[];
  /** It has somebody to be announced to: MetalLB's event `nodeAssigned`. */
  readonly isAssigned: boolean;
};

/** What an advertisement says is of no account here: the routes show that. */
export const sameServiceStatus = (a: ServiceStatus, b: ServiceStatus): boolean =>
  a.isAssigned === b.isAssigned &&
  sameTexts(a.targetPeers, b.targetPeers) &&
  (a.decision === b.decision || sameDecision(a.decision, b.decision));

function sameDecision(a: AnnounceDecision, b: AnnounceDecision): boolean {
  if (a.kind === 'refused' || b.kind === 'refused') return isDeepStrictEqual(a, b);
  return (
    a.isPoolRemoved === b.isPoolRemoved &&
    a.record.addresses === b.record.addresses &&
    a.record.pool.name === b.record.pool.name &&
    a.contributions.length === b.contributions.length &&
    a.contributions.every(({ prefix, advertisement }, index) => {
      const other = b.contributions[index];
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
