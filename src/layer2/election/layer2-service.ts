/**
 * Decides what of a Service is to be answered for, whichever node does: its addresses, and the L2Advertisements that
 * count. The checks are those of MetalLB in its order.
 */

import type { ResolvedPools } from '../../announce/config/pools.ts';
import {
  type AnnouncementRecord,
  matchPool,
  readIngress,
} from '../../announce/decision/service-addresses.ts';
import type { SpeakerFlags } from '../../announce/decision/should-announce.ts';
import { type SpeakerService, toSpeakerService } from '../../announce/decision/speaker-service.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { L2Advertisement } from '../../config/l2-advertisement.ts';
import { type Address, formatAddress } from '../../net/address.ts';
import { readRequestAnnotation } from '../../objects/annotations.ts';
import { selectorMatches } from '../../objects/selector.ts';
import type { Service } from '../../objects/service.ts';
import { advertisementsOf, type Layer2Config } from './layer2-config.ts';
import type { Layer2ServiceRefusal } from './refusal.ts';
import type { UsableEndpoints } from './usable-endpoints.ts';

export type Layer2Service = SpeakerService & {
  /** Names its ServiceL2Status. */
  readonly uid: string;
  /** It has the annotation for sharing an address, with any value. */
  readonly wantsSharing: boolean;
};

export const toLayer2Service = (service: Service): Layer2Service => ({
  uid: service.uid,
  wantsSharing: readRequestAnnotation(service.annotations, 'sharing') !== null,
  ...toSpeakerService(service),
});

/** A Service that some node should answer for. */
export type WantedService = {
  readonly service: Layer2Service;
  readonly addresses: readonly Address[];
  /** In the order of names. */
  readonly advertisements: readonly L2Advertisement[];
  readonly endpoints: UsableEndpoints;
  readonly record: AnnouncementRecord;
};

export type Layer2ServiceContext = {
  readonly config: Layer2Config;
  readonly pools: Pick<ResolvedPools, 'byName' | 'byAddress'>;
  readonly flags: Pick<SpeakerFlags, 'lbClass'>;
  /** When the Service was last wanted; null where it was not. An address that no pool has any more stays in its last one. */
  readonly previous: AnnouncementRecord | null;
};

export function decideLayer2Service(
  service: Layer2Service,
  endpoints: UsableEndpoints,
  context: Layer2ServiceContext,
): Result<WantedService, Layer2ServiceRefusal> {
  const decision = decideOnce(service, endpoints, context);
  // A refused Service loses its record, so the result must be that of the next call, which has none.
  if (context.previous === null || decision.ok) return decision;
  return decideOnce(service, endpoints, { ...context, previous: null });
}

function decideOnce(
  service: Layer2Service,
  endpoints: UsableEndpoints,
  { config, pools, flags, previous }: Layer2ServiceContext,
): Result<WantedService, Layer2ServiceRefusal> {
  if (service.type !== 'LoadBalancer') return err({ code: 'notLoadBalancer', type: service.type });
  const serviceClass = service.loadBalancerClass;
  if (serviceClass !== flags.lbClass)
    return err({ code: 'otherClass', has: serviceClass, wanted: flags.lbClass });
  const addresses = readIngress(service);
  if ('code' in addresses) return err(addresses);
  const texts = addresses.map(formatAddress);
  const before = previous?.addresses === texts.join() ? previous.pool : null;
  const match = matchPool(addresses, before, pools);
  if (match === null) return err({ code: 'ipNotAllowed', addresses: texts });
  const { pool } = match;
  const covering = advertisementsOf(config, pool);
  if (covering.length === 0) return err({ code: 'noAdvertisement', pool: pool.name });
  const advertisements = covering.filter(({ serviceSelectors }) => selects(serviceSelectors, service));
  if (advertisements.length === 0) return err({ code: 'noServiceSelected', pool: pool.name });
  const selective = advertisements.filter(({ serviceSelectors }) => serviceSelectors.length > 0);
  // MetalLB: sharing and serviceSelectors exclude each other, since two Services of one address could have other nodes.
  if (service.wantsSharing && selective.length > 0)
    return err({ code: 'sharedWithSelectors', names: selective.map(({ name }) => name) });
  if (!endpoints.hasAny) return err({ code: 'noEndpoints' });
  return ok({ service, addresses, advertisements, endpoints, record: { addresses: texts.join(), pool } });
}

const selects = (
  selectors: L2Advertisement['serviceSelectors'],
  { labels }: Pick<Layer2Service, 'labels'>,
): boolean => selectors.length === 0 || selectors.some((selector) => selectorMatches(selector, labels));
