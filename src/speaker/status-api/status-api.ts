/**
 * What a speaker says of itself when it is asked. Nothing in it is a secret, and nothing is changed by asking: of a
 * password only whether there is one.
 */
import type { Millis } from '../../base/clock.ts';
import type { StatusApiContext } from './context.ts';
import { describePeers, type PeersDocument } from './peers-document.ts';
import { describeRoutes, type RoutesDocument } from './routes-document.ts';
import { describeService, type ServiceDocument } from './service-document.ts';

/** Ten thousand routes take some 30 ms: whoever asks again within this time gets the same answer. */
export const ROUTES_MAX_AGE: Millis = 1_000;

export class StatusApi {
  readonly #context: StatusApiContext;
  readonly #routes = new Map<string | null, { readonly at: Millis; readonly view: RoutesDocument }>();

  constructor(context: StatusApiContext) {
    this.#context = context;
  }

  peers(): PeersDocument {
    return describePeers(this.#context);
  }

  /** Of all peers where `peer` is null. */
  routes(peer: string | null): RoutesDocument {
    const now = this.#context.clock.now();
    for (const [name, { at }] of this.#routes) if (now - at >= ROUTES_MAX_AGE) this.#routes.delete(name);
    const cached = this.#routes.get(peer);
    if (cached !== undefined) return cached.view;
    const document = describeRoutes(this.#context, peer);
    if (document.peers.length > 0) this.#routes.set(peer, { at: now, view: document }); // whoever asks may ask for any name
    return document;
  }

  /** `key` is `namespace/name`. */
  service(key: string): ServiceDocument {
    return describeService(this.#context, key, (peer) => this.routes(peer).peers[0]?.routes ?? []);
  }
}
