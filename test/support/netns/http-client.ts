/** Requests of a client in a network of namespaces. */
import assert from 'node:assert/strict';
import { eventually } from '../eventually.ts';
import type { NetworkNamespace } from './network.ts';
import { fetchProgram } from './programs/fetch.mjs';

const RESPONSE_TIMEOUT_MS = 2_000;

/** The response to one request: the Pod that answered and the address that it saw, or the error. */
export type ClientResponse = {
  readonly pod?: string;
  readonly client?: string;
  readonly error?: string;
};

/** Sends `count` requests one after another, each on a connection of its own. */
export async function fetchResponses(
  client: NetworkNamespace,
  url: string,
  count = 1,
): Promise<readonly ClientResponse[]> {
  const args = [fetchProgram, url, `${count}`, `${RESPONSE_TIMEOUT_MS}`];
  return JSON.parse(await client.run(process.execPath, ...args));
}

/** Waits until `count` requests in a row are answered, and returns the responses. */
export function awaitResponses(
  client: NetworkNamespace,
  url: string,
  count = 20,
): Promise<readonly ClientResponse[]> {
  return eventually(async () => {
    const responses = await fetchResponses(client, url, count);
    const failed = responses.filter(({ error }) => error !== undefined);
    assert.deepEqual(failed, []);
    return responses;
  });
}
