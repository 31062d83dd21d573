/** Informers of Calico's BGPPeers in both of its API groups. Without the right to read them a speaker runs without them. */

import type { Raw } from '../../base/json.ts';
import { findCalicoRouters } from '../../calico/confd/calico-routers.ts';
import { calicoResource } from '../../kube/resource.ts';
import { CALICO_GROUPS } from '../../objects/api-group.ts';
import type { Node } from '../../objects/node.ts';
import { Informer, type InformerContext } from '../../runtime/main/informer.ts';
import { sameWatchedObject, toWatchedObject, type WatchedObject } from '../../runtime/main/watched-object.ts';
import type { InformerCallbacks } from './peer-secrets.ts';

export class CalicoPeers {
  readonly #informers: readonly Informer<WatchedObject>[];

  constructor(context: InformerContext, { changed, syncCallbacks }: InformerCallbacks) {
    this.#informers = CALICO_GROUPS.map(
      (group) =>
        new Informer<WatchedObject>(
          context,
          {
            resource: calicoResource(group, 'bgppeers', 'BGPPeer'),
            decode: toWatchedObject,
            keyOf: ({ name }) => name,
            mayBeAbsent: true,
          },
          { isSame: sameWatchedObject, changed, deleted: changed, ...syncCallbacks },
        ),
    );
  }

  /** Informers that have neither synced nor failed. */
  get unsynced(): readonly Pick<Informer<never>, 'name' | 'watchError'>[] {
    return this.#informers.filter(
      ({ isSyncedOrAbsent, watchError }) => !isSyncedOrAbsent && watchError === null,
    );
  }

  /** Routers that Calico peers with from this Node; see `findCalicoRouters`. */
  routersPeeredFrom(node: Pick<Node, 'name' | 'labels'> | null): ReadonlyMap<string, string> {
    const bgpPeers = this.#informers.flatMap(({ store }) => [...store.values()].map(({ raw }): Raw => raw));
    return bgpPeers.length === 0 || node === null ? new Map() : findCalicoRouters(bgpPeers, node);
  }

  /** Until `signal` is aborted and all watches are closed. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#informers.map((informer) => informer.run(signal)));
  }
}
