/**
 * What the benchmarks of the speaker stand on: a real API server with the objects of one node, the built speaker the way a
 * Pod would run it, and a collector. In the benchmark's own network.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { MERGE_PATCH } from '../../../src/objects/patch-type.ts';
import { serviceAccount, startTestBed, type TestBed } from '../test-bed.ts';
import { wallNow } from '../wall-clock.ts';
import { CollectorClient } from './collector-client.ts';
import { advertisement, NODE, node, pathTo, peer, pool } from './objects.ts';
import { endpointsOf, SEEDED_NAMESPACE, seedAnnounced, sliceName } from './seed.ts';

const NODE_FLAGS = (process.env['BENCH_NODE_FLAGS'] ?? '').split(' ').filter((flag) => flag !== '');
const ENDS_WITHIN_MS = 5000;

export type RunningSpeaker = {
  readonly pid: number;
  /** By the wall clock. */
  readonly startedAt: number;
  /** When it said its first word: Node is up, the program is loaded, the first request goes out. */
  readonly firstLogAt: Promise<number>;
  /** When it has everything and speaks. */
  readonly speakingAt: Promise<number>;
  /** SIGTERM, for a profile is written at a clean end only; settles when it is gone. */
  end(): Promise<void>;
};

export type SpeakerTestBed = Pick<TestBed, 'api' | 'baseline'> & {
  readonly collector: CollectorClient;
  /** So many Services in all; they only become more. */
  growTo(services: number): Promise<void>;
  readonly services: number;
  /** A peer of this name, at this port of the collector. */
  peer(name: string, port: number, spec?: object): Promise<void>;
  removePeer(name: string): Promise<void>;
  speaker(args?: readonly string[]): RunningSpeaker;
  /** Settles when the API server has answered. */
  setReady(service: number, isReady: boolean): Promise<void>;
  advertise(spec: object): Promise<void>;
  stop(): Promise<void>;
};

export async function startSpeakerTestBed(): Promise<SpeakerTestBed> {
  const testBed = await startTestBed();
  const { api, baseline } = testBed;
  const account = serviceAccount(api);
  const collector = new CollectorClient();
  const running = new Set<RunningSpeaker>();
  await testBed.namespace(SEEDED_NAMESPACE);
  await api.requestOk('POST', '/api/v1/nodes', node);
  await api.requestOk('PATCH', `/api/v1/nodes/${NODE}/status`, { status: node.status });
  await api.requestOk('POST', pathTo('ipaddresspools'), pool);
  await api.requestOk('POST', pathTo('bgpadvertisements'), advertisement);
  let services = 0;
  return {
    ...{ api, baseline, collector },
    get services() {
      return services;
    },
    async growTo(count) {
      await seedAnnounced(api.etcdUrl, services, count);
      services = count;
    },
    async peer(name, port, spec) {
      await api.requestOk('POST', pathTo('bgppeers'), peer(name, port, spec));
    },
    async removePeer(name) {
      await api.requestOk('DELETE', pathTo('bgppeers', name));
    },
    speaker(args = []) {
      const speaker = launchSpeaker(account.environment, args);
      running.add(speaker);
      return speaker;
    },
    async setReady(service, isReady) {
      const path = `/apis/discovery.k8s.io/v1/namespaces/${SEEDED_NAMESPACE}/endpointslices/${sliceName(service)}`;
      await baseline.sendOrThrow(
        'PATCH',
        path,
        JSON.stringify({ endpoints: endpointsOf(service, isReady) }),
        MERGE_PATCH,
      );
    },
    async advertise(spec) {
      await baseline.sendOrThrow(
        'PATCH',
        pathTo('bgpadvertisements', advertisement.metadata.name),
        JSON.stringify({ spec }),
        MERGE_PATCH,
      );
    },
    async stop() {
      await Promise.all([...running].map((one) => one.end()));
      collector.stop();
      account.remove();
      await testBed.stop();
    },
  };
}

/** Ports are off unless `args` say otherwise; of two flags of one name the last counts. */
export function launchSpeaker(environment: NodeJS.ProcessEnv, args: readonly string[]): RunningSpeaker {
  const startedAt = wallNow();
  const flags = ['--node-name', NODE, '--port=0', '--health-probe-port=0', '--drain-wait=0s'];
  const program = [...NODE_FLAGS, 'dist/berth.mjs', 'speaker', ...flags, ...args];
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'inherit'], env: environment });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void exited.then(() => process.off('exit', kill));
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    if (line.includes('"level":"error"')) process.stderr.write(`${line}\n`);
  });
  const logged = (words: string): Promise<number> =>
    new Promise((resolve) =>
      lines.on('line', (line) => {
        if (line.includes(words)) resolve(wallNow());
      }),
    );
  return {
    pid: child.pid ?? 0,
    startedAt,
    firstLogAt: logged('"msg"'),
    speakingAt: logged('"msg":"speaking"'),
    async end() {
      child.kill('SIGTERM');
      const limit = setTimeout(kill, ENDS_WITHIN_MS);
      await exited;
      clearTimeout(limit);
    },
  };
}
