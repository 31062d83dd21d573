/**
 * Authenticates a token and authorizes it for one path, by the API server: a TokenReview, then a SubjectAccessReview.
 * Results are cached for ten seconds, by digest, so that no token stays in memory.
 */

import { createHash } from 'node:crypto';
import { putNewest } from '../base/bounded-map.ts';
import type { Clock, Millis } from '../base/clock.ts';
import { fieldsOf, listOf, type Raw, textOf } from '../base/json.ts';
import { apiVersionOf } from '../objects/api-group.ts';
import type { ApiSender } from './http/api-request.ts';
import { collectionPath, type Resource, SUBJECT_ACCESS_REVIEWS, TOKEN_REVIEWS } from './resource.ts';

/** `unavailable`: the API server gave no answer. */
export type TokenAuthorization = 'ok' | 'unauthenticated' | 'forbidden' | 'unavailable';

/** kube-apiserver caches its own reviews for about as long. */
export const REVIEW_CACHE_TTL: Millis = 10_000;
export const CACHED_REVIEWS_MAX = 128;
/** A projected token is renewed within an hour. */
export const KNOWN_TOKEN_TTL: Millis = 60 * 60 * 1000;
export const KNOWN_TOKENS_MAX = 128;
export const REVIEW_TIMEOUT: Millis = 5_000;

export type DelegatedAuthorizerOptions = {
  readonly client: ApiSender;
  readonly clock: Pick<Clock, 'now'>;
  /** The non-resource URL that is read: `/metrics`. */
  readonly path: string;
};

type CachedReview = { readonly result: Promise<TokenAuthorization>; readonly expiresAt: Millis };

export class DelegatedAuthorizer {
  readonly #options: DelegatedAuthorizerOptions;
  readonly #cache = new Map<string, CachedReview>();
  /** When each token was last authorized, by digest. Made-up tokens do not enter it, so they displace none. */
  readonly #authorizedAt = new Map<string, Millis>();

  constructor(options: DelegatedAuthorizerOptions) {
    this.#options = options;
  }

  /** The review of the last ten seconds, or the one in flight; null if there is none. */
  recall(token: string): Promise<TokenAuthorization> | null {
    const cached = this.#cache.get(digestOf(token));
    return cached !== undefined && this.#options.clock.now() < cached.expiresAt ? cached.result : null;
  }

  /** The token was authorized within the last hour. That permits nothing: it says which review comes first. */
  wasAuthorized(token: string): boolean {
    const at = this.#authorizedAt.get(digestOf(token));
    return at !== undefined && this.#options.clock.now() - at < KNOWN_TOKEN_TTL;
  }

  authorize(token: string): Promise<TokenAuthorization> {
    const recalled = this.recall(token);
    if (recalled !== null) return recalled;
    const { clock } = this.#options;
    const digest = digestOf(token);
    const result = this.#review(token);
    putNewest(this.#cache, CACHED_REVIEWS_MAX, digest, {
      result,
      expiresAt: clock.now() + REVIEW_CACHE_TTL,
    });
    void result.then((settled) => {
      if (settled === 'unavailable') this.#cache.delete(digest);
      else if (settled === 'ok') putNewest(this.#authorizedAt, KNOWN_TOKENS_MAX, digest, clock.now());
      else this.#authorizedAt.delete(digest);
    });
    return result;
  }

  async #review(token: string): Promise<TokenAuthorization> {
    const authentication = await this.#createReview(TOKEN_REVIEWS, { token });
    if (authentication === null) return 'unavailable';
    if (authentication['authenticated'] !== true) return 'unauthenticated';
    const user = fieldsOf(authentication['user']);
    const access = await this.#createReview(SUBJECT_ACCESS_REVIEWS, {
      user: textOf(user['username']),
      uid: textOf(user['uid']),
      groups: listOf(user['groups']),
      extra: fieldsOf(user['extra']),
      nonResourceAttributes: { path: this.#options.path, verb: 'get' },
    });
    if (access === null) return 'unavailable';
    return access['allowed'] === true && access['denied'] !== true ? 'ok' : 'forbidden';
  }

  /** The status of a review; null where the request failed. */
  async #createReview(resource: Resource, spec: object): Promise<Raw | null> {
    const outcome = await this.#options.client.send({
      method: 'POST',
      path: collectionPath(resource),
      body: { apiVersion: apiVersionOf(resource), kind: resource.kind, spec },
      timeout: REVIEW_TIMEOUT,
    });
    return outcome.kind === 'ok' ? fieldsOf(fieldsOf(outcome.body)['status']) : null;
  }
}

const digestOf = (token: string): string => createHash('sha256').update(token).digest('base64');
