/** HTTP responses as values, and how they are sent. */

import { type StatusError, toStatus } from '../object/status.ts';
import type { JsonObject } from '../object/value.ts';

export type ApiResponse = {
  readonly code: number;
  readonly body: string | Buffer;
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

/** The response for an unknown group, version or resource, as Go's HTTP server sends it. */
export const pathNotFound = (): ApiResponse => textResponse(404, '404 page not found\n');

/** Warning headers (RFC 7234, 5.5), with code 299 and no agent, as client-go reads them. */
const warningHeader = (warnings: readonly string[]): Record<string, readonly string[]> =>
  warnings.length === 0
    ? {}
    : {
        warning: warnings.map(
          (warning) => `299 - "${warning.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
        ),
      };
