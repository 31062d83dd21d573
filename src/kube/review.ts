/**
 * Whose token this is and whether he may read a path of ours, asked of the API server: TokenReview, then
 * SubjectAccessReview. Answers are kept for a short while, under a digest, so that no token stays in memory.
 */

import { createHash } from 'node:crypto';
import type { Clock, Millis } from '../base/clock.ts';
import { fieldsOf, listOf, type Raw, textOf } from '../cluster/fields.ts';
import type { ApiSender } from './outcome.ts';
import { ACCESS_REVIEWS, apiVersion, collectionPath, type Resource, TOKEN_REVIEWS } from './resource.ts';

/** `unavailable`: nobody could be asked. */
export type ReviewVerdict = 'ok' | 'unauthenticated' | 'forbidden' | 'unavailable';

/** kube-apiserver keeps its own such answers for about as long. */
export const REVIEW_KEPT: Millis = 10_000;
export const REVIEWS_MAX = 128;
export const REVIEW_TIMEOUT: Millis = 5_000;

export type ReviewerOptions = {
  readonly client: ApiSender;
  readonly clock: Pick<Clock, 'now'>;
  /** What is asked for by GET: `/metrics`. */
  readonly path: string;
};

type Kept = { readonly verdict: Promise<ReviewVerdict>; readonly until: Millis };

export class Reviewer {
  readonly #options: ReviewerOptions;
  readonly #kept = new Map<string, Kept>();

  constructor(options: ReviewerOptions) {
    this.#options = options;
  }

  authorize(token: string): Promise<ReviewVerdict> {
    const now = this.#options.clock.now();
    const digest = createHash('sha256').update(token).digest('base64');
    const kept = this.#kept.get(digest);
    if (kept !== undefined && now < kept.until) return kept.verdict;
    const verdict = this.#ask(token);
    this.#keep(digest, { verdict, until: now + REVIEW_KEPT });
    void verdict.then((said) => {
      if (said === 'unavailable') this.#kept.delete(digest);
    });
    return verdict;
  }

  #keep(digest: string, kept: Kept): void {
    this.#kept.delete(digest);
    this.#kept.set(digest, kept);
    if (this.#kept.size <= REVIEWS_MAX) return;
    for (const oldest of this.#kept.keys()) {
      this.#kept.delete(oldest);
      return;
    }
  }

  async #ask(token: string): Promise<ReviewVerdict> {
    const authentication = await this.#review(TOKEN_REVIEWS, { token });
    if (authentication === null) return 'unavailable';
    if (authentication['authenticated'] !== true) return 'unauthenticated';
    const user = fieldsOf(authentication['user']);
    const access = await this.#review(ACCESS_REVIEWS, {
      user: textOf(user['username']),
      uid: textOf(user['uid']),
      groups: listOf(user['groups']),
      extra: fieldsOf(user['extra']),
      nonResourceAttributes: { path: this.#options.path, verb: 'get' },
    });
    if (access === null) return 'unavailable';
    return access['allowed'] === true && access['denied'] !== true ? 'ok' : 'forbidden';
  }

  /** The status of a review; null where there was none. */
  async #review(resource: Resource, spec: object): Promise<Raw | null> {
    const outcome = await this.#options.client.send({
      method: 'POST',
      path: collectionPath(resource),
      body: { apiVersion: apiVersion(resource), kind: resource.kind, spec },
      timeout: REVIEW_TIMEOUT,
    });
    return outcome.kind === 'ok' ? fieldsOf(fieldsOf(outcome.body)['status']) : null;
  }
}
