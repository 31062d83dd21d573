/** What an API server answers when it does not do what was asked: `metav1.Status`, in the words of the real one. */

import { type FieldError, fieldErrorText } from './fielderror.ts';
import type { JsonObject } from './value.ts';

/** An answer other than success; `code` is the HTTP status. */
export type Failure = {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: JsonObject;
};

/** What messages need to know of a resource. */
export type Named = { readonly group: string; readonly plural: string; readonly kind: string };

/** `services`, or `ipaddresspools.metallb.io`. */
export const qualified = (name: string, group: string): string => (group === '' ? name : `${name}.${group}`);

export const statusOf = (failure: Failure): JsonObject => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: failure.message,
  ...(failure.reason === '' ? {} : { reason: failure.reason }),
  ...(failure.details === undefined ? {} : { details: failure.details }),
  code: failure.code,
});

export const successOf = (details: JsonObject): JsonObject => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details,
});

const detailsOf = (of: Named, name: string): JsonObject => ({
  name,
  ...(of.group === '' ? {} : { group: of.group }),
  kind: of.plural,
});

export const notFound = (of: Named, name: string): Failure => ({
  code: 404,
  reason: 'NotFound',
  message: `${qualified(of.plural, of.group)} "${name}" not found`,
  details: detailsOf(of, name),
});

export const alreadyExists = (of: Named, name: string): Failure => ({
  code: 409,
  reason: 'AlreadyExists',
  message: `${qualified(of.plural, of.group)} "${name}" already exists`,
  details: detailsOf(of, name),
});

export const conflict = (of: Named, name: string, because: string): Failure => ({
  code: 409,
  reason: 'Conflict',
  message: `Operation cannot be fulfilled on ${qualified(of.plural, of.group)} "${name}": ${because}`,
  details: detailsOf(of, name),
});

export const MODIFIED =
  'the object has been modified; please apply your changes to the latest version and try again';

/** 422 with one cause per field. */
export function invalid(of: Named, name: string, errors: readonly FieldError[]): Failure {
  const texts = [...new Set(errors.map(fieldErrorText))];
  return {
    code: 422,
    reason: 'Invalid',
    message: `${qualified(of.kind, of.group)} ${JSON.stringify(name)} is invalid: ${texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`}`,
    details: {
      name,
      ...(of.group === '' ? {} : { group: of.group }),
      kind: of.kind,
      causes: errors.map((error) => ({
        reason: error.reason,
        message: fieldErrorText(error).slice(error.field.length + 2),
        field: error.field,
      })),
    },
  };
}

export const badRequest = (message: string): Failure => ({ code: 400, reason: 'BadRequest', message });

export const forbidden = (of: Named, name: string, because: string): Failure => ({
  code: 403,
  reason: 'Forbidden',
  message: `${qualified(of.plural, of.group)} "${name}" is forbidden: ${because}`,
  details: detailsOf(of, name),
});

export const methodNotAllowed = (): Failure => ({
  code: 405,
  reason: 'MethodNotAllowed',
  message: 'the server does not allow this method on the requested resource',
  details: {},
});

export const unsupportedMediaType = (accepted: readonly string[]): Failure => ({
  code: 415,
  reason: 'UnsupportedMediaType',
  message: `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
});

export const notAcceptable = (accepted: readonly string[]): Failure => ({
  code: 406,
  reason: 'NotAcceptable',
  message: `only the following media types are accepted: ${accepted.join(', ')}`,
});

export const tooLarge = (bytesMax: number): Failure => ({
  code: 413,
  reason: 'RequestEntityTooLarge',
  message: `Request entity too large: limit is ${bytesMax}`,
});

export const expired = (message: string): Failure => ({ code: 410, reason: 'Expired', message });

export const internal = (message: string): Failure => ({
  code: 500,
  reason: 'InternalError',
  message: `Internal error occurred: ${message}`,
  details: { causes: [{ message }] },
});
