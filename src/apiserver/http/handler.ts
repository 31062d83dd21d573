/** Handles one HTTP request: routing, fault injection, body and response. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Millis, sleep } from '../../base/clock.ts';
import { methodNotAllowed, notAcceptable, type StatusError } from '../object/status.ts';
import type { ApiServerState } from '../verbs/server-state.ts';
import { readBody } from './body.ts';
import { negotiateRepresentation, type Representation } from './content-negotiation.ts';
import type { FaultEffect, FaultInjector } from './fault-injector.ts';
import { serveNonResource } from './non-resource.ts';
import { proxyToPod } from './pod-proxy.ts';
import { invalidListOptions, parseListOptions } from './query.ts';
import { foreignRequest } from './request-guard.ts';
import { isTrue, type RequestInfo, resolveRequestInfo } from './request-info.ts';
import { includeObjectOf, serveResource } from './resource-requests.ts';
import { type ApiResponse, errorResponse, pathNotFound } from './response.ts';
import { WatchStream } from './watch-stream.ts';

export type HandlerContext = {
  readonly state: ApiServerState;
  readonly faults: FaultInjector;
  readonly watches: Set<WatchStream>;
  readonly bookmarkInterval: Millis;
  /** The address that the server listens on. */
  readonly host: string;
};

/** A watch without a time-out ends after 30 to 60 minutes, as in kube-apiserver. */
const WATCH_TIMEOUT: Millis = 30 * 60 * 1000;

export async function handleRequest(
  context: HandlerContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const foreign = foreignRequest(request.headers, context.host);
  if (foreign !== null) {
    request.resume();
    return send(response, errorResponse(foreign));
  }
  if (proxyToPod(context.state, request, response)) {
    request.resume();
    return;
  }
  const url = new URL(request.url ?? '/', 'http://localhost');
  const representation = negotiateRepresentation(request.headers.accept);
  const requestInfo = resolveRequestInfo(request.method ?? 'GET', url, context.state.registry);
  if (requestInfo.kind === 'resource')
    return handleResource(context, { request, response, url, representation, requestInfo });
  request.resume();
  if (requestInfo.kind === 'none') return send(response, pathNotFound());
  if (requestInfo.kind === 'method-not-allowed') return send(response, errorResponse(methodNotAllowed()));
  send(
    response,
    serveNonResource(
      requestInfo.path,
      representation ?? 'object',
      context.state.registry,
      request.headers.accept ?? '',
    ),
  );
}

type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly representation: Representation | null;
  readonly requestInfo: Extract<RequestInfo, { kind: 'resource' }>;
};

async function handleResource(context: HandlerContext, exchange: Exchange): Promise<void> {
  const { request, response, url, representation, requestInfo } = exchange;
  const { verb, target, extra } = requestInfo;
  const userAgent = request.headers['user-agent'] ?? '';
  const fault = context.faults.nextFault({ verb, target, userAgent });
  if (fault !== null && (await injectBefore(context, fault, exchange))) return;
  if (representation === null) return send(response, errorResponse(notAcceptable(['application/json'])));
  if (verb === 'watch') return startWatch(context, exchange, representation, fault);
  const contentType = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  const body = await readBody(request, { contentType, acceptsProtobuf: !target.resource.isCustom });
  if (!body.ok) return send(response, errorResponse(body.error));
  const apiResponse = serveResource(context.state, {
    verb,
    target,
    extra,
    query: url.searchParams,
    representation,
    userAgent,
    contentType,
    body: body.value,
  });
  if (fault !== null && (await injectAfter(context, fault, response))) return;
  send(response, apiResponse);
}

/** Injects a fault before the request is handled; returns whether that ends the request. */
async function injectBefore(
  context: HandlerContext,
  fault: FaultEffect,
  { request, response }: Exchange,
): Promise<boolean> {
  if (!('when' in fault) && fault.kind !== 'status') return false;
  if (fault.when === 'after') return false;
  if (fault.kind === 'stall') {
    await sleep(context.state.clock, fault.ms);
    return false;
  }
  request.resume();
  if (fault.kind === 'reset') resetConnection(response);
  else send(response, errorResponse(scriptedError(fault)));
  return true;
}

async function injectAfter(
  context: HandlerContext,
  fault: FaultEffect,
  response: ServerResponse,
): Promise<boolean> {
  if (!('when' in fault) || fault.when !== 'after') return false;
  if (fault.kind === 'stall') {
    await sleep(context.state.clock, fault.ms);
    return false;
  }
  if (fault.kind === 'reset') resetConnection(response);
  else send(response, errorResponse(scriptedError(fault)));
  return true;
}

function resetConnection(response: ServerResponse): void {
  const { socket } = response;
  // A TLS socket cannot send a RST; it is destroyed instead.
  if (socket !== null && 'resetAndDestroy' in socket && !('encrypted' in socket)) socket.resetAndDestroy();
  else response.destroy();
}

const STATUS_REASONS: Readonly<Record<number, string>> = {
  409: 'Conflict',
  410: 'Expired',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

const scriptedError = (fault: Extract<FaultEffect, { kind: 'status' }>): StatusError => ({
  code: fault.code,
  reason: STATUS_REASONS[fault.code] ?? 'Unknown',
  message: `scripted fault ${fault.code}`,
  ...(fault.retryAfterSeconds === undefined
    ? {}
    : { details: { retryAfterSeconds: fault.retryAfterSeconds } }),
});

function startWatch(
  context: HandlerContext,
  exchange: Exchange,
  representation: Representation,
  fault: FaultEffect | null,
): void {
  const { request, response, url, requestInfo } = exchange;
  const query = url.searchParams;
  request.resume();
  const initialEvents = isTrue(query.get('sendInitialEvents'));
  if (initialEvents && query.get('resourceVersionMatch') !== 'NotOlderThan') {
    const message = 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
    send(response, errorResponse(invalidListOptions(`resourceVersionMatch: ${message}`)));
    return;
  }
  const listQuery = new URLSearchParams(query);
  // With initial events the match concerns those, and is allowed without a resourceVersion.
  if (initialEvents && query.get('resourceVersionMatch') === 'NotOlderThan')
    listQuery.delete('resourceVersionMatch');
  const options = parseListOptions(listQuery, requestInfo.target.resource);
  if (!options.ok) {
    send(response, errorResponse(options.error));
    return;
  }
  const seconds = Number(query.get('timeoutSeconds') ?? '0');
  const timeout = seconds > 0 ? seconds * 1000 : WATCH_TIMEOUT * (1 + context.state.random());
  const stream = new WatchStream(
    context.state,
    requestInfo.target,
    {
      selectors: options.value.selectors,
      resourceVersion: options.value.resourceVersion,
      bookmarks: isTrue(query.get('allowWatchBookmarks')),
      initialEvents,
      timeout,
      bookmarkInterval: context.bookmarkInterval,
      representation,
      includeObject: includeObjectOf(query),
    },
    { response, fault },
  );
  context.watches.add(stream);
  stream.start(() => context.watches.delete(stream));
}

function send(response: ServerResponse, apiResponse: ApiResponse): void {
  if (response.destroyed) return;
  const headers: Record<string, string | string[] | number> = {
    'content-length': Buffer.byteLength(apiResponse.body),
  };
  for (const [name, value] of Object.entries(apiResponse.headers))
    headers[name] = typeof value === 'string' ? value : [...value];
  response.writeHead(apiResponse.code, headers);
  response.end(apiResponse.body);
}
