/** What goes back over the wire, as a value. */

import { type Failure, statusOf } from '../status.ts';
import type { JsonObject } from '../value.ts';

export type Answer = {
  readonly code: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
};

export const jsonAnswer = (
  code: number,
  body: JsonObject | string,
  warnings: readonly string[] = [],
): Answer => ({
  code,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...warningHeader(warnings) },
});

export const failureAnswer = (failure: Failure): Answer => {
  const answer = jsonAnswer(failure.code, statusOf(failure));
  const seconds = failure.details?.['retryAfterSeconds'];
  return typeof seconds === 'number'
    ? { ...answer, headers: { ...answer.headers, 'retry-after': String(seconds) } }
    : answer;
};

export const textAnswer = (code: number, body: string): Answer => ({
  code,
  body,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
});

/** No such path: what an unknown group, version or resource gets, in Go's own words. */
export const noSuchPath = (): Answer => textAnswer(404, '404 page not found\n');

/** RFC 9111 5.5 had them last; code 299 and no agent, as client-go reads them. */
const warningHeader = (warnings: readonly string[]): Record<string, readonly string[]> =>
  warnings.length === 0
    ? {}
    : { warning: warnings.map((says) => `299 - "${says.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`) };
