/** What every verdict goes by: the desk as the controller would have it, with all standing addresses taken over. */
import type { Millis } from '../../base/clock.ts';
import type { Service, ServiceKey } from '../../cluster/service.ts';
import { reviewPools } from '../../config/pools.ts';
import type { Grounds } from '../../plan/context.ts';
import { Desk, type DeskOptions } from '../../plan/desk.ts';
import { rehearse, type Snapshot } from '../../plan/whole.ts';

export type Ground = {
  readonly grounds: Grounds;
  readonly services: ReadonlyMap<ServiceKey, Service>;
};

/** The cluster as it is: nothing is granted to anybody. */
export function groundAsIs(snapshot: Snapshot, options: DeskOptions): Ground {
  const services = new Map([...snapshot.services].map((service) => [service.key, service]));
  const desk = new Desk(options, services);
  desk.namespacesChanged(snapshot.namespaces, new Set());
  desk.poolsChanged(reviewPools(snapshot.pools, null), 0);
  desk.layer2OnlyChanged(snapshot.layer2Only);
  desk.begin(0);
  return { grounds: desk.grounds, services };
}

/** The cluster as it will be: files say nothing of who is given what, so that is worked out. */
export function groundAtRest(snapshot: Snapshot, options: DeskOptions, wall: Millis): Ground {
  const { desk, services } = rehearse(snapshot, options, wall);
  return { grounds: desk.grounds, services };
}
