/**
 * What the benchmarks of the controller stand on: a real API server, the built controller beside it the way a
 * Pod would run it, and a bare client that does nothing but keep connections alive and send bytes. Whatever is
 * measured is a ratio of the two, taken in turns in one run.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type RealApi, startRealApi } from '../../test/support/realapi/start.ts';

export const NAMESPACE = 'metallb-system';

/** Classes keep the two sides from answering for each other's Services. */
export const OURS = 'bench.example/berth';
export const THEIRS = 'bench.example/bare';

export type Bed = {
  readonly api: RealApi;
  readonly bare: BareClient;
  /** Starts the built controller; settles when it serves. */
  controller(args?: readonly string[]): Promise<Running>;
  stop(): Promise<void>;
};

export type Running = {
  readonly pid: number;
  /** Milliseconds from the start of the process until it said that it serves. */
  readonly servingAfter: number;
  readonly startedAt: number;
  kill(signal: NodeJS.Signals): Promise<void>;
};

/** `fairness`: API priority and fairness, which is off in most rows since it measures itself. */
export async function startBed({ fairness = false } = {}): Promise<Bed> {
  const api = await startRealApi({
    fairness,
    flags: ['--max-requests-inflight=3000', '--max-mutating-requests-inflight=1000'],
  });
  const dir = mkdtempSync(join(tmpdir(), 'berth-bench-'));
  writeFileSync(join(dir, 'token'), api.token);
  writeFileSync(join(dir, 'namespace'), NAMESPACE);
  copyFileSync(api.caFile, join(dir, 'ca.crt'));
  await api.must('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
  const applied = await api.kubectl(['apply', '-k', 'deploy/crds']);
  if (applied.code !== 0) throw new Error(applied.stderr);
  const running = new Set<ChildProcess>();
  return {
    api,
    bare: new BareClient(api),
    controller: (args = []) => startController(api, dir, args, running),
    async stop() {
      for (const child of running) child.kill('SIGKILL');
      await api.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function startController(
  api: RealApi,
  dir: string,
  args: readonly string[],
  running: Set<ChildProcess>,
): Promise<Running> {
  const { hostname, port } = new URL(api.url);
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    ['dist/berth.mjs', 'controller', '--port', '0', '--health-probe-port', '0', ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        KUBECONFIG: '',
        KUBERNETES_SERVICE_HOST: hostname,
        KUBERNETES_SERVICE_PORT: port,
        BERTH_SERVICE_ACCOUNT_DIR: dir,
      },
    },
  );
  running.add(child);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void exited.then(() => running.delete(child));
  const lines = createInterface({ input: child.stdout });
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      if (line.includes('"serving"') || line.includes('"standing by"')) resolve();
      if (line.includes('"level":"error"')) process.stderr.write(`${line}\n`);
    });
    void exited.then(() => reject(new Error('the controller ended before it served')));
    if (args.includes('--standby')) resolve();
  });
  return {
    pid: child.pid ?? 0,
    servingAfter: performance.now() - startedAt,
    startedAt,
    kill: (signal) => {
      child.kill(signal);
      return exited;
    },
  };
}

export type RawAnswer = { readonly status: number; readonly body: string };

/** Keep-alive, no opinions: as fast as a client in this runtime gets. */
export class BareClient {
  readonly #agent: https.Agent;
  readonly #base: { readonly host: string; readonly port: number };
  readonly #headers: Readonly<Record<string, string>>;
  readonly #ca: Buffer;

  constructor(api: RealApi) {
    const { hostname, port } = new URL(api.url);
    this.#base = { host: hostname, port: Number(port) };
    this.#ca = readFileSync(api.caFile);
    this.#agent = new https.Agent({ keepAlive: true, maxSockets: 32, ca: this.#ca });
    this.#headers = { authorization: `Bearer ${api.token}`, accept: 'application/json' };
  }

  send(method: string, path: string, body?: string, contentType = 'application/json'): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      const request = https.request(
        {
          ...this.#base,
          method,
          path,
          agent: this.#agent,
          headers:
            body === undefined
              ? this.#headers
              : { ...this.#headers, 'content-type': contentType, 'content-length': Buffer.byteLength(body) },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
          response.on('error', reject);
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  /** A watch on connections of its own; the returned function ends it. */
  watch(path: string, heard: (type: string, object: RawService) => void): () => void {
    const request = https.request(
      { ...this.#base, method: 'GET', path, headers: this.#headers, ca: this.#ca, agent: false },
      (response) => {
        let rest = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          const lines = (rest + chunk).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) {
            const { type, object } = JSON.parse(line) as { type: string; object: RawService };
            heard(type, object);
          }
        });
        response.on('error', () => {});
      },
    );
    request.on('error', () => {});
    request.end();
    return () => request.destroy();
  }
}

export type RawService = {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
  };
  readonly spec: { readonly loadBalancerClass?: string };
  readonly status: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip: string }[] } };
};

export const keyOf = ({ metadata }: RawService): string => `${metadata.namespace}/${metadata.name}`;

export const servicePath = (namespace: string, name = ''): string =>
  `/api/v1/namespaces/${namespace}/services${name === '' ? '' : `/${name}`}`;

export const WATCH_PATH =
  '/api/v1/services?watch=true&allowWatchBookmarks=true&fieldSelector=spec.type%3DLoadBalancer';

export const serviceBody = (name: string, loadBalancerClass: string): string =>
  JSON.stringify({
    metadata: { name },
    spec: {
      type: 'LoadBalancer',
      loadBalancerClass,
      allocateLoadBalancerNodePorts: false,
      ports: [{ port: 80 }],
    },
  });

/** The very patch that the controller would send. */
export function bareBody({ metadata }: RawService, ip: string, pool: string): string {
  return JSON.stringify({
    metadata: {
      uid: metadata.uid,
      resourceVersion: metadata.resourceVersion,
      annotations: { 'metallb.io/ip-allocated-from-pool': pool },
    },
    status: {
      loadBalancer: { ingress: [{ ip }] },
      conditions: [
        {
          type: 'berth.dev/Assigned',
          status: 'True',
          reason: 'Assigned',
          message: `${ip} from pool "${pool}".`,
          lastTransitionTime: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
        },
      ],
    },
  });
}

/** `10.200.0.0` onward. */
export const bareAddress = (index: number): string =>
  `10.${200 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;

/** Calls `work` for 0 to count-1, so many at a time. */
export async function inParallel(
  count: number,
  atOnce: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(atOnce, count) }, async () => {
      while (next < count) await work(next++);
    }),
  );
}
