/**
 * Sends the writes of a process. Most writes that get no answer in time met a connection or a server that died, so the limit is
 * short, and a new attempt helps. Some hang at an admission webhook: the API server waits for it, for 10 s by default and 30 s at
 * most, and then goes on where its `failurePolicy` is Ignore. Such a write is given up each time, and would never succeed. So
 * the next write to a path that gave no answer has a long limit.
 *
 * A leader's write must end before another process may lead. In the usual case the end of the term sees to that. If the network
 * breaks meanwhile, the server does not notice that the client gave up. So it is told the limit with the write, and a long one is
 * sent only when the others wait for as long.
 */
import { setMaxListeners } from 'node:events';
import { putNewest } from '../../base/bounded-map.ts';
import type { Clock, Millis } from '../../base/clock.ts';
import {
  type ApiOutcome,
  type ApiRequest,
  type ApiSender,
  isServerTimeout,
} from '../../kube/http/api-request.ts';
import type { ApiStreamer } from '../../kube/http/stream.ts';
import { withQuery } from '../../kube/resource.ts';

/**
 * Longer than the API server waits for a webhook (`timeoutSeconds` is 30 at most), with time to store the object. The server itself
 * gives up every write after 34 s (`requestTimeoutUpperBound` of kube-apiserver).
 */
export const PATIENT_WRITE_TIMEOUT: Millis = 35_000;

/** The server gives up this much before the client, and its response says so. A connection that died gives none. */
const RESPONSE_MARGIN: Millis = 1000;

/** Paths whose last write got no answer; of more than that, the oldest is forgotten, and is tried with the short limit. */
export const UNANSWERED_PATHS_MAX = 10_000;

export type PatientWritesOptions = {
  readonly client: ApiSender & ApiStreamer;
  readonly clock: Pick<Clock, 'after'>;
  /**
   * Makes sure that no other process leads before a write of this length has ended. Gives the function to call at its end;
   * null where this process does not lead. Absent where others may write meanwhile.
   */
  readonly extendTerm?: (writeTimeout: Millis) => Promise<(() => void) | null>;
  /** Time that the writes in flight have after the end of a term. */
  readonly grace: Millis;
};

export class PatientWrites implements ApiSender, ApiStreamer {
  readonly #options: PatientWritesOptions;
  readonly #unanswered = new Map<string, true>();
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
    const { client, clock, extendTerm } = this.#options;
    if (request.method === 'GET') return client.send(request);
    const term = this.#term;
    if (term === null) return client.send(withServerTimeout(request));
    if (!this.#unanswered.has(request.path)) return this.#sendWithin(term.signal, request);
    const timeout = Math.max(request.timeout, PATIENT_WRITE_TIMEOUT);
    const end = extendTerm === undefined ? (): void => {} : await extendTerm(timeout);
    if (end === null || this.#term !== term) {
      end?.();
      return { kind: 'unsent', because: 'the term ended before a long write could begin' };
    }
    const outcome = await this.#sendWithin(term.signal, { ...request, timeout });
    // The server may have received it late, and may not notice that the client gave up.
    if (outcome.kind === 'unknown') clock.after(timeout, end);
    else end();
    return outcome;
  }

  async #sendWithin(signal: AbortSignal, request: ApiRequest): Promise<ApiOutcome> {
    const { path } = request;
    const outcome = await this.#options.client.send({ ...withServerTimeout(request), signal });
    const isUnanswered = outcome.kind === 'unknown' && outcome.isTooLarge !== true;
    if (isUnanswered || isServerTimeout(outcome))
      putNewest(this.#unanswered, UNANSWERED_PATHS_MAX, path, true);
    else if (outcome.kind !== 'unsent') this.#unanswered.delete(path);
    return outcome;
  }

  stream(...args: Parameters<ApiStreamer['stream']>): () => void {
    return this.#options.client.stream(...args);
  }
}

/** The request with its limit for the server, which any write of the Kubernetes API takes. */
function withServerTimeout(request: ApiRequest): ApiRequest {
  const { path, timeout } = request;
  const limit = Math.ceil(timeout - Math.min(RESPONSE_MARGIN, timeout / 4));
  return { ...request, path: withQuery(path, { timeout: `${limit}ms` }) };
}
