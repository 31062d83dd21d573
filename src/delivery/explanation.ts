/** Explains how the speakers deliver a Service, by BGP and by layer 2, and what keeps them from it. */
import { lazy } from '../base/lazy.ts';
import { explainLayer2, type Layer2Explanation } from '../layer2/report/explanation.ts';
import { subnetHints } from '../layer2/report/subnet-hint.ts';
import type { ServiceKey } from '../objects/service.ts';
import { type BgpExplanation, explainBgp } from './bgp-explanation.ts';
import { type AnnouncedState, isDelivered } from './deliveries.ts';
import type { SpeakerCluster } from './speaker-cluster.ts';

export type DeliveryExplanation = {
  /** Every address of the Service has a route or an owner. */
  readonly isDelivered: boolean;
  /** The deciding rule: one sentence without a full stop. */
  readonly says: string;
  /** What to change; null where nothing has to be. */
  readonly fix: string | null;
  /** Null where BGP does not concern the Service. */
  readonly bgp: BgpExplanation | null;
  /** Null where layer 2 does not concern the Service. */
  readonly layer2: Layer2Explanation | null;
  /** Problems that the election does not see. */
  readonly hints: readonly string[];
};

export function explainDelivery(
  cluster: SpeakerCluster,
  { announcements, deliveriesOf }: AnnouncedState,
  service: ServiceKey,
): DeliveryExplanation {
  const own = deliveriesOf(service);
  const delivered = own.length > 0 && own.every(isDelivered);
  const bgp = explainBgp(announcements, service);
  const layer2 = explainLayer2(announcements.layer2, service);
  const isByBgp = isConcernedByBgp(cluster, bgp);
  const isByLayer2 = isConcernedByLayer2(cluster, announcements.layer2.refusals.get(service)?.code);
  const interfaces = cluster.presence?.interfaces ?? null;
  const hints = lazy(() =>
    interfaces === null ? [] : subnetHints(announcements.layer2, interfaces, service),
  );
  return {
    isDelivered: delivered,
    ...decidingRule({ bgp, layer2 }, { isByBgp, isByLayer2 }),
    bgp: isByBgp ? bgp : null,
    layer2: isByLayer2 ? layer2 : null,
    get hints() {
      return hints();
    },
  };
}

/** A BGPAdvertisement covers its pool, or nothing else is configured. */
function isConcernedByBgp({ objects: { config } }: SpeakerCluster, { code }: BgpExplanation): boolean {
  if (config.advertisements.length === 0 && config.peers.length === 0) return false;
  return code !== 'notOwner' || config.layer2.length === 0;
}

const isConcernedByLayer2 = ({ objects: { config } }: SpeakerCluster, code: string | undefined): boolean =>
  config.layer2.length > 0 && code !== 'noAdvertisement';

function decidingRule(
  { bgp, layer2 }: { readonly bgp: BgpExplanation; readonly layer2: Layer2Explanation | null },
  { isByBgp, isByLayer2 }: { readonly isByBgp: boolean; readonly isByLayer2: boolean },
): Pick<DeliveryExplanation, 'says' | 'fix'> {
  const answered = layer2?.verdict === 'answered' ? layer2 : null;
  if (isByBgp && bgp.isAdvertised) {
    const says = answered === null ? bgp.says : `${bgp.says}; ${answered.says}`;
    return { says, fix: null };
  }
  if (isByLayer2 && layer2 !== null) return { says: layer2.says, fix: layer2.fix };
  if (isByBgp) return { says: bgp.says, fix: bgp.fix };
  return {
    says: 'nobody announces it: no BGPAdvertisement and no L2Advertisement covers its pool',
    fix: 'add a BGPAdvertisement with a BGPPeer, or an L2Advertisement, that names the pool in spec.ipAddressPools',
  };
}
