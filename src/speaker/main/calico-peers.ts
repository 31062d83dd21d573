/** Calico's BGPPeers, of whichever of its API groups there is. Who may not see them does without. */

import type { Raw } from '../../base/json.ts';
import type { Resource } from '../../kube/resource.ts';
import type { Node } from '../../objects/node.ts';
import { Informer, type InformerContext } from '../../runtime/main/informer.ts';
import { findCalicoRouters } from '../calico-routers.ts';
import type { InformerCallbacks } from './peer-secrets.ts';
import { ifChanged, toWatchedObject, type WatchedObject } from './watched-objects.ts';

const GROUPS = [
  ['projectcalico.org', 'v3'],
  ['crd.projectcalico.org', 'v1'],
] as const;

const resourceOf = ([group, version]: (typeof GROUPS)[number]): Resource => ({
  group,
  version,
  plural: 'bgppeers',
  kind: 'BGPPeer',
  namespaced: false,
});

export class CalicoPeers {
  readonly #informers: readonly Informer<WatchedObject>[];

  constructor(context: InformerContext, { changed, syncCallbacks }: InformerCallbacks) {
    this.#informers = GROUPS.map(
      (group) =>
        new Informer<WatchedObject>(context, {
          resource: resourceOf(group),
          decode: toWatchedObject,
          keyOf: ({ name }) => name,
          changed: ifChanged(changed),
          deleted: changed,
          mayBeAbsent: true,
          ...syncCallbacks,
        }),
    );
  }

  /** Nothing once each is known, or is known to be out of reach. */
  get unsynced(): readonly Pick<Informer<never>, 'name' | 'watchError'>[] {
    return this.#informers.filter(
      ({ isSyncedOrAbsent, watchError }) => !isSyncedOrAbsent && watchError === null,
    );
  }

  /** To whom Calico peers from the Node; see `findCalicoRouters`. */
  routersPeeredFrom(node: Pick<Node, 'name' | 'labels'> | null): ReadonlyMap<string, string> {
    const bgpPeers = this.#informers.flatMap(({ store }) => [...store.values()].map(({ raw }): Raw => raw));
    return bgpPeers.length === 0 || node === null ? new Map() : findCalicoRouters(bgpPeers, node);
  }

  /** Until `signal` is aborted and all have hung up. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#informers.map((informer) => informer.run(signal)));
  }
}
