/**
 * What the benchmarks of the controller stand on: a real API server, the built controller beside it the way a
 * Pod would run it, and a bare client. Whatever is measured is a ratio of the two sides, taken in turns.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type RealApi, startRealApi } from '../../test/support/real-api/start.ts';
import { type BaselineAccess, BaselineClient } from './baseline/client.ts';
import { OURS } from './services.ts';

export const NAMESPACE = 'metallb-system';
let isEnding = false;
const ENDS_WITHIN_MS = 5000;
const POOLS = `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}/ipaddresspools`;

/** For a profile of the controller: `BENCH_NODE_FLAGS=--cpu-prof`. */
const NODE_FLAGS = (process.env['BENCH_NODE_FLAGS'] ?? '').split(' ').filter((flag) => flag !== '');

export type TestBed = {
  readonly api: RealApi;
  readonly baseline: BaselineClient;
  /** Starts the built controller, and does not wait for it. */
  launch(args?: readonly string[]): RunningController;
  /** Starts it; settles when it serves. */
  controller(args?: readonly string[]): Promise<RunningController>;
  /** Starts the bare responder. */
  responder(): Promise<void>;
  /** Milliseconds for a bare paged list of all Services, by a process of its own. */
  baselineList(): Promise<number>;
  namespace(name: string): Promise<void>;
  /** Creates a pool, or replaces its spec. */
  pool(name: string, spec: PoolSpec): Promise<void>;
  stop(): Promise<void>;
};

export type PoolSpec = { readonly addresses: readonly string[]; readonly namespaces: readonly string[] };

export type RunningController = {
  readonly pid: number;
  /** When the process was started; times are on the clock of `performance.now()`. */
  readonly startedAt: number;
  /** When it said its first word: Node is up, the program is loaded, the first request goes out. */
  readonly firstLogAt: Promise<number>;
  /** When it said that it serves; a standby says so once it is elected. */
  readonly servingAt: Promise<number>;
  /** Settles when the process is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
};

/** `fairness`: API priority and fairness, which is off in most rows since it measures itself. */
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

/** A profile is written at a clean end only. */
function endGently(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
    setTimeout(resolve, ENDS_WITHIN_MS).unref();
  });
}

export type ServiceAccount = { readonly environment: NodeJS.ProcessEnv; remove(): void };

/** What a Pod finds mounted and in its environment. */
export function serviceAccount({ url, token, caFile }: BaselineAccess): ServiceAccount {
  const dir = mkdtempSync(join(tmpdir(), 'berth-bench-'));
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
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Ports are off unless `args` say otherwise; of two flags of one name the last counts. */
export function launch(
  environment: NodeJS.ProcessEnv,
  args: readonly string[],
  children: Set<ChildProcess>,
): RunningController {
  const startedAt = performance.now();
  const flags = ['--port=0', '--health-probe-port=0', '--metrics-plain-http'];
  const program = [...NODE_FLAGS, 'dist/berth.mjs', 'controller', ...flags, ...args];
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'inherit'], env: environment });
  children.add(child);
  let isWanted = false;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    if (line.includes('"level":"error"')) process.stderr.write(`${line}\n`);
  });
  void exited.then(() => {
    children.delete(child);
    if (!isWanted && !isEnding) process.stderr.write('the controller ended unasked\n');
  });
  const logged = (words: string): Promise<number> =>
    new Promise((resolve) =>
      lines.on('line', (line) => {
        if (line.includes(words)) resolve(performance.now());
      }),
    );
  return {
    pid: child.pid ?? 0,
    startedAt,
    firstLogAt: logged('"msg"'),
    servingAt: logged('"msg":"serving"'),
    kill(signal) {
      isWanted = true;
      child.kill(signal);
      return exited;
    },
  };
}

/** One of the bare programs beside this file; settles with the first line that it says. */
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
