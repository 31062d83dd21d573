/**
 * Decides whether one node announces one Service, and which prefixes. The checks are those of MetalLB's `ShouldAnnounce`
 * in their order, so that both give the same reason.
 */

import { coversPool } from '../../config/pool/coverage.ts';
import { type Address, formatAddress } from '../../net/address.ts';
import { formatPrefix, networkMask, type Prefix } from '../../net/prefix.ts';
import type { Node } from '../../objects/node.ts';
import { selectorMatches } from '../../objects/selector.ts';
import type { ServiceKey } from '../../objects/service.ts';
import { coverageAggregationError, type ResolvedAdvertisement } from '../config/advertisement.ts';
import { isWeightedPrefix } from '../config/advertisement-extensions.ts';
import { conflictingField } from '../config/attribute-conflicts.ts';
import type { NodeConfig } from '../config/node-config.ts';
import { type AnnouncedPool, rangesContainAll } from '../config/pools.ts';
import { countLocalEndpoints, type Endpoints, hasLocalEndpoints } from './endpoints.ts';
import type { AnnounceRefusal } from './refusal.ts';
import { type AnnouncementRecord, matchPool, readIngress } from './service-addresses.ts';
import type { SpeakerService } from './speaker-service.ts';

/** One prefix that one advertisement contributes for one address. */
export type Contribution = {
  readonly prefix: Prefix;
  readonly address: Address;
  readonly advertisement: ResolvedAdvertisement;
};

export type AnnounceDecision =
  | {
      readonly kind: 'announced';
      readonly record: AnnouncementRecord;
      /** The pool was deleted or lost the address, and the Service still has it. */
      readonly isPoolRemoved: boolean;
      readonly contributions: readonly Contribution[];
    }
  | { readonly kind: 'refused'; readonly refusal: AnnounceRefusal };

export type SpeakerFlags = {
  /** `--lb-class`; null announces the Services without a class. */
  readonly lbClass: string | null;
  readonly ignoreExcludeLabel: boolean;
};

export type AnnounceContext = {
  readonly nodeConfig: NodeConfig;
  /** Null where there is no Node object. */
  readonly node: Pick<Node, 'isExcluded' | 'isNetworkUnavailable'> | null;
  readonly flags: SpeakerFlags;
  readonly announcements: Pick<ReadonlyMap<ServiceKey, AnnouncementRecord>, 'get'>;
};

/**
 * A refused Service loses its announcement record. So a Service that is refused with its record is decided again without
 * one: the next call, which has no record, must give the same result.
 */
export function decideAnnouncement(
  service: SpeakerService,
  endpoints: Endpoints,
  context: AnnounceContext,
): AnnounceDecision {
  const previous = context.announcements.get(service.key) ?? null;
  // The spread comes last: in Node 20 it would otherwise give each object a hidden class of its own.
  const decision = decideOnce(service, endpoints, { previous, ...context });
  if (previous === null || decision.kind === 'announced') return decision;
  return decideOnce(service, endpoints, { previous: null, ...context });
}

function decideOnce(
  service: SpeakerService,
  endpoints: Endpoints,
  {
    nodeConfig,
    node,
    flags,
    previous,
  }: Omit<AnnounceContext, 'announcements'> & { readonly previous: AnnouncementRecord | null },
): AnnounceDecision {
  if (service.type !== 'LoadBalancer') return refused({ code: 'notLoadBalancer', type: service.type });
  const serviceClass = service.loadBalancerClass;
  if (serviceClass !== flags.lbClass)
    return refused({ code: 'otherClass', has: serviceClass, wanted: flags.lbClass });
  const addresses = readIngress(service);
  if ('code' in addresses) return refused(addresses);
  const texts = addresses.map(formatAddress);
  const match = matchPool(
    addresses,
    previous?.addresses === texts.join() ? previous.pool : null,
    nodeConfig.pools,
  );
  if (match === null) return refused({ code: 'ipNotAllowed', addresses: texts });
  const { pool, isRemoved } = match;
  const advertisements = isRemoved
    ? advertisementsCovering(pool, nodeConfig)
    : (nodeConfig.advertisementsByPool.get(pool.name) ?? []);
  const candidates = addresses.flatMap((address) =>
    contributionsOf(address, advertisements, isRemoved ? null : pool.name),
  );
  if (candidates.length === 0) return refused({ code: 'notOwner', pool: pool.name });
  const selected = candidates.filter(({ advertisement }) => selectsService(advertisement, service));
  if (selected.length === 0) return refused({ code: 'noMatchingAdvertisement', pool: pool.name });
  const refusal =
    findAttributeConflict(selected) ?? nodeRefusal(node, flags) ?? endpointRefusal(service, endpoints);
  if (refusal !== null) return refused(refusal);
  const weighted = selected.filter((contribution) => hasWeight(contribution, endpoints));
  if (weighted.length === 0) return refused({ code: 'noWeight' });
  return {
    kind: 'announced',
    record: { addresses: texts.join(), pool },
    isPoolRemoved: isRemoved,
    contributions: weighted,
  };
}

const refused = (refusal: AnnounceRefusal): AnnounceDecision => ({ kind: 'refused', refusal });

/** The advertisements that would cover a pool that was removed. */
function advertisementsCovering(
  pool: AnnouncedPool,
  { advertisements }: NodeConfig,
): readonly ResolvedAdvertisement[] {
  return [...advertisements.values()]
    .flatMap(({ active }) => (active === null ? [] : [active]))
    .filter(({ spec }) => coversPool(spec, pool) && coverageAggregationError(spec, pool.ranges) === null)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `covered` is the pool that an advertisement must have been valid for; null for a pool that was removed. */
function contributionsOf(
  address: Address,
  advertisements: readonly ResolvedAdvertisement[],
  covered: string | null,
): readonly Contribution[] {
  return advertisements
    .filter(
      ({ coveredPools }) =>
        covered === null || rangesContainAll(coveredPools.get(covered)?.ranges ?? [], [address]),
    )
    .map((advertisement) => {
      const { family, bits } = address;
      const length = advertisement.lengths[family];
      return { address, advertisement, prefix: { family, bits: bits & networkMask(family, length), length } };
    });
}

const selectsService = ({ serviceSelectors }: ResolvedAdvertisement, { labels }: SpeakerService): boolean =>
  serviceSelectors.length === 0 || serviceSelectors.some((selector) => selectorMatches(selector, labels));

function findAttributeConflict(contributions: readonly Contribution[]): AnnounceRefusal | null {
  for (const [index, { address, prefix, advertisement }] of contributions.entries()) {
    for (const other of contributions.slice(index + 1)) {
      if (other.address !== address) continue;
      const field = conflictingField(other.advertisement, advertisement, address.family);
      if (field === null) continue;
      const names = [advertisement.name, other.advertisement.name] as const;
      return { code: 'conflictingAdvertisements', field, names, prefix: formatPrefix(prefix) };
    }
  }
  return null;
}

function nodeRefusal(node: AnnounceContext['node'], flags: SpeakerFlags): AnnounceRefusal | null {
  if (node === null) return { code: 'nodeUnknown' };
  if (node.isNetworkUnavailable) return { code: 'nodeNetworkUnavailable' };
  if (node.isExcluded && !flags.ignoreExcludeLabel) return { code: 'nodeLabeledExcludeBalancers' };
  return null;
}

/** With weighted traffic, a node without endpoints receives none, whatever externalTrafficPolicy is. */
const hasWeight = ({ advertisement, prefix }: Contribution, endpoints: Endpoints): boolean =>
  !isWeightedPrefix(advertisement.extensions, prefix) || countLocalEndpoints([endpoints], prefix.family) > 0;

function endpointRefusal(service: SpeakerService, endpoints: Endpoints): AnnounceRefusal | null {
  if (service.externalTrafficPolicy === 'Local') {
    return hasLocalEndpoints(endpoints) ? null : { code: 'noLocalEndpoints' };
  }
  return endpoints.hasAny ? null : { code: 'noEndpoints' };
}
