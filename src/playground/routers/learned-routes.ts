/**
 * This file predicts the routes that routers learn to each Service with an address. It uses the model that the condition
 * `berth.dev/Announced` uses. The condition delays a loss, because of restarts; the playground shows a loss at once.
 */

import { abbreviateNames, compareText } from '../../base/text.ts';
import { routerFamily } from '../../calico/cluster/converged-cluster.ts';
import type { AssignedAddress } from '../../calico/findings/assigned-addresses.ts';
import { diagnoseSnapshot } from '../../calico/findings/diagnose.ts';
import { type ClusterSnapshot, takeSnapshot } from '../../calico/findings/snapshot.ts';
import type { ClusterObject } from '../../calico/objects/cluster-object.ts';
import { type AnnouncedVerdict, announcedVerdicts } from '../../calico/report/announced-verdicts.ts';
import { hashedRouterId } from '../../kube/node-router-id.ts';

export type LearnedRoutes = {
  /** For each address: one line for each router, `10.10.0.1 via w1 w2`, or the reason why no router learns it. */
  readonly byAddress: ReadonlyMap<string, readonly string[]>;
  /** Whether the routes are as expected. */
  readonly isOk: boolean;
  /** The explanation of what is wrong; null where nothing is. */
  readonly note: string | null;
};

/** By `namespace/name`. */
export type LearnedRoutesByService = ReadonlyMap<string, LearnedRoutes>;

/** Predicts the routes. `completeKinds` are the kinds of which `objects` has every object. */
export function predictLearnedRoutes(
  objects: readonly ClusterObject[],
  completeKinds: ReadonlySet<string>,
): LearnedRoutesByService {
  const snapshot = takeSnapshot(objects, { hashRouterId: hashedRouterId, read: completeKinds });
  const { findings } = diagnoseSnapshot(snapshot);
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
  // With a route to every address and a failed verdict, the routes themselves are wrong, as with LocalLeak.
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
