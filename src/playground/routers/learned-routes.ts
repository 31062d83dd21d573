/**
 * What routers learn of each Service that has an address, by the same model that the controller's conditions come from.
 * The condition waits before it tells of a loss, lest a restart be news; who sits before a playground wants to see it now.
 */

import { abbreviateNames, compareText } from '../../base/text.ts';
import { routerFamily } from '../../calico/cluster/converged-cluster.ts';
import type { AssignedAddress } from '../../calico/findings/assigned-addresses.ts';
import { runChecks } from '../../calico/findings/diagnose.ts';
import { type ClusterSnapshot, takeSnapshot } from '../../calico/findings/snapshot.ts';
import type { ClusterObject } from '../../calico/objects/cluster-object.ts';
import { type AnnouncedVerdict, announcedVerdicts } from '../../calico/report/announced-verdicts.ts';
import { hashedRouterId } from '../../kube/node-router-id.ts';

export type LearnedRoutes = {
  /** For each address a line for each router, `10.10.0.1 via w1 w2`, or the reason why there is none. */
  readonly byAddress: ReadonlyMap<string, readonly string[]>;
  /** Whether that is as it should be. */
  readonly isOk: boolean;
  /** What else is to be said; null where nothing is. */
  readonly note: string | null;
};

/** By key. */
export type LearnedRoutesByService = ReadonlyMap<string, LearnedRoutes>;

/** `read`: the kinds of which everything is in `objects`. */
export function predictLearnedRoutes(
  objects: readonly ClusterObject[],
  completeKinds: ReadonlySet<string>,
): LearnedRoutesByService {
  const snapshot = takeSnapshot(objects, { hashRouterId: hashedRouterId, read: completeKinds });
  const { findings } = runChecks(snapshot);
  const addressesByService = new Map<string, AssignedAddress[]>();
  for (const address of snapshot.assigned) {
    for (const { key } of address.services) {
      const existing = addressesByService.get(key);
      if (existing === undefined) addressesByService.set(key, [address]);
      else existing.push(address);
    }
  }
  return new Map(
    [...announcedVerdicts(snapshot, findings)].map(([key, verdict]) => [
      key,
      toLearnedRoutes(snapshot, addressesByService.get(key) ?? [], verdict),
    ]),
  );
}

function toLearnedRoutes(
  snapshot: ClusterSnapshot,
  addresses: readonly AssignedAddress[],
  { status, reason, message }: AnnouncedVerdict,
): LearnedRoutes {
  const isOk = status === 'True';
  const routes = new Map(addresses.map((one) => [one.text, routesTo(snapshot, one)]));
  // Where every address has a route and all is not well, the routes themselves are what is wrong.
  const areRoutesWrong = !isOk && [...routes.values()].every(({ length }) => length > 0);
  const byAddress = new Map(
    [...routes].map(([address, lines]) => [address, areRoutesWrong || lines.length === 0 ? [reason] : lines]),
  );
  const hasShortfall = snapshot.unlearned.some(({ address }) => routes.has(address));
  return { byAddress, isOk, note: isOk && !hasShortfall ? null : message };
}

function routesTo({ converged }: ClusterSnapshot, { address }: AssignedAddress): readonly string[] {
  return converged.routers
    .filter((router) => routerFamily(router) === address.family)
    .flatMap((router) => {
      const from = converged.longestMatch(router, address)?.senders ?? [];
      return from.length === 0 ? [] : [`${router.name} via ${abbreviateNames([...from].sort(compareText))}`];
    });
}
