/** What goes back over the wire, as a value. */

import { type StatusError, toStatus } from '../status.ts';
import type { JsonObject } from '../value.ts';

export type ApiResponse = {
  readonly code: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
};

export const jsonResponse = (
  code: number,
  body: JsonObject | string,
  warnings: readonly string[] = [],
): ApiResponse => ({
  code,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...warningHeader(warnings) },
});

export const errorResponse = (error: StatusError): ApiResponse => {
  const response = jsonResponse(error.code, toStatus(error));
  const seconds = error.details?.['retryAfterSeconds'];
  return typeof seconds === 'number'
    ? { ...response, headers: { ...response.headers, 'retry-after': String(seconds) } }
    : response;
};

export const textResponse = (code: number, body: string): ApiResponse => ({
  code,
  body,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
});

/** No such path: what an unknown group, version or resource gets, in Go's own words. */
export const pathNotFound = (): ApiResponse => textResponse(404, '404 page not found\n');

/** RFC 9111 5.5 had them last; code 299 and no agent, as client-go reads them. */
const warningHeader = (warnings: readonly string[]): Record<string, readonly string[]> =>
  warnings.length === 0
    ? {}
    : {
        warning: warnings.map(
          (warning) => `299 - "${warning.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
        ),
      };
