/**
 * Test bed of the speaker's benchmarks: a real API server with the objects of one node, the built speaker as a Pod would run
 * it, and a collector, in the network namespace of the benchmark.
 */
import { MERGE_PATCH } from '../../../src/objects/patch-type.ts';
import { startProgram } from '../program.ts';
import { serviceAccount, startTestBed, type TestBed } from '../test-bed.ts';
import { wallNow } from '../wall-clock.ts';
import { CollectorClient } from './collector-client.ts';
import { advertisement, NODE, node, pathTo, peer, pool } from './objects.ts';
import { endpointsOf, SEEDED_NAMESPACE, seedAnnounced, sliceName } from './seed.ts';

const ENDS_WITHIN_MS = 5000;

export type RunningSpeaker = {
  readonly pid: number;
  /** By `wallNow`. */
  readonly startedAt: number;
  /** When it wrote its first log line: Node.js runs, the program is loaded, the first request is sent. */
  readonly firstLogAt: Promise<number>;
  /** Ends it by SIGTERM, so that it writes its profile; resolves when it has ended. */
  end(): Promise<void>;
};

export type SpeakerTestBed = Pick<TestBed, 'api' | 'baseline'> & {
  readonly collector: CollectorClient;
  /** Adds Services up to this number. */
  growTo(services: number): Promise<void>;
  readonly services: number;
  /** Adds a BGPPeer at this port of the collector. */
  peer(name: string, port: number, spec?: object): Promise<void>;
  removePeer(name: string): Promise<void>;
  speaker(args?: readonly string[]): RunningSpeaker;
  /** Resolves with the API server's response. */
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

/** Ports are closed unless `args` open them: of two flags of one name the last one counts. */
export function launchSpeaker(environment: NodeJS.ProcessEnv, args: readonly string[]): RunningSpeaker {
  const flags = ['--node-name', NODE, '--port=0', '--health-probe-port=0', '--drain-wait=0s'];
  const { child, startedAt, firstLogAt, exited } = startProgram(['speaker', ...flags, ...args], {
    environment,
    now: wallNow,
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  void exited.then(() => process.off('exit', kill));
  return {
    pid: child.pid ?? 0,
    startedAt,
    firstLogAt,
    async end() {
      child.kill('SIGTERM');
      const limit = setTimeout(kill, ENDS_WITHIN_MS);
      await exited;
      clearTimeout(limit);
    },
  };
}
