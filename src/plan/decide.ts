/**
 * The whole of a decision about one Service that we answer for: what it has, whether that is still right, and
 * what it gets. It reserves as it goes, in the transaction it is given.
 */
import { ALLOCATED_FROM } from '../cluster/annotations.ts';
import type { Service } from '../cluster/service.ts';
import type { Transaction } from '../ipam/ledger.ts';
import type { Address, Family } from '../net/address.ts';
import { formatAddress } from '../net/address.ts';
import { isActive } from './choice.ts';
import { type PlanContext, quotedAddresses, quotedKey, type Work } from './context.ts';
import type { Decision, EventDraft } from './decision.ts';
import { type Examined, examine } from './examine.ts';
import { grant, takeMissing } from './granting.ts';
import { type Holding, settle } from './holding.ts';
import { holds, lacks, type Verdict } from './reasons.ts';
import { causeOf, familyName } from './refusals.ts';
import { listAddresses, readShown } from './shown.ts';
import { deprecatedKeys, readWish, type Unreadable } from './wish.ts';

const NOTHING = { addresses: [], pool: null, events: [], wants: [], granted: [], conflict: false } as const;

export function decide(context: PlanContext, service: Service, tx: Transaction): Decision {
  const wish = readWish(service);
  if (!wish.ok) return withoutWish(context, service, tx, wish.error);
  const work: Work = { ...context, service, wish: wish.value, tx };
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
      return examined.kind === 'keep' ? complete(work, examined) : decideAnew(work, examined.cause, false);
    }
  }
}

/** The first sentence that its users see when a writer fights us; the condition carries the rest. */
const theirEvents = (verdict: Verdict): readonly EventDraft[] =>
  verdict.reason === 'StatusContested'
    ? [{ type: 'Warning', reason: 'AddressesReplaced', message: verdict.message }]
    : [];

// --- a wish that cannot be read

/** What the Service has, it keeps; there is nothing to compare it with. */
export function withoutWish(
  context: PlanContext,
  service: Service,
  tx: Transaction,
  { code, because }: Unreadable,
): Decision {
  if (code === 'no-cluster-ip') {
    tx.release(service.key);
    // Only what we assigned is ours to clear.
    const hands = service.annotations[ALLOCATED_FROM] === undefined ? 'theirs' : 'ours';
    return { ...NOTHING, verdict: lacks('NoClusterIP', `${because}.`), hands };
  }
  const event: EventDraft = {
    type: 'Warning',
    reason: 'LoadBalancerFailed',
    message: `invalid requested loadbalancer IPs: ${because}`,
  };
  const held = context.ledger.holdings(service.key).map(({ address }) => address);
  const shown = held.length > 0 ? held : readShown(service).addresses;
  if (held.length === 0) {
    const pool = service.annotations[ALLOCATED_FROM] ?? null;
    const claim = { holder: service.key, sharing: { key: '', backend: '' }, ports: service.ports };
    for (const address of shown) tx.adopt(claim, address, pool, { force: true });
  }
  const verdict =
    shown.length === 0
      ? lacks('InvalidRequest', `${because}.`)
      : holds(
          'InvalidRequest',
          `Keeps ${listAddresses(shown)}; what it asks for cannot be read. ${because}.`,
        );
  return { ...NOTHING, verdict, hands: 'theirs', events: [event] };
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
      'The Service has ipFamilyPolicy RequireDualStack, but cluster IPs of one family only.',
    ),
    events: [{ type: 'Warning', reason: 'not enough clusterips', message }],
  };
}

// --- nothing is held

function decideAnew(work: Work, lost: string | null, conflict: boolean): Decision {
  if (lacksClusterIPs(work)) return dualStackUnavailable(work);
  const events: EventDraft[] = [];
  if (lost !== null) {
    events.push({
      type: 'Normal',
      reason: 'ClearAssignment',
      message: `current IP for ${quotedKey(work.service.key)} not allowed by config, will attempt for new IP assignment: ${lost}`,
    });
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
  const { addresses, pool } = granted.value;
  events.push({
    type: 'Normal',
    reason: 'IPAllocated',
    message: `Assigned IP [${quotedAddresses(addresses)}]`,
  });
  const decision = {
    ...NOTHING,
    hands: 'ours',
    addresses,
    pool,
    events,
    granted: addresses,
    conflict,
  } as const;
  const missing = work.wish.families.find((family) => !addresses.some((one) => one.family === family));
  return {
    ...decision,
    verdict: assigned(work, addresses, pool, missing ?? null),
    wants: missing === undefined ? [] : [{ kind: 'pool', pool, family: missing }],
  };
}

// --- something is held, and rightly

function complete(work: Work, kept: Examined & { readonly kind: 'keep' }): Decision {
  const { addresses, pool, because } = kept;
  const base = { ...NOTHING, hands: 'ours', addresses, pool } as const;
  const missing = work.wish.families.find((family) => !addresses.some((one) => one.family === family));
  const state = work.book.byName.get(pool);
  if (because !== null || state === undefined || !isActive(state)) {
    return { ...base, verdict: because ?? assigned(work, addresses, pool, null) };
  }
  if (missing === undefined || work.wish.addresses !== null) {
    return { ...base, verdict: assigned(work, addresses, pool, null) };
  }
  const added = takeMissing(work, pool, missing);
  if (!added.ok) {
    const event: EventDraft = {
      type: 'Normal',
      reason: 'AdditionalAssignFailed',
      message: `cannot assign additional IP for ${quotedKey(work.service.key)}: ${causeOf(added.error)}`,
    };
    return {
      ...base,
      verdict: assigned(work, addresses, pool, missing),
      events: [event],
      wants: [{ kind: 'pool', pool, family: missing }],
    };
  }
  const both = inFamilyOrder([...addresses, added.value], work.wish.families);
  return {
    ...base,
    addresses: both,
    verdict: assigned(work, both, pool, null),
    granted: [added.value],
    events: [
      {
        type: 'Normal',
        reason: 'IPAllocated',
        message: `Assigned additional IP ${JSON.stringify(formatAddress(added.value))}`,
      },
    ],
  };
}

function assigned(work: Work, addresses: readonly Address[], pool: string, missing: Family | null): Verdict {
  const has = `${listAddresses(inFamilyOrder(addresses, work.wish.families))} from pool "${pool}".`;
  if (missing !== null) {
    return holds('AssignedOneFamily', `${has} The pool has no ${familyName(missing)} address to add.`);
  }
  if (work.layer2Only.has(pool)) {
    return holds(
      'Layer2Only',
      `${has} Only an L2Advertisement covers this pool, and nothing here answers ARP or NDP: have the address announced by BGP.`,
    );
  }
  return holds('Assigned', has);
}

/** The order of the cluster IPs, or the order that was asked for: never the order we happened to find them in. */
const inFamilyOrder = (addresses: readonly Address[], families: readonly Family[]): readonly Address[] =>
  addresses.length < 2
    ? addresses
    : [...addresses].sort((a, b) => families.indexOf(a.family) - families.indexOf(b.family));
