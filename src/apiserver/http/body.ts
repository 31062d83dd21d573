/** Reads and decodes the body of a request: JSON, YAML, or protobuf. */

import type { IncomingMessage } from 'node:http';
import { parse } from 'yaml';
import { err, ok, type Result } from '../../base/result.ts';
import { badRequest, type StatusError, tooLarge, unsupportedMediaType } from '../object/status.ts';
import type { Json } from '../object/value.ts';
import { decodeProtobuf, PROTOBUF_TYPE } from '../wire/decode-protobuf.ts';

/** As in kube-apiserver (`MaxRequestBodyBytes`). */
export const BODY_BYTES_MAX = 3 * 1024 * 1024;

export type BodyFormat = {
  readonly contentType: string;
  /** Built-in kinds accept protobuf too, and custom ones do not. */
  readonly acceptsProtobuf: boolean;
};

/** The decoded body; undefined where there is none. Rejects only when the connection breaks. */
export async function readBody(
  request: IncomingMessage,
  { contentType, acceptsProtobuf }: BodyFormat,
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
  const body = Buffer.concat(chunks);
  if (isJson(contentType)) return parseJson(body.toString());
  if (isYaml(contentType)) return parseYaml(body.toString());
  if (acceptsProtobuf && contentType === PROTOBUF_TYPE) {
    const decoded = decodeProtobuf(body);
    return decoded.ok ? decoded : err(badRequest(decoded.error));
  }
  const accepted = ['application/json', 'application/yaml', ...(acceptsProtobuf ? [PROTOBUF_TYPE] : [])];
  return err(unsupportedMediaType(accepted));
}

/**
 * A body without a type is refused. kube-apiserver takes it as JSON, but has authentication; a web page can send such a
 * body across origins without asking (Fetch, CORS-safelisted).
 */
const isJson = (contentType: string): boolean =>
  contentType === 'application/json' || contentType.endsWith('+json');

/** Server-side apply is YAML, which may be JSON. */
const isYaml = (contentType: string): boolean =>
  contentType === 'application/yaml' || contentType.endsWith('+yaml');

function parseJson(text: string): Result<Json | undefined, StatusError> {
  try {
    return ok(JSON.parse(text) as Json);
  } catch (cause) {
    return err(
      badRequest(`couldn't get version/kind; json parse error: ${String((cause as Error).message)}`),
    );
  }
}

function parseYaml(text: string): Result<Json | undefined, StatusError> {
  try {
    // A warning about the text would be printed by the process.
    return ok(parse(text, { logLevel: 'error' }) as Json);
  } catch (cause) {
    return err(badRequest(`error decoding YAML: ${String((cause as Error).message)}`));
  }
}
