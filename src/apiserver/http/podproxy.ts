/**
 * The way to a port of a Pod: `GET /api/v1/namespaces/NS/pods/http:NAME:PORT/proxy/PATH` is asked of the Pod's address.
 * The real server refuses addresses of loopback; here all Pods have those.
 */
import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Millis } from '../../base/clock.ts';
import type { Cluster } from '../cluster.ts';
import { type Failure, notFound } from '../status.ts';
import { keyOf } from '../storage.ts';
import { objectAt, textAt } from '../value.ts';
import { failureAnswer } from './answer.ts';

const PATH = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/(?:http:)?([^/:]+)(?::(\d+))?\/proxy(\/.*)?$/;
const PORT_DEFAULT = 80;
const ANSWERS_WITHIN: Millis = 30_000;
const PODS = { group: '', plural: 'pods', kind: 'Pod' } as const;

/** Whether this was such a request, which then is being answered. */
export function proxied(
  { store }: Pick<Cluster, 'store'>,
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
): boolean {
  const [path = '', query] = url.split('?', 2);
  const match = PATH.exec(path);
  if (match === null || method !== 'GET') return false;
  const [, namespace = '', name = '', port = PORT_DEFAULT, rest = '/'] = match.map(plain);
  const pod = store.table('pods').get(keyOf(namespace, name));
  const host = pod === undefined ? '' : textAt(objectAt(pod, 'status'), 'podIP');
  if (pod === undefined) return fail(response, notFound(PODS, name));
  if (host === '') return fail(response, unavailable(`the Pod ${name} has no address`));
  const far = ask({ host, port, path: query === undefined ? rest : `${rest}?${query}` }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] ?? '' });
    answer.pipe(response);
  });
  far.setTimeout(ANSWERS_WITHIN, () => far.destroy(new Error('it does not answer')));
  far.on('error', ({ message }) => {
    if (response.headersSent) response.destroy();
    else fail(response, unavailable(`error trying to reach service: ${message}`));
  });
  far.end();
  return true;
}

const plain = (part: string | undefined): string | undefined =>
  part === undefined ? undefined : decodeURIComponent(part);

const unavailable = (message: string): Failure => ({ code: 503, reason: 'ServiceUnavailable', message });

function fail(response: ServerResponse, failure: Failure): true {
  const { code, headers, body } = failureAnswer(failure);
  response.writeHead(code, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
  return true;
}
