/**
 * Why a Service has what it has: the verdict of each pool, rule by rule, in the order in which they are tried.
 * Read off the same books and rules as the decision itself; what is tried out is undone. Unlike what is written
 * on a Service this may name neighbours and count: it is true at the moment of asking.
 */
import type { Result } from '../base/result.ts';
import type { Service, ServiceKey } from '../cluster/service.ts';
import { formatIssue } from '../config/issue.ts';
import type { PoolState } from '../config/pools.ts';
import type { Counts } from '../ipam/ledger.ts';
import type { Refusal } from '../ipam/refusal.ts';
import { type Address, type Family, formatAddress } from '../net/address.ts';
import { candidates, isActive, letsIn } from './choice.ts';
import { claimOf, type Grounds } from './context.ts';
import { isMine } from './mine.ts';
import { enumerate, quote } from './quote.ts';
import { ASSIGNED } from './reasons.ts';
import { causeOf, familyName } from './refusals.ts';
import { unfitRequest } from './requested.ts';
import { readWish, type Wish } from './wish.ts';

/** In the order in which they are asked. */
export type Rule =
  | 'readable'
  | 'asked-for pool'
  | 'serviceAllocation'
  | 'autoAssign'
  | 'asked-for address'
  | 'family';

export type RuleVerdict = {
  readonly rule: Rule;
  readonly passes: boolean;
  readonly says: string;
  /** What would make it pass, or pass without a but; null where it simply does. */
  readonly remedy: string | null;
};

export type PoolVerdict = {
  readonly pool: string;
  /** When it is tried for a Service that asks for nothing, from 1 on; null where it is not. */
  readonly place: number | null;
  readonly serves: boolean;
  readonly rules: readonly RuleVerdict[];
  /** Null where the pool is not active. */
  readonly counts: Counts | null;
};

export type ServiceExplanation = {
  readonly key: ServiceKey;
  /** Why it is not for us to serve; null where it is. */
  readonly notOurs: string | null;
  /** What its condition says, and since when; null where nobody has said anything. */
  readonly said: { readonly reason: string; readonly message: string; readonly since: string } | null;
  readonly wish: Wish | null;
  /** What is wrong with the wish itself, whatever pools there are; null where nothing is. */
  readonly unfit: string | null;
  /** Those that are tried first, in that order; then the others by name. */
  readonly pools: readonly PoolVerdict[];
  /** Who has the addresses that it asks for. */
  readonly holders: readonly { readonly address: Address; readonly holders: readonly ServiceKey[] }[];
};

export function explainService(grounds: Grounds, service: Service): ServiceExplanation {
  const said = service.conditions.find(({ type }) => type === ASSIGNED);
  const wish = readWish(service);
  return {
    key: service.key,
    notOurs: notOurs(grounds, service),
    said:
      said === undefined
        ? null
        : { reason: said.reason, message: said.message, since: said.lastTransitionTime },
    wish,
    unfit: wish === null ? 'The Service has no cluster IP.' : unfit(wish),
    pools: wish === null ? [] : poolVerdicts(grounds, service, wish),
    holders: (wish?.addresses ?? []).map((address) => ({
      address,
      holders: grounds.ledger
        .holders(address)
        .map(({ holder }) => holder)
        .filter((holder) => holder !== service.key),
    })),
  };
}

function notOurs({ options }: Grounds, service: Service): string | null {
  if (isMine(service, options)) return null;
  if (service.type !== 'LoadBalancer') return `Its type is ${service.type}.`;
  const mine = options.lbClass === null ? 'Services without a class' : `the class ${quote(options.lbClass)}`;
  const its =
    service.loadBalancerClass === null ? 'none' : `loadBalancerClass ${quote(service.loadBalancerClass)}`;
  return `Berth answers here for ${mine}; this one has ${its}.`;
}

const unfit = ({ addresses, families, complaint }: Wish): string | null =>
  complaint ?? (addresses === null ? null : (unfitRequest(addresses, families)?.message ?? null));

function poolVerdicts(grounds: Grounds, service: Service, wish: Wish): readonly PoolVerdict[] {
  const order = candidates(grounds.order, service, grounds.labelsOf).map(({ name }) => name);
  const rest = [...grounds.book.byName.keys()].filter((name) => !order.includes(name));
  return [...order, ...rest].flatMap((name) => {
    const state = grounds.book.byName.get(name);
    if (state === undefined) return [];
    const rules = rulesOf(grounds, service, wish, state);
    const place = order.indexOf(name) + 1;
    return {
      pool: name,
      place: place === 0 ? null : place,
      serves: rules.every(({ passes }) => passes),
      rules,
      counts: grounds.ledger.hasPool(name) ? grounds.ledger.counts(name) : null,
    };
  });
}

const passes = (rule: Rule, says: string): RuleVerdict => ({ rule, passes: true, says, remedy: null });
const fails = (rule: Rule, says: string, remedy: string): RuleVerdict => ({
  rule,
  passes: false,
  says,
  remedy,
});

function rulesOf(grounds: Grounds, service: Service, wish: Wish, state: PoolState): readonly RuleVerdict[] {
  const rules = [readable(state)];
  if (wish.pool !== null) {
    rules.push(
      wish.pool === state.name
        ? passes('asked-for pool', 'The Service asks for this pool.')
        : fails(
            'asked-for pool',
            `The Service asks for pool ${quote(wish.pool)}.`,
            'remove or change the annotation metallb.io/address-pool',
          ),
    );
  }
  if (!isActive(state)) return rules;
  const because = letsIn(state.active, service, grounds.labelsOf);
  rules.push(
    because === null
      ? passes('serviceAllocation', 'The pool lets the Service in.')
      : fails('serviceAllocation', `The Service is not let in: ${because}.`, 'change one to suit the other'),
  );
  if (wish.pool === null && wish.addresses === null) {
    rules.push(
      state.active.autoAssign
        ? passes('autoAssign', 'It gives to Services that do not ask.')
        : fails(
            'autoAssign',
            'It gives only to Services that ask for it.',
            `annotate the Service with metallb.io/address-pool=${state.name}`,
          ),
    );
  }
  return [...rules, ...tryOut(grounds, service, wish, state.name)];
}

function readable({ issues, active }: PoolState): RuleVerdict {
  const [issue] = issues;
  if (issue === undefined) return passes('readable', 'The pool is valid.');
  // Its last good version still grants, in this process.
  const says = `The pool is invalid: ${formatIssue(issue)}.`;
  return { rule: 'readable', passes: active !== null, says, remedy: 'mend the pool' };
}

/** What the ledger would say, as if the Service held nothing: tried, and undone. */
function tryOut(grounds: Grounds, service: Service, wish: Wish, pool: string): readonly RuleVerdict[] {
  const tx = grounds.ledger.begin();
  tx.release(service.key);
  const claim = claimOf({ service, wish });
  const verdicts =
    wish.addresses === null
      ? wish.families.map((family) => familyVerdict(tx.allocate(claim, pool, family), family))
      : wish.addresses.map((address) => addressVerdict(tx.reserve(claim, address, pool), address));
  tx.undo();
  // One family is enough for those who only prefer two.
  const isOneEnough = wish.policy === 'prefer' && wish.addresses === null;
  return isOneEnough && verdicts.some((one) => one.passes)
    ? verdicts.map((one) => ({ ...one, passes: true }))
    : verdicts;
}

function familyVerdict(taken: Result<Address, Refusal>, family: Family): RuleVerdict {
  if (taken.ok) return passes('family', `It has an ${familyName(family)} address to give.`);
  const remedy =
    taken.error.code === 'pool-lacks-family'
      ? `add an ${familyName(family)} range to it`
      : 'give it more addresses, or delete a Service that has one of them';
  return fails('family', sentence(causeOf(taken.error)), remedy);
}

function addressVerdict(reserved: Result<void, Refusal>, address: Address): RuleVerdict {
  if (reserved.ok) return passes('asked-for address', `${formatAddress(address)} is to be had.`);
  return fails('asked-for address', sentence(causeOf(reserved.error)), remedyFor(reserved.error));
}

function remedyFor(refusal: Refusal): string {
  switch (refusal.code) {
    case 'address-taken':
      return `ask for another address, or give ${enumerate(refusal.holders)} and this Service the same annotation metallb.io/allow-shared-ip`;
    case 'sharing-refused':
      return refusal.because === 'key'
        ? 'give all of them the same annotation metallb.io/allow-shared-ip'
        : refusal.because === 'port'
          ? 'use another port'
          : 'use externalTrafficPolicy Cluster, or have them select the same pods';
    case 'not-grantable':
      return 'have the pools not overlap';
    case 'address-avoided':
      return 'ask for another address, or set avoidBuggyIPs to false';
    default:
      return 'ask for an address of this pool';
  }
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
