/**
 * What a speaker says of itself when it is asked. Nothing in it is a secret, and nothing is changed by asking: of a
 * password only whether there is one.
 */
import type { Millis } from '../base/clock.ts';
import { type PeersView, peersView } from './viewpeers.ts';
import { type RoutesView, routesView } from './viewroutes.ts';
import { type ServiceAnnouncing, serviceAnnouncing } from './viewservice.ts';
import type { Sight } from './viewsight.ts';

/** Ten thousand routes take some 30 ms: whoever asks again within this time gets the same answer. */
export const ROUTES_AGE: Millis = 1_000;

export class View {
  readonly #sight: Sight;
  readonly #routes = new Map<string | null, { readonly at: Millis; readonly view: RoutesView }>();

  constructor(sight: Sight) {
    this.#sight = sight;
  }

  peers(): PeersView {
    return peersView(this.#sight);
  }

  /** Of all peers where `peer` is null. */
  routes(peer: string | null): RoutesView {
    const now = this.#sight.clock.now();
    for (const [name, { at }] of this.#routes) if (now - at >= ROUTES_AGE) this.#routes.delete(name);
    const known = this.#routes.get(peer);
    if (known !== undefined) return known.view;
    const view = routesView(this.#sight, peer);
    if (view.peers.length > 0) this.#routes.set(peer, { at: now, view }); // whoever asks may ask for any name
    return view;
  }

  /** `key` is `namespace/name`. */
  service(key: string): ServiceAnnouncing {
    return serviceAnnouncing(this.#sight, key, (peer) => this.routes(peer).peers[0]?.routes ?? []);
  }
}
