/**
 * Proxies requests to Pods: `GET /api/v1/namespaces/NS/pods/http:NAME:PORT/proxy/PATH` goes to the address of the Pod.
 * kube-apiserver refuses loopback addresses; here all Pods have one.
 */
import { type IncomingMessage, type ServerResponse, request as sendRequest } from 'node:http';
import type { Millis } from '../../base/clock.ts';
import { notFound, type StatusError } from '../object/status.ts';
import { objectKey } from '../object/storage.ts';
import { objectAt, textAt } from '../object/value.ts';
import type { ApiServerState } from '../verbs/server-state.ts';
import { errorResponse } from './response.ts';

const POD_PROXY_PATH = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/(?:http:)?([^/:]+)(?::(\d+))?\/proxy(\/.*)?$/;
const PORT_DEFAULT = 80;
const POD_TIMEOUT: Millis = 30_000;
const PODS = { group: '', plural: 'pods', kind: 'Pod' } as const;

/** Returns whether this is such a request; then the response follows. */
export function proxyToPod(
  { storage }: Pick<ApiServerState, 'storage'>,
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
): boolean {
  const [path = '', query] = url.split('?', 2);
  const match = POD_PROXY_PATH.exec(path);
  if (match === null || method !== 'GET') return false;
  const [, namespace = '', name = '', port = PORT_DEFAULT, rest = '/'] = match.map(decodeSegment);
  const pod = storage.collection('pods').get(objectKey(namespace, name));
  const host = pod === undefined ? '' : textAt(objectAt(pod, 'status'), 'podIP');
  if (pod === undefined) return sendError(response, notFound(PODS, name));
  if (host === '') return sendError(response, unavailable(`Pod ${name} has no address`));
  const podRequest = sendRequest(
    { host, port, path: query === undefined ? rest : `${rest}?${query}` },
    (podResponse) => {
      response.writeHead(podResponse.statusCode ?? 502, {
        'content-type': podResponse.headers['content-type'] ?? '',
      });
      podResponse.pipe(response);
    },
  );
  podRequest.setTimeout(POD_TIMEOUT, () => podRequest.destroy(new Error('it does not answer')));
  podRequest.on('error', ({ message }) => {
    if (response.headersSent) response.destroy();
    else sendError(response, unavailable(`error trying to reach service: ${message}`));
  });
  podRequest.end();
  return true;
}

const decodeSegment = (part: string | undefined): string | undefined =>
  part === undefined ? undefined : decodeURIComponent(part);

const unavailable = (message: string): StatusError => ({ code: 503, reason: 'ServiceUnavailable', message });

function sendError(response: ServerResponse, error: StatusError): true {
  const { code, headers, body } = errorResponse(error);
  response.writeHead(code, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
  return true;
}
