/** Handles requests for resources, except for watches (`watch-stream.ts`). */

import { err, ok, type Result } from '../../base/result.ts';
import { apiVersionOf } from '../../objects/api-group.ts';
import { APPLY_PATCH } from '../../objects/patch-type.ts';
import type { ExtraSubresource } from '../kinds/extra-subresource.ts';
import { badRequest, notFound, type StatusError } from '../object/status.ts';
import { objectKey } from '../object/storage.ts';
import { isObject, type Json, type JsonObject, resourceVersionOf } from '../object/value.ts';
import { buildTable, partialObjectMetadata } from '../print/table.ts';
import { deleteObject, deleteStored } from '../verbs/delete.ts';
import { evictPod } from '../verbs/evict.ts';
import { type ListPage, listObjects } from '../verbs/list.ts';
import { patchObject } from '../verbs/patch.ts';
import { getScale, writeScale } from '../verbs/scale.ts';
import { type ApiServerState, collectionOf, type RequestTarget } from '../verbs/server-state.ts';
import { createObject, type ObjectWriteResult, updateObject } from '../verbs/write.ts';
import type { Representation } from './content-negotiation.ts';
import { encodeListItem, encodeObject } from './encode.ts';
import { parseForce, parseListOptions, parseWriteOptions } from './query.ts';
import type { RequestVerb } from './request-info.ts';
import { type ApiResponse, errorResponse, jsonResponse } from './response.ts';

export type ResourceRequest = {
  readonly verb: Exclude<RequestVerb, 'watch'>;
  readonly target: RequestTarget;
  /** A subresource of another kind; null for the object, and for its status. */
  readonly extra: ExtraSubresource | null;
  readonly query: URLSearchParams;
  readonly representation: Representation;
  readonly userAgent: string;
  readonly contentType: string;
  /** The decoded body; undefined where there is none. */
  readonly body: Json | undefined;
};

export function serveResource(state: ApiServerState, request: ResourceRequest): ApiResponse {
  const outcome = dispatch(state, request);
  return outcome.ok ? outcome.value : errorResponse(outcome.error);
}

function dispatch(state: ApiServerState, request: ResourceRequest): Result<ApiResponse, StatusError> {
  if (request.extra !== null) return handleExtra(state, request, request.extra);
  switch (request.verb) {
    case 'get':
      return handleGet(state, request);
    case 'list':
      return handleList(state, request);
    case 'delete':
      return handleDelete(state, request);
    case 'deletecollection':
      return handleDeleteCollection(state, request);
    default:
      return handleWrite(state, request, request.verb);
  }
}

function handleGet(state: ApiServerState, request: ResourceRequest): Result<ApiResponse, StatusError> {
  const { resource, namespace, name } = request.target;
  const object = collectionOf(state, resource).get(objectKey(namespace, name));
  return object === undefined
    ? err(notFound(resource, name))
    : ok(objectResponse(state, request, { object, code: 200, warnings: [] }));
}

function handleWrite(
  state: ApiServerState,
  request: ResourceRequest,
  verb: 'create' | 'update' | 'patch',
): Result<ApiResponse, StatusError> {
  const options = parseWriteOptions(request.query, request.userAgent);
  if (!options.ok) return options;
  if (request.body === undefined) return err(badRequest('the request has no body'));
  let outcome: Result<ObjectWriteResult, StatusError>;
  if (verb === 'patch') {
    const force = parseForce(request.query, request.contentType === APPLY_PATCH);
    if (!force.ok) return force;
    const patch = { type: request.contentType, body: request.body, force: force.value };
    outcome = patchObject(state, request.target, patch, options.value);
  } else
    outcome = (verb === 'create' ? createObject : updateObject)(
      state,
      request.target,
      request.body,
      options.value,
    );
  if (!outcome.ok) return outcome;
  const { object, created, warnings } = outcome.value;
  return ok(objectResponse(state, request, { object, code: created ? 201 : 200, warnings }));
}

function handleExtra(
  state: ApiServerState,
  request: ResourceRequest,
  extra: ExtraSubresource,
): Result<ApiResponse, StatusError> {
  const { target, verb, body, contentType } = request;
  const respond = (
    outcome: Result<JsonObject, StatusError>,
    code: number,
  ): Result<ApiResponse, StatusError> => (outcome.ok ? ok(jsonResponse(code, outcome.value)) : outcome);
  if (verb === 'get') return respond(getScale(state, target), 200);
  const options = parseWriteOptions(request.query, request.userAgent);
  if (!options.ok) return options;
  if (body === undefined) return err(badRequest('the request has no body'));
  if (extra === 'eviction') return respond(evictPod(state, target, body, options.value), 201);
  const patchType = verb === 'patch' ? contentType : null;
  return respond(writeScale(state, target, { patchType, body }, options.value), 200);
}

function handleDelete(state: ApiServerState, request: ResourceRequest): Result<ApiResponse, StatusError> {
  const options = deleteOptions(request);
  const outcome = deleteObject(state, request.target, options);
  return outcome.ok
    ? ok(
        objectResponse(
          state,
          { ...request, representation: 'object' },
          { object: outcome.value, code: 200, warnings: [] },
        ),
      )
    : outcome;
}

const deleteOptions = (request: ResourceRequest): { readonly dryRun: boolean; readonly body: JsonObject } => {
  const body = isObject(request.body) ? request.body : {};
  const dryRun = body['dryRun'] !== undefined || request.query.has('dryRun');
  return { dryRun, body };
};

function handleDeleteCollection(
  state: ApiServerState,
  request: ResourceRequest,
): Result<ApiResponse, StatusError> {
  const options = parseListOptions(request.query, request.target.resource);
  if (!options.ok) return options;
  const page = listObjects(state, request.target, options.value);
  if (!page.ok) return page;
  const { dryRun } = deleteOptions(request);
  const items = page.value.items.map(
    (stored) => deleteStored(state, request.target.resource, stored, dryRun).object,
  );
  return ok(
    jsonResponse(200, encodeList(request, { ...page.value, items, revision: state.storage.revision })),
  );
}

function handleList(state: ApiServerState, request: ResourceRequest): Result<ApiResponse, StatusError> {
  const options = parseListOptions(request.query, request.target.resource);
  if (!options.ok) return options;
  const page = listObjects(state, request.target, options.value);
  if (!page.ok) return page;
  const warnings = withDeprecation(request, []);
  if (request.representation === 'table') {
    const table = buildTable(
      page.value.items,
      request.target.resource.columns,
      listMeta(page.value),
      tableOptions(state, request),
    );
    return ok(jsonResponse(200, table, warnings));
  }
  return ok(jsonResponse(200, encodeList(request, page.value), warnings));
}

function encodeList(request: ResourceRequest, page: ListPage): string {
  const { resource } = request.target;
  const meta = JSON.stringify(listMeta(page));
  if (request.representation === 'metadata') {
    const items = page.items.map((item) => JSON.stringify(partialObjectMetadata(item))).join(',');
    return `{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":${meta},"items":[${items}]}`;
  }
  const items = page.items.map((item) => encodeListItem(item, resource)).join(',');
  return `{"kind":"${resource.kind}List","apiVersion":"${apiVersionOf(resource)}","metadata":${meta},"items":[${items}]}`;
}

const listMeta = (page: ListPage): JsonObject => ({
  resourceVersion: String(page.revision),
  ...(page.continueToken === '' ? {} : { continue: page.continueToken }),
  ...(page.remaining === null ? {} : { remainingItemCount: page.remaining }),
});

function objectResponse(
  state: ApiServerState,
  request: ResourceRequest,
  {
    object,
    code,
    warnings,
  }: { readonly object: JsonObject; readonly code: number; readonly warnings: readonly string[] },
): ApiResponse {
  const { resource } = request.target;
  const allWarnings = withDeprecation(request, warnings);
  if (object['kind'] === 'Status') return jsonResponse(code, object, allWarnings);
  if (request.representation === 'table') {
    const meta = { resourceVersion: resourceVersionOf(object) };
    return jsonResponse(
      code,
      buildTable([object], resource.columns, meta, tableOptions(state, request)),
      allWarnings,
    );
  }
  if (request.representation === 'metadata')
    return jsonResponse(code, partialObjectMetadata(object), allWarnings);
  return jsonResponse(code, encodeObject(object, resource), allWarnings);
}

const withDeprecation = (request: ResourceRequest, warnings: readonly string[]): readonly string[] =>
  request.target.resource.deprecation === null
    ? warnings
    : [request.target.resource.deprecation, ...warnings];

const tableOptions = (state: ApiServerState, request: ResourceRequest) => ({
  now: state.clock.wall(),
  includeObject: includeObjectOf(request.query),
  headers: true,
});

/** How much of each object a Table includes (`includeObject`). */
export function includeObjectOf(query: URLSearchParams): 'None' | 'Metadata' | 'Object' {
  const requested = query.get('includeObject');
  return requested === 'Object' || requested === 'None' ? requested : 'Metadata';
}
