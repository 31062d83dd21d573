import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import { findKubernetesBinaries } from '../kubernetes-binaries.ts';
import { destroyOnExit } from './cleanup.ts';
import { type ApiClient, connect } from './client.ts';
import { apiServerFlags, etcdFlags, kubeconfigText, writeCredentials } from './flags.ts';
import { makeFolder } from './folder.ts';
import type { ApiOptions } from './options.ts';
import { freePort } from './ports.ts';
import { compactEtcd, isApiServerReady, isEtcdReady, waitUntilReady } from './ready.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

/**
 * etcd and kube-apiserver on loopback, and nothing else: no controller ever makes a ServiceAccount or an
 * EndpointSlice, finalises a namespace or collects garbage.
 */

/** Another process may take a free port before our server does. */
const START_ATTEMPTS_MAX = 3;

export type RealApi = ApiClient & {
  /** Ends both servers and removes all their files. */
  stop(): Promise<void>;
  /** kill -9 of kube-apiserver; etcd and its data stay. */
  kill9(): Promise<void>;
  /** Starts kube-apiserver again, on the same port and data, after a clean end unless `kill9` was first; back when ready. */
  restartApiServer(): Promise<void>;
  /** Freezes kube-apiserver: connections stay open and nothing answers; the returned function lets it go on. */
  freeze(): Promise<() => void>;
  /**
   * Lets etcd forget all history. A watch or a page token from before is then answered 410, as soon as the API server
   * has no memory of its own of that time any more: restart it for that.
   */
  compactEtcd(): Promise<void>;
  /** Where etcd listens, by plain HTTP. */
  readonly etcdUrl: string;
  readonly pids: () => { readonly etcd: number; readonly apiServer: number };
};

/** Takes 4 to 10 s. Throws when the parts are not there: ask `findKubernetesBinaries` first. */
export async function startRealApi(options: ApiOptions = {}): Promise<RealApi> {
  const parts = findKubernetesBinaries();
  if (!parts.isAvailable) throw new Error(`no real API server: ${parts.reason}`);
  const folder = makeFolder();
  const destroyFolder = destroyOnExit(folder);
  const etcd = await startOnFreePort(
    'http',
    async (port) =>
      startServerProcess(
        folder,
        'etcd',
        parts.etcd,
        etcdFlags(folder.path, { port, peerPort: await freePort() }),
      ),
    isEtcdReady,
  );
  const token = randomBytes(16).toString('hex');
  writeCredentials(folder.path, token, options.users ?? []);
  const start = async (port: number): Promise<ServerProcess> =>
    startServerProcess(
      folder,
      'kube-apiserver',
      parts.apiServer,
      apiServerFlags(folder.path, { port, etcdUrl: etcd.url }, options),
    );
  let api = await startOnFreePort('https', start, (url) => isApiServerReady(url, token));
  const access = {
    url: api.url,
    token,
    caFile: join(folder.path, 'certs/apiserver.crt'),
    kubeconfig: join(folder.path, 'kubeconfig'),
    folder: folder.path,
    kubectlPath: parts.kubectl,
  };
  writeFileSync(access.kubeconfig, kubeconfigText(access), { mode: 0o600 });
  return {
    ...connect(access),
    async stop() {
      await Promise.all([api.server.end('SIGKILL'), etcd.server.end('SIGKILL')]);
      destroyFolder();
    },
    kill9: () => api.server.end('SIGKILL'),
    async restartApiServer() {
      await api.server.end('SIGTERM');
      api = { server: await start(Number(new URL(api.url).port)), url: api.url };
      await waitUntilReady(api.server, () => isApiServerReady(api.url, token));
    },
    async freeze() {
      const { pid } = api.server;
      process.kill(pid, 'SIGSTOP');
      // Each thread stops by itself, and until then goes on answering.
      await eventually(() => assert.ok(isStopped(pid), `process ${pid} still runs`));
      return () => process.kill(pid, 'SIGCONT');
    },
    compactEtcd: () => compactEtcd(etcd.url),
    etcdUrl: etcd.url,
    pids: () => ({ etcd: etcd.server.pid, apiServer: api.server.pid }),
  };
}

/** Whether all threads of a process are stopped by a signal (state T of proc(5)). */
const isStopped = (pid: number): boolean =>
  readdirSync(`/proc/${pid}/task`).every((thread) =>
    /\) T /.test(readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')),
  );

type Started = { readonly server: ServerProcess; readonly url: string };

/** Starts a server on a free port and waits until it answers; takes another port where that one was lost to somebody. */
async function startOnFreePort(
  scheme: 'http' | 'https',
  start: (port: number) => Promise<ServerProcess>,
  isReady: (url: string) => Promise<boolean>,
): Promise<Started> {
  for (let starts = 1; ; starts++) {
    const port = await freePort();
    const url = `${scheme}://127.0.0.1:${port}`;
    const server = await start(port);
    try {
      await waitUntilReady(server, () => isReady(url));
      return { server, url };
    } catch (error) {
      await server.end('SIGKILL');
      if (starts === START_ATTEMPTS_MAX || !server.tail().includes('address already in use')) throw error;
    }
  }
}
