/** Requests and clients that the tests of the HTTP client share. */
import type { TestContext } from 'node:test';
import type { RestConfig } from '../../../src/kube/auth/rest-config.ts';
import type { ApiOutcome, ApiRequest } from '../../../src/kube/http/api-request.ts';
import { KubeClient } from '../../../src/kube/http/client.ts';
import { systemClock } from '../../../src/workqueue/system-clock.ts';
import { configFor, type LoopbackServer, type RequestHandler, startLoopback } from './loopback-server.ts';

/** The system clock measures it: no test may fail because the machine is slow. */
export const REQUEST_TIMEOUT = 120_000;

export const GET: ApiRequest = {
  method: 'GET',
  path: '/api/v1/services?limit=500',
  timeout: REQUEST_TIMEOUT,
};
export const PATCH: ApiRequest = {
  method: 'PATCH',
  path: '/api/v1/namespaces/default/services/web/status',
  body: { status: { text: 'größer' } },
  contentType: 'application/strategic-merge-patch+json',
  timeout: REQUEST_TIMEOUT,
};

export function createClient(t: TestContext, config: RestConfig, clock = systemClock): KubeClient {
  const client = new KubeClient({ config, clock, userAgent: 'berth/test (unit)' });
  t.after(() => client.close());
  return client;
}

export async function startPair(
  t: TestContext,
  answer: RequestHandler,
): Promise<{ server: LoopbackServer; client: KubeClient }> {
  const server = await startLoopback(t, answer);
  return { server, client: createClient(t, configFor(server.url)) };
}

export const kindOf = (outcome: ApiOutcome): string => outcome.kind;
