/** The status of one Service on this node, for its conditions, its events and the metrics. */

import { isDeepStrictEqual } from 'node:util';
import { sameItems } from '../../base/list.ts';
import { samePrefix } from '../../net/prefix.ts';
import type { AnnounceDecision } from '../decision/should-announce.ts';

export type ServiceStatus = {
  readonly decision: AnnounceDecision;
  /**
   * ServiceBGPStatus: the peers that the Service is to be advertised to. Where it is empty, the node announces it to nobody,
   * and does not send `nodeAssigned`.
   */
  readonly targetPeers: readonly string[];
};

/** Attributes of advertisements are not compared: the routes show those. */
export const sameServiceStatus = (a: ServiceStatus, b: ServiceStatus): boolean =>
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
