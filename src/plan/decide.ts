/**
 * The whole of a decision about one Service that we answer for: what it has, whether that is still right, and
 * what it gets. It reserves as it goes, in the transaction it is given.
 */
import { ALLOCATED_FROM } from '../cluster/annotations.ts';
import type { Service } from '../cluster/service.ts';
import type { Transaction } from '../ipam/ledger.ts';
import type { Want } from '../ipam/waiters.ts';
import type { Address, Family } from '../net/address.ts';
import { formatAddress } from '../net/address.ts';
import { mirrorShown } from './adoption.ts';
import { isActive } from './choice.ts';
import { type PlanContext, quotedAddresses, quotedKey, type Work } from './context.ts';
import type { Decision, EventDraft } from './decision.ts';
import { examine, type Kept } from './examine.ts';
import { elsewhereWants, grant, missingWants, takeElsewhere, takeMissing } from './granting.ts';
import type { Holding } from './held.ts';
import { settle } from './holding.ts';
import { ANY_POOL, type Grant } from './named.ts';
import { ASSIGNED, holds, lacks, others, type Verdict } from './reasons.ts';
import { familyName } from './refusals.ts';
import { listAddresses } from './shown.ts';
import { deprecatedKeys, readWish } from './wish.ts';

const NOTHING = { addresses: [], pool: null, events: [], wants: [], granted: [], conflict: false } as const;

export function decide(context: PlanContext, service: Service, tx: Transaction): Decision {
  const claim = context.options.claimedElsewhere?.(service) ?? null;
  if (claim !== null) return leftToOthers(context, service, tx, claim);
  const wish = readWish(service);
  if (wish === null) return withoutClusterIP(context, service, tx);
  const work: Work = { ...context, service, wish, tx };
  const decision = decideOnHolding(work, settle(work));
  const deprecated = deprecatedKeys(service).map(
    (key): EventDraft => ({
      type: 'Warning',
      reason: 'deprecatedAnnotation',
      message: `Service uses deprecated annotation ${JSON.stringify(key)}`,
    }),
  );
  return deprecated.length === 0 ? decision : { ...decision, events: [...decision.events, ...deprecated] };
}

function decideOnHolding(work: Work, holding: Holding): Decision {
  switch (holding.kind) {
    case 'theirs':
      return { ...NOTHING, verdict: holding.verdict, hands: 'theirs', events: theirEvents(holding.verdict) };
    case 'none':
      return decideAnew(work, null, false);
    case 'lost':
      return decideAnew(work, holding.cause, holding.conflict);
    case 'held': {
      if (lacksClusterIPs(work)) return dualStackUnavailable(work);
      const examined = examine(work, holding);
      return examined.kind === 'keep'
        ? { ...complete(work, examined), conflict: holding.conflict }
        : decideAnew(work, examined.cause, holding.conflict);
    }
  }
}

/** The one sentence in the events when a writer fights us; the condition carries it from then on. */
const theirEvents = (verdict: Verdict): readonly EventDraft[] =>
  verdict.reason === 'StatusContested'
    ? [{ type: 'Warning', reason: 'AddressesReplaced', message: verdict.message }]
    : [];

/** What it shows is taken all the same, whoever wrote it. */
function leftToOthers(context: PlanContext, service: Service, tx: Transaction, claim: string): Decision {
  tx.release(service.key);
  mirrorShown(context, service, tx);
  return { ...NOTHING, verdict: others('CalicoAllocates', claim), hands: 'theirs' };
}

// --- Services that cannot have an address as they are

function withoutClusterIP(context: PlanContext, service: Service, tx: Transaction): Decision {
  tx.release(service.key);
  // Only what we assigned is ours to clear.
  const hands = service.annotations[ALLOCATED_FROM] === undefined ? 'theirs' : 'ours';
  if (hands === 'theirs') mirrorShown(context, service, tx);
  const because = 'The Service has no cluster IP, and the family of its address follows from that.';
  return { ...NOTHING, verdict: lacks('NoClusterIP', because), hands };
}

const lacksClusterIPs = ({ wish }: Work): boolean => wish.policy === 'require' && wish.families.length < 2;

function dualStackUnavailable(work: Work): Decision {
  work.tx.release(work.service.key);
  const message = `Service requires dual stack but not enough clusterips [${work.service.clusterIPs.join(' ')}]`;
  return {
    ...NOTHING,
    hands: 'ours',
    verdict: lacks(
      'DualStackUnavailable',
      'The Service has ipFamilyPolicy RequireDualStack, but cluster IPs of one family only; use PreferDualStack or SingleStack.',
    ),
    events: [{ type: 'Warning', reason: 'not enough clusterips', message }],
  };
}

const unreadableWish = (complaint: string): EventDraft => ({
  type: 'Warning',
  reason: 'LoadBalancerFailed',
  message: `invalid requested loadbalancer IPs: ${complaint}`,
});

const cleared = (work: Work, cause: string): EventDraft => ({
  type: 'Normal',
  reason: 'ClearAssignment',
  message: `current IP for ${quotedKey(work.service.key)} not allowed by config, will attempt for new IP assignment: ${cause}`,
});

// --- nothing is held

function decideAnew(work: Work, lost: string | null, conflict: boolean): Decision {
  if (lacksClusterIPs(work)) return dualStackUnavailable(work);
  const { complaint } = work.wish;
  const events: EventDraft[] = lost === null ? [] : [cleared(work, lost)];
  if (complaint !== null) {
    events.push(unreadableWish(complaint));
    return {
      ...NOTHING,
      verdict: lacks('InvalidRequest', `${complaint}.`),
      hands: 'ours',
      events,
      conflict,
    };
  }
  const granted = grant(work);
  if (!granted.ok) {
    const { verdict, cause, wants } = granted.error;
    events.push({
      type: 'Warning',
      reason: 'AllocationFailed',
      message: `Failed to allocate IP for ${quotedKey(work.service.key)}: ${cause}`,
    });
    return { ...NOTHING, verdict, hands: 'ours', events, wants, conflict };
  }
  return { ...decisionOf(work, granted.value, events), conflict };
}

function decisionOf(work: Work, { addresses, pool }: Grant, events: readonly EventDraft[]): Decision {
  const missing = missingFamily(work, addresses);
  const message = `Assigned IP [${quotedAddresses(addresses)}]`;
  return {
    ...NOTHING,
    hands: 'ours',
    addresses,
    pool,
    events: [...events, { type: 'Normal', reason: 'IPAllocated', message }],
    granted: addresses,
    verdict: assigned(work, addresses, pool, missing),
    wants: missing === null ? [] : missingWants(work, pool, missing),
  };
}

/** A family of the cluster IPs that the Service has no address of. */
const missingFamily = ({ wish }: Work, addresses: readonly Address[]): Family | null =>
  wish.families.find((family) => !addresses.some((one) => one.family === family)) ?? null;

// --- something is held, and rightly

function complete(work: Work, kept: Kept): Decision {
  const { pool, because } = kept;
  const { complaint } = work.wish;
  const addresses = inOrder(work, kept.addresses);
  const missing = missingFamily(work, addresses);
  const events = kept.cleared === null ? [] : [cleared(work, kept.cleared)];
  const has = (
    verdict: Verdict,
    more: readonly EventDraft[] = [],
    wants: readonly Want[] = [],
  ): Decision => ({
    ...NOTHING,
    hands: 'ours',
    addresses,
    pool,
    verdict,
    events: [...events, ...more],
    wants,
  });
  if (complaint !== null) {
    const keeps = `Keeps ${listAddresses(addresses)}; what it asks for cannot be read. ${complaint}.`;
    return has(holds('InvalidRequest', keeps), [unreadableWish(complaint)]);
  }
  if (because !== null) return has(because(addresses), [], [ANY_POOL]);
  // Who asks for one address of two families, and has it, has what it asked for.
  if (missing === null || work.wish.addresses !== null) return has(assigned(work, addresses, pool, null));
  const state = work.book.byName.get(pool);
  if (state === undefined || !isActive(state)) {
    return has(assigned(work, addresses, pool, missing), [], missingWants(work, pool, missing));
  }
  const added = takeMissing(work, pool, missing);
  if (!added.ok) {
    const { cause, wants } = added.error;
    if (work.wish.policy === 'require') {
      const moved = takeElsewhere(work, kept);
      if (moved !== null) return decisionOf(work, moved, [...events, cleared(work, cause)]);
    }
    const message = `cannot assign additional IP for ${quotedKey(work.service.key)}: ${cause}`;
    const event = { type: 'Normal', reason: 'AdditionalAssignFailed', message } as const;
    return has(assigned(work, addresses, pool, missing), [event], [...wants, ...elsewhereWants(work, pool)]);
  }
  const both = inOrder(work, [...addresses, added.value]);
  const message = `Assigned additional IP "${formatAddress(added.value)}"`;
  return {
    ...has(assigned(work, both, pool, null), [{ type: 'Normal', reason: 'IPAllocated', message }]),
    addresses: both,
    granted: [added.value],
  };
}

function assigned(work: Work, addresses: readonly Address[], pool: string, missing: Family | null): Verdict {
  const has = `${listAddresses(addresses)} from pool "${pool}".`;
  if (missing !== null) {
    const moves =
      work.wish.policy === 'require' && work.wish.pool === null
        ? ', or the Service moves as soon as another pool has both'
        : '';
    return holds(
      'AssignedOneFamily',
      `${has} That pool has no ${familyName(missing)} address to add; it is added when there is one${moves}.`,
    );
  }
  if (isLayer2Only(work, pool)) {
    return holds(
      'Layer2Only',
      `${has} Only an L2Advertisement covers this pool, and nothing here answers ARP or NDP: have the address announced by BGP.`,
    );
  }
  return holds('Assigned', has);
}

/** While the advertisements are not known, what was said of them before holds. */
const isLayer2Only = ({ layer2Only, service }: Work, pool: string): boolean =>
  layer2Only === null
    ? service.conditions.some(({ type, reason }) => type === ASSIGNED && reason === 'Layer2Only')
    : layer2Only.has(pool);

/** The order that was asked for, or that of the cluster IPs: never the one in which we happened to find them. */
function inOrder({ wish }: Work, addresses: readonly Address[]): readonly Address[] {
  if (addresses.length < 2) return addresses;
  const families = wish.addresses?.map(({ family }) => family) ?? wish.families;
  return [...addresses].sort((a, b) => families.indexOf(a.family) - families.indexOf(b.family));
}
