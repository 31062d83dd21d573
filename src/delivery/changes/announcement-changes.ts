/**
 * What an edit announces and withdraws: the difference between what the speakers announce before and after it, for each session,
 * route and address.
 */
import { compareText } from '../../base/text.ts';
import { type AnnouncedState, type Delivery, isDelivered } from '../deliveries.ts';
import { type PeerRouteChange, routeChanges } from './route-changes.ts';
import { type SessionChange, sessionChanges } from './session-changes.ts';

/** Another node answers by layer 2, or none does any more. */
export type OwnerChange = {
  readonly address: string;
  readonly before: string | null;
  readonly after: string | null;
  /** That have the address, before or after. */
  readonly services: readonly string[];
};

/** An address that a Service has after the edit, and that no route and no owner leads to. */
export type UnreachedAddress = {
  readonly service: string;
  readonly address: string;
  /** It had a route or an owner before the edit; else it is new. */
  readonly wasReached: boolean;
};

export type AnnouncementChanges = {
  readonly sessions: readonly SessionChange[];
  readonly routes: readonly PeerRouteChange[];
  readonly owners: readonly OwnerChange[];
  readonly unreached: readonly UnreachedAddress[];
};

export function announcementChanges(before: AnnouncedState, after: AnnouncedState): AnnouncementChanges {
  return {
    sessions: sessionChanges(before.announcements, after.announcements),
    routes: routeChanges(before, after),
    owners: ownerChanges(before.deliveries, after.deliveries),
    unreached: unreachedAddresses(before.deliveries, after.deliveries),
  };
}

/** Whether traffic stops or is interrupted: a route or an owner is lost, an owner changes, or a session starts again. */
export const losesAnnouncements = ({ sessions, routes, owners, unreached }: AnnouncementChanges): boolean =>
  sessions.some(({ change }) => change !== 'opens') ||
  routes.some(({ before, after }) => before.some((node) => !after.includes(node))) ||
  owners.some(({ before }) => before !== null) ||
  unreached.some(({ wasReached }) => wasReached);

export const hasAnnouncementChanges = ({
  sessions,
  routes,
  owners,
  unreached,
}: AnnouncementChanges): boolean => [sessions, routes, owners, unreached].some((list) => list.length > 0);

type AddressOwner = { readonly owner: string | null; readonly services: readonly string[] };

function ownerChanges(before: readonly Delivery[], after: readonly Delivery[]): readonly OwnerChange[] {
  const [was, is] = [ownersOf(before), ownersOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])].sort(compareText).flatMap((address): OwnerChange[] => {
    const [old, updated] = [was.get(address), is.get(address)];
    if ((old?.owner ?? null) === (updated?.owner ?? null)) return [];
    const services = [...new Set([...(old?.services ?? []), ...(updated?.services ?? [])])];
    return [{ address, before: old?.owner ?? null, after: updated?.owner ?? null, services }];
  });
}

/** By address: Services that share it have one owner. */
function ownersOf(deliveries: readonly Delivery[]): ReadonlyMap<string, AddressOwner> {
  const owners = new Map<string, AddressOwner>();
  for (const { address, owner, service } of deliveries) {
    const known = owners.get(address);
    owners.set(address, {
      owner: known?.owner ?? owner,
      services: [...(known?.services ?? []), service],
    });
  }
  return owners;
}

function unreachedAddresses(
  before: readonly Delivery[],
  after: readonly Delivery[],
): readonly UnreachedAddress[] {
  const known = new Map(before.map((one) => [idOf(one), one]));
  return after.flatMap((one): UnreachedAddress[] => {
    const { service, address } = one;
    const old = known.get(idOf(one));
    if (isDelivered(one) || (old !== undefined && !isDelivered(old))) return [];
    return [{ service, address, wasReached: old !== undefined }];
  });
}

const idOf = ({ service, address }: Delivery): string => `${service} ${address}`;
