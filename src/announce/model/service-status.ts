/** What is told of one Service, to those who keep its conditions, its events and the metrics. */

import { isDeepStrictEqual } from 'node:util';
import { sameItems } from '../../base/list.ts';
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
  sameItems(a.targetPeers, b.targetPeers) &&
  (a.decision === b.decision || sameDecision(a.decision, b.decision));

function sameDecision(a: AnnounceDecision, b: AnnounceDecision): boolean {
  if (a.kind === 'refused' || b.kind === 'refused') return isDeepStrictEqual(a, b);
  return (
    a.isPoolRemoved === b.isPoolRemoved &&
    a.record.addresses === b.record.addresses &&
    a.record.pool.name === b.record.pool.name &&
    sameItems(
      a.contributions,
      b.contributions,
      (one, other) =>
        samePrefix(one.prefix, other.prefix) && one.advertisement.name === other.advertisement.name,
    )
  );
}
