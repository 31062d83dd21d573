/** One request from its first byte to its last: route, scripted faults, body, answer. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Millis } from '../../base/clock.ts';
import type { Cluster } from '../cluster.ts';
import type { FaultEffect, Faults } from '../faults.ts';
import { type Failure, methodNotAllowed, notAcceptable } from '../status.ts';
import { type Form, formOf } from './accept.ts';
import { type Answer, failureAnswer, noSuchPath } from './answer.ts';
import { readBody } from './body.ts';
import { informed } from './info.ts';
import { proxied } from './podproxy.ts';
import { listOptionsInvalid, listOptionsOf } from './query.ts';
import { isTrue, type Route, routeOf } from './route.ts';
import { includeOf, serve } from './serve.ts';
import { WatchStream } from './watchstream.ts';

export type Rim = {
  readonly cluster: Cluster;
  readonly faults: Faults;
  readonly watches: Set<WatchStream>;
  readonly bookmarkEvery: Millis;
};

/** A watch that names no end gets one between half an hour and an hour, as from the real server. */
const WATCH_TIMEOUT: Millis = 30 * 60 * 1000;

export async function handle(rim: Rim, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (proxied(rim.cluster, request, response)) {
    request.resume();
    return;
  }
  const url = new URL(request.url ?? '/', 'http://localhost');
  const form = formOf(request.headers.accept);
  const route = routeOf(request.method ?? 'GET', url, rim.cluster.registry);
  if (route.kind === 'resource') return handleResource(rim, { request, response, url, form, route });
  request.resume();
  if (route.kind === 'none') return send(response, noSuchPath());
  if (route.kind === 'method-not-allowed') return send(response, failureAnswer(methodNotAllowed()));
  send(response, informed(route.path, form ?? 'object', rim.cluster.registry));
}

type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly form: Form | null;
  readonly route: Extract<Route, { kind: 'resource' }>;
};

async function handleResource(rim: Rim, exchange: Exchange): Promise<void> {
  const { request, response, url, form, route } = exchange;
  const { verb, target } = route;
  const userAgent = request.headers['user-agent'] ?? '';
  const fault = rim.faults.strike({ verb, target, userAgent });
  if (fault !== null && (await struckBefore(rim, fault, exchange))) return;
  if (form === null) return send(response, failureAnswer(notAcceptable(['application/json'])));
  if (verb === 'watch') return watch(rim, exchange, form, fault);
  const contentType = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  const body = await readBody(request, contentType);
  if (!body.ok) return send(response, failureAnswer(body.error));
  const answer = serve(rim.cluster, {
    verb,
    target,
    query: url.searchParams,
    form,
    userAgent,
    contentType,
    body: body.value,
  });
  if (fault !== null && (await struckAfter(rim, fault, response))) return;
  send(response, answer);
}

/** Whether the request ends here. */
async function struckBefore(rim: Rim, fault: FaultEffect, { request, response }: Exchange): Promise<boolean> {
  if (!('when' in fault) && fault.kind !== 'status') return false;
  if (fault.when === 'after') return false;
  if (fault.kind === 'stall') {
    await pause(rim, fault.ms);
    return false;
  }
  request.resume();
  if (fault.kind === 'reset') reset(response);
  else send(response, failureAnswer(scripted(fault)));
  return true;
}

async function struckAfter(rim: Rim, fault: FaultEffect, response: ServerResponse): Promise<boolean> {
  if (!('when' in fault) || fault.when !== 'after') return false;
  if (fault.kind === 'stall') {
    await pause(rim, fault.ms);
    return false;
  }
  if (fault.kind === 'reset') reset(response);
  else send(response, failureAnswer(scripted(fault)));
  return true;
}

function reset(response: ServerResponse): void {
  const { socket } = response;
  // A TLS socket cannot send RST itself; destroying it is near enough.
  if (socket !== null && 'resetAndDestroy' in socket && !('encrypted' in socket)) socket.resetAndDestroy();
  else response.destroy();
}

const pause = (rim: Rim, ms: Millis): Promise<void> =>
  new Promise((resolve) => {
    rim.cluster.clock.after(ms, resolve);
  });

const reasons: Readonly<Record<number, string>> = {
  409: 'Conflict',
  410: 'Expired',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

const scripted = (fault: Extract<FaultEffect, { kind: 'status' }>): Failure => ({
  code: fault.code,
  reason: reasons[fault.code] ?? 'Unknown',
  message: `scripted fault ${fault.code}`,
  ...(fault.retryAfterSeconds === undefined
    ? {}
    : { details: { retryAfterSeconds: fault.retryAfterSeconds } }),
});

function watch(rim: Rim, exchange: Exchange, form: Form, fault: FaultEffect | null): void {
  const { request, response, url, route } = exchange;
  const query = url.searchParams;
  request.resume();
  const initialEvents = isTrue(query.get('sendInitialEvents'));
  if (initialEvents && query.get('resourceVersionMatch') !== 'NotOlderThan') {
    const says = 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
    send(response, failureAnswer(listOptionsInvalid(`resourceVersionMatch: ${says}`)));
    return;
  }
  const listing = new URLSearchParams(query);
  // With initial events the match is about those, and allowed without a resourceVersion.
  if (initialEvents && query.get('resourceVersionMatch') === 'NotOlderThan')
    listing.delete('resourceVersionMatch');
  const options = listOptionsOf(listing, route.target.resource);
  if (!options.ok) {
    send(response, failureAnswer(options.error));
    return;
  }
  const seconds = Number(query.get('timeoutSeconds') ?? '0');
  const timeout = seconds > 0 ? seconds * 1000 : WATCH_TIMEOUT * (1 + rim.cluster.random());
  const stream = new WatchStream(
    rim.cluster,
    route.target,
    {
      selection: options.value.selection,
      resourceVersion: options.value.resourceVersion,
      bookmarks: isTrue(query.get('allowWatchBookmarks')),
      initialEvents,
      timeout,
      bookmarkEvery: rim.bookmarkEvery,
      form,
      include: includeOf(query),
    },
    { response, fault },
  );
  rim.watches.add(stream);
  stream.start(() => rim.watches.delete(stream));
}

function send(response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return;
  const headers: Record<string, string | string[] | number> = {
    'content-length': Buffer.byteLength(answer.body),
  };
  for (const [name, value] of Object.entries(answer.headers))
    headers[name] = typeof value === 'string' ? value : [...value];
  response.writeHead(answer.code, headers);
  response.end(answer.body);
}
