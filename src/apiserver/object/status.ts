/** Errors of the API server as `metav1.Status`, with the messages of kube-apiserver. */

import { type FieldError, fieldErrorText } from './field-error.ts';
import { groupResource, withGroup } from './resource-name.ts';
import type { JsonObject } from './value.ts';

/** An error response; `code` is the HTTP status. */
export type StatusError = {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: JsonObject;
};

/** The names of a resource that messages need. */
export type ResourceIdentity = { readonly group: string; readonly plural: string; readonly kind: string };

export const toStatus = (error: StatusError): JsonObject => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: error.message,
  ...(error.reason === '' ? {} : { reason: error.reason }),
  ...(error.details === undefined ? {} : { details: error.details }),
  code: error.code,
});

export const successStatus = (details?: JsonObject): JsonObject => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  ...(details === undefined ? {} : { details }),
});

const detailsOf = (resource: ResourceIdentity, name: string): JsonObject => ({
  name,
  ...(resource.group === '' ? {} : { group: resource.group }),
  kind: resource.plural,
});

export const notFound = (resource: ResourceIdentity, name: string): StatusError => ({
  code: 404,
  reason: 'NotFound',
  message: `${groupResource(resource)} "${name}" not found`,
  details: detailsOf(resource, name),
});

export const alreadyExists = (resource: ResourceIdentity, name: string): StatusError => ({
  code: 409,
  reason: 'AlreadyExists',
  message: `${groupResource(resource)} "${name}" already exists`,
  details: detailsOf(resource, name),
});

export const conflict = (resource: ResourceIdentity, name: string, because: string): StatusError => ({
  code: 409,
  reason: 'Conflict',
  message: `Operation cannot be fulfilled on ${groupResource(resource)} "${name}": ${because}`,
  details: detailsOf(resource, name),
});

export const MODIFIED_MESSAGE =
  'the object has been modified; please apply your changes to the latest version and try again';

/** 422, with one cause for each field. */
export function invalid(
  resource: ResourceIdentity,
  name: string,
  errors: readonly FieldError[],
): StatusError {
  const texts = [...new Set(errors.map(fieldErrorText))];
  return {
    code: 422,
    reason: 'Invalid',
    message: `${withGroup(resource.kind, resource.group)} ${JSON.stringify(name)} is invalid: ${texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`}`,
    details: {
      name,
      ...(resource.group === '' ? {} : { group: resource.group }),
      kind: resource.kind,
      causes: errors.map((error) => ({
        reason: error.reason,
        message: fieldErrorText(error).slice(error.field.length + 2),
        field: error.field,
      })),
    },
  };
}

export const badRequest = (message: string): StatusError => ({ code: 400, reason: 'BadRequest', message });

export const forbidden = (resource: ResourceIdentity, name: string, because: string): StatusError => ({
  code: 403,
  reason: 'Forbidden',
  message: `${groupResource(resource)} "${name}" is forbidden: ${because}`,
  details: detailsOf(resource, name),
});

export const methodNotAllowed = (): StatusError => ({
  code: 405,
  reason: 'MethodNotAllowed',
  message: 'the server does not allow this method on the requested resource',
  details: {},
});

export const unsupportedMediaType = (accepted: readonly string[]): StatusError => ({
  code: 415,
  reason: 'UnsupportedMediaType',
  message: `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
});

export const notAcceptable = (accepted: readonly string[]): StatusError => ({
  code: 406,
  reason: 'NotAcceptable',
  message: `only the following media types are accepted: ${accepted.join(', ')}`,
});

export const tooLarge = (bytesMax: number): StatusError => ({
  code: 413,
  reason: 'RequestEntityTooLarge',
  message: `Request entity too large: limit is ${bytesMax}`,
});

export const expired = (message: string): StatusError => ({ code: 410, reason: 'Expired', message });

export const internal = (message: string): StatusError => ({
  code: 500,
  reason: 'InternalError',
  message: `Internal error occurred: ${message}`,
  details: { causes: [{ message }] },
});
