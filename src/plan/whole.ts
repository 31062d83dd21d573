/**
 * What an edit would do to the cluster as it is, worked out by doing it: the same desk, on a copy. First the
 * cluster as it is comes to rest; then the edit is made in the controller's way; then the grace of deleted pools
 * runs out.
 */
import type { Millis } from '../base/clock.ts';
import { ALLOCATED_FROM } from '../cluster/annotations.ts';
import type { Labels } from '../cluster/selector.ts';
import type { Service, ServiceKey } from '../cluster/service.ts';
import { type PoolObject, reviewPools } from '../config/pools.ts';
import type { Address } from '../net/address.ts';
import type { DeskOptions } from './desk.ts';
import { isMine } from './mine.ts';
import { ASSIGNED, type Reason } from './reasons.ts';
import { Rehearsal } from './rehearsal.ts';
import { readShown, sameAddresses } from './shown.ts';

/** All that decides who has which address. */
export type Snapshot = {
  readonly services: Iterable<Service>;
  readonly pools: readonly PoolObject[];
  readonly namespaces: ReadonlyMap<string, Labels>;
  /** Pools that only an L2Advertisement covers. */
  readonly layer2Only: ReadonlySet<string>;
};

/** How one Service stands: what it shows, and what is said of it. */
export type Standing = {
  readonly addresses: readonly Address[];
  readonly pool: string | null;
  readonly reason: Reason;
  readonly message: string;
};

export type Fate =
  | 'keeps'
  /** The addresses stay, and another pool is their home, or something else is said of them. */
  | 'keeps-otherwise'
  /** Had an address and has another, or one more or fewer. */
  | 'moves'
  /** Had none and gets one; new Services included. */
  | 'gets'
  /** Had an address and has none. */
  | 'loses'
  /** Is new, or was not ours to serve, and gets none. */
  | 'starts-to-wait'
  | 'still-waits'
  /** Is deleted, or is no Service of ours any more. */
  | 'leaves';

export type ServicePlan = {
  readonly key: ServiceKey;
  /** Null where there is no such Service, or it is not ours. */
  readonly before: Standing | null;
  /** As soon as the edit is made. */
  readonly after: Standing | null;
  /** When the grace of the deleted pools is over; the same as `after` where that changes nothing. */
  readonly later: Standing | null;
  /** From `before` to `later`. */
  readonly fate: Fate;
};

export type WholePlan = {
  /** Everybody of ours, by key. */
  readonly services: readonly ServicePlan[];
  /** How long deleted pools' Services keep what they have, where the edit deletes such a pool; else null. */
  readonly grace: Millis | null;
};

/** Whether anybody has something else in the end than before: what `berth plan` warns of. */
export const movesSomebody = ({ services }: WholePlan): boolean =>
  services.some(({ fate }) => fate === 'moves' || fate === 'loses');

export function planWhole(now: Snapshot, edited: Snapshot, options: DeskOptions, wall: Millis): WholePlan {
  const rehearsal = rehearse(now, options, wall);
  const before = standings(rehearsal, options);
  rehearsal.run(applyEdit(rehearsal, edited));
  const after = standings(rehearsal, options);
  const end = rehearsal.desk.nextGraceEnd();
  if (end !== null) {
    rehearsal.now = end;
    rehearsal.run(rehearsal.desk.endGraces(end));
  }
  const later = standings(rehearsal, options);
  const keys = new Set([...before.keys(), ...later.keys()]);
  const services = [...keys].sort().map((key): ServicePlan => {
    const [was, is, becomes] = [before, after, later].map((standing) => standing.get(key) ?? null);
    const plan = { before: was ?? null, after: is ?? null, later: becomes ?? null };
    return { key, ...plan, fate: fateOf(plan.before, plan.later) };
  });
  return { services, grace: end === null ? null : options.poolGrace };
}

/** The cluster as it is, taken over and at rest. */
export function rehearse(now: Snapshot, options: DeskOptions, wall: Millis): Rehearsal {
  const rehearsal = new Rehearsal(options, now.services, wall);
  const { desk } = rehearsal;
  desk.namespacesChanged(now.namespaces, new Set());
  desk.poolsChanged(reviewPools(now.pools, null), 0);
  desk.layer2OnlyChanged(now.layer2Only);
  rehearsal.run(desk.begin(0));
  return rehearsal;
}

/** Makes the edit, and answers with the keys to look at: namespaces, pools, then the Services by name. */
export function applyEdit({ desk, services, now }: Rehearsal, edited: Snapshot): readonly ServiceKey[] {
  const labelled = desk.namespacesChanged(edited.namespaces, new Set(edited.namespaces.keys()));
  const pools = desk.poolsChanged(reviewPools(edited.pools, desk.book), now);
  const layer2 = desk.layer2OnlyChanged(edited.layer2Only);
  return [...labelled, ...pools, ...layer2, ...changeServices(services, edited.services)];
}

function changeServices(
  services: Map<ServiceKey, Service>,
  edited: Iterable<Service>,
): readonly ServiceKey[] {
  const wanted = new Map([...edited].map((service) => [service.key, service]));
  const changed: ServiceKey[] = [];
  for (const key of new Set([...services.keys(), ...wanted.keys()])) {
    const [old, is] = [services.get(key), wanted.get(key)];
    if (is === undefined) services.delete(key);
    else services.set(key, old === undefined ? is : withStatusOf(old, is));
    changed.push(key);
  }
  return changed.sort();
}

/** An edit is of what people write: identity, status and our annotation stay as they are. */
function withStatusOf(old: Service, edited: Service): Service {
  const { [ALLOCATED_FROM]: _, ...wishes } = edited.annotations;
  const from = old.annotations[ALLOCATED_FROM];
  const { uid, resourceVersion, createdAt, deleting, conditions, statusWriter } = old;
  return {
    ...edited,
    uid,
    resourceVersion,
    createdAt,
    deleting,
    conditions,
    statusWriter,
    // The API server clears the status of a Service that is of that type no more.
    ingress: edited.type === 'LoadBalancer' ? old.ingress : [],
    clusterIPs: edited.clusterIPs.length > 0 ? edited.clusterIPs : old.clusterIPs,
    annotations: from === undefined ? wishes : { ...wishes, [ALLOCATED_FROM]: from },
  };
}

function standings({ services }: Rehearsal, options: DeskOptions): ReadonlyMap<ServiceKey, Standing> {
  const found = new Map<ServiceKey, Standing>();
  for (const service of services.values()) {
    if (!isMine(service, options)) continue;
    const said = service.conditions.find(({ type }) => type === ASSIGNED);
    found.set(service.key, {
      addresses: readShown(service).addresses,
      pool: service.annotations[ALLOCATED_FROM] ?? null,
      reason: (said?.reason ?? 'Assigned') as Reason,
      message: said?.message ?? '',
    });
  }
  return found;
}

function fateOf(before: Standing | null, later: Standing | null): Fate {
  if (later === null) return 'leaves';
  const had = before !== null && before.addresses.length > 0;
  if (later.addresses.length === 0) return had ? 'loses' : before === null ? 'starts-to-wait' : 'still-waits';
  if (!had) return 'gets';
  if (!sameAddresses(before.addresses, later.addresses)) return 'moves';
  return before.pool === later.pool && before.message === later.message ? 'keeps' : 'keeps-otherwise';
}
