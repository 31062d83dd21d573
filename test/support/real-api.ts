import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { WaitLimit } from './eventually.ts';
import { type ApiAccess, type ApiClient, connect } from './real-api/client.ts';
import type { ApiOptions } from './real-api/options.ts';
import { type RealApi, startRealApi } from './real-api/start.ts';

/**
 * Real API servers for tests. Whatever is started here ends with the test process. Ask `skipWithoutKubernetesBinaries` first:
 *
 * ```ts
 * describe('pools on a real API server', { skip: skipWithoutKubernetesBinaries() }, () => {
 *   it('...', async () => {
 *     const api = await sharedApi();
 *     const namespace = await createNamespace(api);
 * ```
 */

/** What the runner writes for its test files once its API server is ready, or could not be started. */
export type SharedNotice = { readonly access: ApiAccess } | { readonly failed: string };

const SHARED_READY_TIMEOUT_MS = 120_000;
const POLL_INTERVAL_MS = 100;

let shared: Promise<ApiClient> | undefined;

/**
 * The one API server of this test run (of this process, where there is no runner). Others use it at the same time:
 * take namespaces of your own, and install only such cluster-wide things as everybody may see.
 */
export function sharedApi(): Promise<ApiClient> {
  shared ??= findShared();
  return shared;
}

/** An API server for the caller alone. Costs 4 to 10 s and some 350 MB; `stop` it when done. */
export const dedicatedApi = (options: ApiOptions = {}): Promise<RealApi> => startRealApi(options);

async function findShared(): Promise<ApiClient> {
  const path = process.env['BERTH_SHARED_API'];
  if (path === undefined) return startRealApi();
  const wait = new WaitLimit(SHARED_READY_TIMEOUT_MS);
  while (!existsSync(path)) {
    if (wait.isOver) throw new Error(`the shared API server did not report in ${path}`);
    await sleep(POLL_INTERVAL_MS);
  }
  const notice: SharedNotice = JSON.parse(readFileSync(path, 'utf8'));
  if ('failed' in notice) throw new Error(`the shared API server did not start: ${notice.failed}`);
  return connect(notice.access);
}
