/**
 * Status API of a speaker: read-only documents for `berth bgp`. They contain no secrets: of a password only whether it is
 * set. The work for a document is proportional to what it contains.
 */
import type { StatusApiContext } from './context.ts';
import { describePeers, type PeersDocument } from './peers-document.ts';
import { type DocumentParts, routesDocumentParts } from './routes-document.ts';
import { describeService, type ServiceDocument } from './service-document.ts';

export class StatusApi {
  readonly #context: StatusApiContext;

  constructor(context: StatusApiContext) {
    this.#context = context;
  }

  peers(): PeersDocument {
    return describePeers(this.#context);
  }

  /** The text of a `RoutesDocument`: routes of one peer, or of all if `peer` is null. */
  routes(peer: string | null): DocumentParts {
    return routesDocumentParts(this.#context, peer);
  }

  /** `key` is `namespace/name`. */
  service(key: string): ServiceDocument {
    return describeService(this.#context, key);
  }
}
