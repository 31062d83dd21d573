/**
 * Whether one node announces one Service, and what of it. MetalLB, `ShouldAnnounce`: the order of the questions is its
 * own, so that both give the same reason.
 */
import { selectorMatches } from '../cluster/selector.ts';
import type { ServiceKey } from '../cluster/service.ts';
import { type Address, formatAddress, parseAddress } from '../net/address.ts';
import { formatPrefix, networkMask, type Prefix } from '../net/prefix.ts';
import { type Advertisement, coversPool, reachFault } from './advertisement.ts';
import { areHere, countHere, type Endpoints } from './endpoints.ts';
import { isWeighted } from './extras.ts';
import { disagree } from './localpref.ts';
import type { NodeView } from './node.ts';
import { type PoolView, poolHolds } from './pools.ts';
import type { Refusal } from './refusal.ts';
import type { ServiceView } from './service.ts';
import type { Settings } from './settings.ts';

/** One advertisement's wish for one prefix. */
export type Offer = {
  readonly prefix: Prefix;
  readonly address: Address;
  readonly advertisement: Advertisement;
};

/** Where a Service stood when it was last announced. */
export type Standing = { readonly addresses: string; readonly pool: PoolView };

export type Verdict =
  | {
      readonly kind: 'announced';
      readonly standing: Standing;
      /** The pool has been deleted or has shrunk, and the Service still has its address. */
      readonly poolGone: boolean;
      readonly offers: readonly Offer[];
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export type SpeakerFlags = {
  /** `--lb-class`; null serves the Services that name no class. */
  readonly lbClass: string | null;
  readonly ignoreExcludeLabel: boolean;
};

export type Surroundings = {
  readonly settings: Settings;
  /** Null where there is no Node object. */
  readonly node: NodeView | null;
  readonly flags: SpeakerFlags;
  readonly standing: Pick<ReadonlyMap<ServiceKey, Standing>, 'get'>;
};

/**
 * A Service that is refused loses its standing. It is judged once more as one that nobody knows, so that the next look,
 * which will not know it, says nothing else.
 */
export function judgeService(service: ServiceView, endpoints: Endpoints, around: Surroundings): Verdict {
  const known = around.standing.get(service.key) ?? null;
  const verdict = judge(service, endpoints, { ...around, known });
  if (known === null || verdict.kind === 'announced') return verdict;
  return judge(service, endpoints, { ...around, known: null });
}

function judge(
  service: ServiceView,
  endpoints: Endpoints,
  { settings, node, flags, known }: Omit<Surroundings, 'standing'> & { readonly known: Standing | null },
): Verdict {
  if (service.type !== 'LoadBalancer') return refused({ code: 'notLoadBalancer', type: service.type });
  const has = service.loadBalancerClass;
  if (has !== flags.lbClass) return refused({ code: 'otherClass', has, wanted: flags.lbClass });
  const addresses = readIngress(service);
  if ('code' in addresses) return refused(addresses);
  const texts = addresses.map(formatAddress);
  const place = placeOf(addresses, known?.addresses === texts.join() ? known.pool : null, settings);
  if (place === null) return refused({ code: 'ipNotAllowed', addresses: texts });
  const { pool, gone } = place;
  const here = gone ? leftFor(pool, settings) : (settings.byPool.get(pool.name) ?? []);
  const all = addresses.flatMap((address) => offersOf(address, here, gone ? null : pool.name));
  if (all.length === 0) return refused({ code: 'notOwner', pool: pool.name });
  const wished = all.filter(({ advertisement }) => selects(advertisement, service));
  if (wished.length === 0) return refused({ code: 'noMatchingAdvertisement', pool: pool.name });
  const reason = conflict(wished) ?? nodeRefusal(node, flags) ?? endpointRefusal(service, endpoints);
  if (reason !== null) return refused(reason);
  const offers = wished.filter((offer) => hasWeight(offer, endpoints));
  if (offers.length === 0) return refused({ code: 'noWeight' });
  return {
    kind: 'announced',
    standing: { addresses: texts.join(), pool },
    poolGone: gone,
    offers,
  };
}

const refused = (refusal: Refusal): Verdict => ({ kind: 'refused', refusal });

/** MetalLB: one entry that cannot be announced withdraws all. */
function readIngress({ ingress }: ServiceView): readonly Address[] | Refusal {
  if (ingress.length === 0) return { code: 'noIPAllocated' };
  const addresses: Address[] = [];
  for (const { ip } of ingress) {
    const address = ip === null ? null : parseAddress(ip);
    if (address === null || !address.ok) return { code: 'invalidIP', text: ip };
    addresses.push(address.value);
  }
  return addresses;
}

/**
 * All addresses of a Service lie in one pool. A Service that is announced stays with the pool that it is announced
 * from for as long as that lists its addresses, also where it now overlaps an older one. Where no pool has them any
 * more the Service keeps its address for a while (`--pool-delete-grace`) and then loses it; until it does, it is
 * reachable.
 */
function placeOf(
  addresses: readonly Address[],
  before: PoolView | null,
  { pools }: Settings,
): { readonly pool: PoolView; readonly gone: boolean } | null {
  const same = before === null ? undefined : pools.byName.get(before.name);
  if (same !== undefined && poolHolds(same.ranges, addresses)) return { pool: same, gone: false };
  const now = pools.map.ofAll(addresses);
  if (now !== null) return { pool: now, gone: false };
  return before === null ? null : { pool: before, gone: true };
}

/** The advertisements that would cover a pool that is gone. */
function leftFor(pool: PoolView, { advertisements }: Settings): readonly Advertisement[] {
  return [...advertisements.values()]
    .flatMap(({ active }) => (active === null ? [] : [active]))
    .filter(({ wish }) => coversPool(wish, pool) && reachFault(wish, pool.ranges) === null)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `covered` is the pool that the advertisement must have been good for; null where that pool is gone. */
function offersOf(
  address: Address,
  advertisements: readonly Advertisement[],
  covered: string | null,
): readonly Offer[] {
  return advertisements
    .filter(({ coverage }) => covered === null || poolHolds(coverage.get(covered)?.ranges ?? [], [address]))
    .map((advertisement) => {
      const { family, bits } = address;
      const length = advertisement.lengths[family];
      return { address, advertisement, prefix: { family, bits: bits & networkMask(family, length), length } };
    });
}

const selects = ({ serviceSelectors }: Advertisement, { labels }: ServiceView): boolean =>
  serviceSelectors.length === 0 || serviceSelectors.some((selector) => selectorMatches(selector, labels));

function conflict(offers: readonly Offer[]): Refusal | null {
  for (const [index, { address, prefix, advertisement }] of offers.entries()) {
    const other = offers
      .slice(index + 1)
      .find((one) => one.address === address && disagree(one.advertisement, advertisement, address.family));
    if (other === undefined) continue;
    const names = [advertisement.name, other.advertisement.name] as const;
    return { code: 'conflictingAdvertisements', names, prefix: formatPrefix(prefix) };
  }
  return null;
}

function nodeRefusal(node: NodeView | null, flags: SpeakerFlags): Refusal | null {
  if (node === null) return { code: 'nodeUnknown' };
  if (node.networkUnavailable) return { code: 'nodeNetworkUnavailable' };
  if (node.excluded && !flags.ignoreExcludeLabel) return { code: 'nodeLabeledExcludeBalancers' };
  return null;
}

/** Where traffic goes by weights, a node that nothing of it belongs to takes none, whatever externalTrafficPolicy says. */
const hasWeight = ({ advertisement, prefix }: Offer, endpoints: Endpoints): boolean =>
  !isWeighted(advertisement.extras, prefix) || countHere([endpoints], prefix.family) > 0;

function endpointRefusal(service: ServiceView, endpoints: Endpoints): Refusal | null {
  if (service.externalTrafficPolicy === 'Local') {
    return areHere(endpoints) ? null : { code: 'noLocalEndpoints' };
  }
  return endpoints.anywhere ? null : { code: 'noEndpoints' };
}
