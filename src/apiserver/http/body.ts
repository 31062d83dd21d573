/** Reads and decodes the body of a request: JSON, or YAML. */

import type { IncomingMessage } from 'node:http';
import { err, ok, type Result } from '../../base/result.ts';
import { badRequest, type StatusError, tooLarge, unsupportedMediaType } from '../object/status.ts';
import type { Json } from '../object/value.ts';

/** As in kube-apiserver (`MaxRequestBodyBytes`). */
export const BODY_BYTES_MAX = 3 * 1024 * 1024;

/** The decoded body; undefined where there is none. Rejects only when the connection breaks. */
export async function readBody(
  request: IncomingMessage,
  contentType: string,
): Promise<Result<Json | undefined, StatusError>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // A body that is too large is read to its end and discarded, so that the response can be sent.
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  if (bytes > BODY_BYTES_MAX) return err(tooLarge(BODY_BYTES_MAX));
  if (bytes === 0) return ok(undefined);
  if (!isJson(contentType)) return err(unsupportedMediaType(['application/json']));
  return parseJson(Buffer.concat(chunks).toString());
}

/**
 * A body without a type is refused. kube-apiserver takes it as JSON, but has authentication; a web page can send such a
 * body across origins without asking (Fetch, CORS-safelisted). Server-side apply is YAML; `verbs/patch.ts` refuses it.
 */
const isJson = (contentType: string): boolean =>
  contentType === 'application/json' || contentType.endsWith('+json') || contentType.endsWith('+yaml');

function parseJson(text: string): Result<Json | undefined, StatusError> {
  try {
    return ok(JSON.parse(text) as Json);
  } catch (cause) {
    return err(
      badRequest(`couldn't get version/kind; json parse error: ${String((cause as Error).message)}`),
    );
  }
}
