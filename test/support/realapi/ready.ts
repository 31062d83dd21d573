import { request as sendPlain } from 'node:http';
import { request as sendSecure } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from './child.ts';

/** Asking the two servers whether they are there, and etcd to forget its history. */

const READY_WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 50;
const ANSWER_WITHIN_MS = 5_000;

/** Resolves once `answers` says yes; throws with the server's last words when it ends before, or never gets there. */
export async function waitUntilReady(server: Server, answers: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!(await answers())) {
    const exit = server.exit();
    if (exit !== null) throw new Error(`it ended with ${exit} before it was ready:\n${server.tail()}`);
    if (performance.now() > deadline)
      throw new Error(`it was not ready within ${READY_WITHIN_MS} ms:\n${server.tail()}`);
    await sleep(LOOK_EVERY_MS);
  }
}

export const etcdAnswers = async (url: string): Promise<boolean> => {
  const answer = await ask('GET', `${url}/health`);
  return answer?.status === 200 && answer.text.includes('"true"');
};

export const apiAnswers = async (url: string, token: string): Promise<boolean> =>
  (await ask('GET', `${url}/readyz`, { token }))?.status === 200;

/** Compacts etcd up to its present revision. */
export async function compact(etcdUrl: string): Promise<void> {
  const anyKey = Buffer.from('/').toString('base64');
  const range = await ask('POST', `${etcdUrl}/v3/kv/range`, { body: { key: anyKey } });
  const revision = range && JSON.parse(range.text).header?.revision;
  const answer = await ask('POST', `${etcdUrl}/v3/kv/compaction`, { body: { revision, physical: true } });
  if (answer?.status !== 200) throw new Error(`etcd did not compact: ${answer?.text ?? 'no answer'}`);
}

type Question = { readonly token?: string; readonly body?: object };

/** One request on a connection of its own; null when there is no answer. */
function ask(
  method: string,
  url: string,
  { token, body }: Question = {},
): Promise<{ status: number; text: string } | null> {
  const send = url.startsWith('https:') ? sendSecure : sendPlain;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  // Certificates are made while the server starts; nothing but its readiness is learnt here.
  const options = { method, headers, agent: false, rejectUnauthorized: false, timeout: ANSWER_WITHIN_MS };
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
