/**
 * Test bed of the controller's benchmarks: a real API server, the built controller as a Pod would run it, and a baseline
 * client. Each figure is a ratio of the two, which are measured in turns.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RealApi, startRealApi } from '../../test/support/real-api/start.ts';
import { type BaselineAccess, BaselineClient } from './baseline/client.ts';
import { newBenchFolder } from './folder.ts';
import { startProgram } from './program.ts';
import { OURS } from './services.ts';

export const NAMESPACE = 'metallb-system';
let isEnding = false;
const ENDS_WITHIN_MS = 5000;
const POOLS = `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}/ipaddresspools`;

export type TestBed = {
  readonly api: RealApi;
  readonly baseline: BaselineClient;
  /** Starts the built controller, and does not wait for it. */
  launch(args?: readonly string[]): RunningController;
  /** Starts it; resolves when it serves. */
  controller(args?: readonly string[]): Promise<RunningController>;
  /** Starts the baseline responder. */
  responder(): Promise<void>;
  /** Milliseconds of a paged list of all Services, by a new baseline process. */
  baselineList(): Promise<number>;
  namespace(name: string): Promise<void>;
  /** Creates a pool, or replaces its spec. */
  pool(name: string, spec: PoolSpec): Promise<void>;
  stop(): Promise<void>;
};

export type PoolSpec = { readonly addresses: readonly string[]; readonly namespaces: readonly string[] };

export type RunningController = {
  readonly pid: number;
  /** When the process was started; times are by `performance.now()`. */
  readonly startedAt: number;
  /** When it wrote its first log line: Node.js runs, the program is loaded, the first request is sent. */
  readonly firstLogAt: Promise<number>;
  /** When it logged that it serves; a standby does so when it is elected. */
  readonly servingAt: Promise<number>;
  /** Resolves when the process has ended. */
  kill(signal: NodeJS.Signals): Promise<void>;
};

/** `fairness`: API priority and fairness, which is off in most rows: with it they would measure its queues. */
export async function startTestBed({ fairness = false } = {}): Promise<TestBed> {
  const api = await startRealApi({
    fairness,
    flags: ['--max-requests-inflight=3000', '--max-mutating-requests-inflight=1000'],
  });
  const account = serviceAccount(api);
  const children = new Set<ChildProcess>();
  const end = (): void => {
    isEnding = true;
    for (const child of children) child.kill('SIGKILL');
    account.remove();
  };
  process.once('exit', end);
  await api.requestOk('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
  const applied = await api.kubectl(['apply', '-k', 'deploy/crds']);
  if (applied.code !== 0) throw new Error(applied.stderr);
  const start: TestBed['launch'] = (args = []) =>
    launch(account.environment, ['--lb-class', OURS, ...args], children);
  return {
    api,
    baseline: new BaselineClient(api),
    launch: start,
    async controller(args) {
      const running = start(args);
      await running.servingAt;
      return running;
    },
    responder: async () =>
      void (await startBaseline(new URL('./baseline/responder.ts', import.meta.url), api, children)),
    baselineList: async () =>
      Number(await startBaseline(new URL('./baseline/list-services.ts', import.meta.url), api, children)),
    async namespace(name) {
      await api.requestOk('POST', '/api/v1/namespaces', { metadata: { name } });
    },
    async pool(name, { addresses, namespaces }) {
      const spec = { addresses, serviceAllocation: { namespaces } };
      const patched = await api.request('PATCH', `${POOLS}/${name}`, { spec });
      if (patched.status !== 404) return;
      const kind = { apiVersion: 'metallb.io/v1beta1', kind: 'IPAddressPool' };
      await api.requestOk('POST', POOLS, { ...kind, metadata: { name }, spec });
    },
    async stop() {
      isEnding = true;
      await Promise.all([...children].map(endGently));
      end();
      process.off('exit', end);
      await api.stop();
    },
  };
}

/** Ends the process by SIGTERM, so that it writes its profile. */
function endGently(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
    setTimeout(resolve, ENDS_WITHIN_MS).unref();
  });
}

export type ServiceAccount = { readonly environment: NodeJS.ProcessEnv; remove(): void };

/** The mounted files and the environment of a Pod's service account. */
export function serviceAccount({ url, token, caFile }: BaselineAccess): ServiceAccount {
  const { path: dir, remove } = newBenchFolder();
  writeFileSync(join(dir, 'token'), token);
  writeFileSync(join(dir, 'namespace'), NAMESPACE);
  copyFileSync(caFile, join(dir, 'ca.crt'));
  const { hostname, port } = new URL(url);
  return {
    environment: {
      ...process.env,
      KUBECONFIG: '',
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      BERTH_SERVICE_ACCOUNT_DIR: dir,
    },
    remove,
  };
}

/** Ports are closed unless `args` open them: of two flags of one name the last one counts. */
export function launch(
  environment: NodeJS.ProcessEnv,
  args: readonly string[],
  children: Set<ChildProcess>,
): RunningController {
  const flags = ['--port=0', '--health-probe-port=0', '--metrics-plain-http'];
  const program = startProgram(['controller', ...flags, ...args], {
    environment,
    now: () => performance.now(),
  });
  const { child, startedAt, firstLogAt, exited } = program;
  children.add(child);
  let isKilled = false;
  void exited.then(() => {
    children.delete(child);
    if (!isKilled && !isEnding) process.stderr.write('the controller ended by itself\n');
  });
  return {
    pid: child.pid ?? 0,
    startedAt,
    firstLogAt,
    servingAt: program.loggedAt('"msg":"serving"'),
    kill(signal) {
      isKilled = true;
      child.kill(signal);
      return exited;
    },
  };
}

/** Starts one of the baseline programs; resolves with its first output. */
function startBaseline(program: URL, access: BaselineAccess, children: Set<ChildProcess>): Promise<string> {
  const { url, token, caFile } = access;
  const child = fork(program, {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, BENCH_ACCESS: JSON.stringify({ url, token, caFile }) },
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return new Promise((resolve) => child.stdout?.once('data', (text) => resolve(String(text))));
}
