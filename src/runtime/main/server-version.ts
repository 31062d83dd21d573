/** Says once, at the start of a program, that the cluster is too old for it. It runs on: a part of it may work. */
import { pause } from '../../base/abort.ts';
import type { Clock, Millis } from '../../base/clock.ts';
import type { ApiSender } from '../../kube/http/api-request.ts';
import { readServerVersion, tooOldSentence } from '../../objects/server-version.ts';
import type { Log } from '../../observe/log.ts';
import { API_REQUEST_TIMEOUT } from './adapters.ts';

/** Until the API server answers. */
const RETRY_INTERVAL: Millis = 30_000;
/** Unauthorized, forbidden, not found. */
const REFUSED_FOR_GOOD: ReadonlySet<number> = new Set([401, 403, 404]);

export type ServerCheck = {
  readonly client: ApiSender;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
};

/** Resolves when the server has answered, or `signal` is aborted. A server that refuses to tell its version is asked no more. */
export async function warnOfOldServer(
  { client, clock, log }: ServerCheck,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const outcome = await client.send({ method: 'GET', path: '/version', timeout: API_REQUEST_TIMEOUT });
    if (outcome.kind === 'ok') {
      const version = readServerVersion(outcome.body);
      const because = version === null ? null : tooOldSentence(version);
      if (because !== null) log.warn('the cluster is too old', { because });
      return;
    }
    if (outcome.kind === 'refused' && REFUSED_FOR_GOOD.has(outcome.status)) return;
    if (!(await pause(clock, RETRY_INTERVAL, signal))) return;
  }
}
