/**
 * Sends the writes of a process. Most writes that get no answer in time met a connection or a server that died, so the limit is
 * short, and a new attempt helps. Some hang at an admission webhook: the API server waits for it, for 10 s by default and 30 s at
 * most, and then goes on where its `failurePolicy` is Ignore. Such a write is given up each time, and would never succeed. So
 * the next write to a path that gave no answer has a long limit.
 *
 * A term bounds that: a leader's write must end before another process may lead.
 */
import { setMaxListeners } from 'node:events';
import type { Clock, Millis } from '../../base/clock.ts';
import type { ApiOutcome, ApiRequest, ApiSender } from '../../kube/http/api-request.ts';
import type { ApiStreamer } from '../../kube/http/stream.ts';

/** Longer than the API server waits for a webhook (`timeoutSeconds` is 30 at most), with time to store the object. */
export const PATIENT_WRITE_TIMEOUT: Millis = 35_000;

/** Paths whose last write got no answer; of more than that, the oldest is forgotten, and is tried with the short limit. */
export const UNANSWERED_PATHS_MAX = 10_000;

export type PatientWritesOptions = {
  readonly client: ApiSender & ApiStreamer;
  readonly clock: Pick<Clock, 'after'>;
  /** Time that the writes in flight have after the end of a term. */
  readonly grace: Millis;
};

export class PatientWrites implements ApiSender, ApiStreamer {
  readonly #options: PatientWritesOptions;
  readonly #unanswered = new Set<string>();
  /** Aborts the writes of the term; null outside of one. */
  #term: AbortController | null = null;

  constructor(options: PatientWritesOptions) {
    this.#options = options;
  }

  /** From now on, writes may have the long limit. */
  begin(): void {
    this.#term = new AbortController();
    setMaxListeners(0, this.#term.signal); // one listener for each write in flight
  }

  /** Writes in flight end within the grace; later ones have the short limit. */
  end(): void {
    const { clock, grace } = this.#options;
    const ended = this.#term;
    this.#term = null;
    if (ended !== null) clock.after(grace, () => ended.abort());
  }

  async send(request: ApiRequest): Promise<ApiOutcome> {
    const { client } = this.#options;
    if (request.method === 'GET' || this.#term === null) return client.send(request);
    const { path } = request;
    const timeout = this.#unanswered.has(path)
      ? Math.max(request.timeout, PATIENT_WRITE_TIMEOUT)
      : request.timeout;
    const outcome = await client.send({ ...request, timeout, signal: this.#term.signal });
    if (outcome.kind === 'unknown' && outcome.isTooLarge !== true) this.#remember(path);
    else if (outcome.kind !== 'unsent') this.#unanswered.delete(path);
    return outcome;
  }

  stream(...args: Parameters<ApiStreamer['stream']>): () => void {
    return this.#options.client.stream(...args);
  }

  /** A set keeps the order of insertion. */
  #remember(path: string): void {
    this.#unanswered.add(path);
    if (this.#unanswered.size <= UNANSWERED_PATHS_MAX) return;
    for (const oldest of this.#unanswered) {
      this.#unanswered.delete(oldest);
      return;
    }
  }
}
