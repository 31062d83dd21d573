// @ts-check
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

/** The API server, as a program in a Pod reaches it: what the stand-ins for MetalLB's programs have in common. */

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** A request without an answer would hold its stand-in for ever: whoever asks again does so by a connection that lives. */
const ANSWER_WITHIN_MS = 10_000;

/** The namespace of this Pod. */
export const ownNamespace = () => readFileSync(`${ACCOUNT}/namespace`, 'utf8');

/**
 * Whatever the status is.
 * @param {'GET' | 'POST' | 'PATCH' | 'DELETE'} method
 * @param {string} path
 * @param {unknown} [body] a merge patch with PATCH
 * @returns {Promise<{ status: number, body: any }>}
 */
export function api(method, path, body) {
  const headers = {
    authorization: `Bearer ${readFileSync(`${ACCOUNT}/token`, 'utf8')}`,
    'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
  };
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  const ca = readFileSync(`${ACCOUNT}/ca.crt`);
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const sent = request({ host, port, path, method, headers, ca, signal }, (response) => {
      readJson(response).then((json) => resolve({ status: response.statusCode ?? 0, body: json }), reject);
    });
    sent.on('error', reject);
    sent.end(body === undefined ? '' : JSON.stringify(body));
  });
}

/** @param {AsyncIterable<Buffer>} stream */
export async function readJson(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}
