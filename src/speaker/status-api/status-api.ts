/**
 * Status API of a speaker: read-only documents for `berth bgp`. They contain no secrets: of a password only whether it is
 * set.
 */
import type { Millis } from '../../base/clock.ts';
import type { StatusApiContext } from './context.ts';
import { describePeers, type PeersDocument } from './peers-document.ts';
import { describeRoutes, type RoutesDocument } from './routes-document.ts';
import { describeService, type ServiceDocument } from './service-document.ts';

/** How long a routes document is cached: building one of ten thousand routes takes some 30 ms. */
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

  /** Routes of one peer, or of all if `peer` is null. */
  routes(peer: string | null): RoutesDocument {
    const now = this.#context.clock.now();
    for (const [name, { at }] of this.#routes) if (now - at >= ROUTES_MAX_AGE) this.#routes.delete(name);
    const cached = this.#routes.get(peer);
    if (cached !== undefined) return cached.view;
    const document = describeRoutes(this.#context, peer);
    if (document.peers.length > 0) this.#routes.set(peer, { at: now, view: document }); // arbitrary names must not grow the cache
    return document;
  }

  /** `key` is `namespace/name`. */
  service(key: string): ServiceDocument {
    return describeService(this.#context, key, (peer) => this.routes(peer).peers[0]?.routes ?? []);
  }
}
