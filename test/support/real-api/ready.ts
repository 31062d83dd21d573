import { request as sendPlain } from 'node:http';
import { request as sendSecure } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { WaitLimit } from '../eventually.ts';
import type { ServerProcess } from './server-process.ts';

/** Asking the two servers whether they are there, and etcd to forget its history. */

const READY_TIMEOUT_MS = 90_000;
const POLL_INTERVAL_MS = 50;
const RESPONSE_TIMEOUT_MS = 30_000;

/** Resolves once `answers` says yes; throws with the server's last words when it ends before, or never gets there. */
export async function waitUntilReady(server: ServerProcess, isReady: () => Promise<boolean>): Promise<void> {
  const wait = new WaitLimit(READY_TIMEOUT_MS);
  while (!(await isReady())) {
    const exit = server.exit();
    if (exit !== null) throw new Error(`it ended with ${exit} before it was ready:\n${server.tail()}`);
    if (wait.isOver) throw new Error(`it was not ready within ${READY_TIMEOUT_MS} ms:\n${server.tail()}`);
    await sleep(POLL_INTERVAL_MS);
  }
}

export const isEtcdReady = async (url: string): Promise<boolean> => {
  const answer = await sendRequest('GET', `${url}/health`);
  return answer?.status === 200 && answer.text.includes('"true"');
};

export const isApiServerReady = async (url: string, token: string): Promise<boolean> =>
  (await sendRequest('GET', `${url}/readyz`, { token }))?.status === 200;

/** Compacts etcd up to its present revision. */
export async function compactEtcd(etcdUrl: string): Promise<void> {
  const anyKey = Buffer.from('/').toString('base64');
  const range = await sendRequest('POST', `${etcdUrl}/v3/kv/range`, { body: { key: anyKey } });
  const revision = range && JSON.parse(range.text).header?.revision;
  const answer = await sendRequest('POST', `${etcdUrl}/v3/kv/compaction`, {
    body: { revision, physical: true },
  });
  if (answer?.status !== 200) throw new Error(`etcd did not compact: ${answer?.text ?? 'no answer'}`);
}

type RequestOptions = { readonly token?: string; readonly body?: object };

/** One request on a connection of its own; null when there is no answer. */
function sendRequest(
  method: string,
  url: string,
  { token, body }: RequestOptions = {},
): Promise<{ status: number; text: string } | null> {
  const send = url.startsWith('https:') ? sendSecure : sendPlain;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  // Certificates are made while the server starts; nothing but its readiness is learnt here.
  const options = { method, headers, agent: false, rejectUnauthorized: false, timeout: RESPONSE_TIMEOUT_MS };
  return new Promise((resolve) => {
    const outgoing = send(url, options, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk) => {
        text += chunk;
      });
      incoming.on('error', () => resolve(null));
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text }));
    });
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => resolve(null));
    outgoing.end(body && JSON.stringify(body));
  });
}
