/**
 * The built speaker on each node of a segment, with a real API server and thousands of Services. They reach the API server over
 * the segment, as most clusters do: a node that loses its link loses both.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkedSpeakers, readLog } from '../../../test/e2e/native/support/linked-speakers.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { relayApiInto } from '../../../test/support/netns/relayed-api.ts';
import type { ServerProcess } from '../../../test/support/real-api/server-process.ts';
import { addressOf, SEEDED_NAMESPACE, seedAnnounced } from '../speaker/seed.ts';
import { NAMESPACE, startTestBed, type TestBed } from '../test-bed.ts';
import { HUB_ADDRESS, nodeAddress, Segment } from './segment.ts';

export type SpeakersOptions = {
  readonly nodes: number;
  readonly services: number;
  /** Of the L2Advertisement. */
  readonly advertisement?: object;
};

const CONFIGURATION = `/apis/metallb.io/v1beta1/namespaces/${NAMESPACE}`;
const LOG_INTERVAL_MS = 100;
const SECRET_BYTES = 32;

export class SpeakersBed {
  readonly testBed: TestBed;
  readonly segment: Segment;
  readonly #kubeconfig: string;
  readonly #speakers = new Map<string, { readonly server: ServerProcess; readonly log: string }>();
  #starts = 0;

  private constructor(testBed: TestBed, segment: Segment, kubeconfig: string) {
    this.testBed = testBed;
    this.segment = segment;
    this.#kubeconfig = kubeconfig;
  }

  /** All speakers run, and have sessions with each other; the first Service is answered for. */
  static async start({ nodes, services, advertisement = {} }: SpeakersOptions): Promise<SpeakersBed> {
    const testBed = await startTestBed();
    const { api } = testBed;
    await testBed.namespace(SEEDED_NAMESPACE);
    await seedAnnounced(api.etcdUrl, 0, services);
    await api.requestOk('POST', `/api/v1/namespaces/${NAMESPACE}/secrets`, {
      metadata: { name: 'memberlist' },
      stringData: { secretkey: randomBytes(SECRET_BYTES).toString('base64') },
    });
    const create = (plural: string, kind: string, spec: object): Promise<unknown> =>
      api.requestOk('POST', `${CONFIGURATION}/${plural}`, {
        ...{ apiVersion: 'metallb.io/v1beta1', kind, metadata: { name: 'main' }, spec },
      });
    await create('ipaddresspools', 'IPAddressPool', { addresses: ['10.50.0.0/16'] });
    await create('l2advertisements', 'L2Advertisement', advertisement);
    const segment = new Segment(nodes, addressOf(0));
    for (const name of segment.names) {
      const metadata = { name, labels: { 'kubernetes.io/hostname': name } };
      await api.requestOk('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata });
      const addresses = [{ type: 'InternalIP', address: nodeAddress(name) }];
      await api.requestOk('PATCH', `/api/v1/nodes/${name}/status`, { status: { addresses } });
    }
    const { kubeconfig } = await relayApiInto(segment.hub, HUB_ADDRESS, api);
    const bed = new SpeakersBed(testBed, segment, kubeconfig);
    for (const name of segment.names) bed.startSpeaker(name);
    await bed.linked();
    return bed;
  }

  startSpeaker(name: string): void {
    this.#starts += 1;
    const log = `speaker-${name}-${this.#starts}`;
    const args = ['speaker', '--node-name', name, '--kubeconfig', this.#kubeconfig, '--namespace', NAMESPACE];
    const ports = ['--port=0', '--health-probe-port=0'];
    const server = this.segment.node(name).start(log, process.execPath, 'dist/berth.mjs', ...args, ...ports);
    this.#speakers.set(name, { server, log: join(this.segment.net.path, `${log}.log`) });
  }

  signal(name: string, signal: NodeJS.Signals): void {
    process.kill(this.#speaker(name).server.pid, signal);
  }

  /** Resolves when it has ended. */
  end(name: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    return this.#speaker(name).server.end(signal);
  }

  /** Waits until each speaker has a session with each other one. */
  async linked(): Promise<void> {
    const others = this.segment.names.length - 1;
    for (const name of this.segment.names)
      await eventually(
        () => {
          const { size } = linkedSpeakers(readLog(readFileSync(this.#speaker(name).log, 'utf8')));
          if (size < others) throw new Error(`${name} has ${size} sessions of ${others}\n${this.tail(name)}`);
        },
        { interval: LOG_INTERVAL_MS },
      );
  }

  tail(name: string): string {
    return this.#speaker(name).server.tail();
  }

  async stop(): Promise<void> {
    this.segment.destroy();
    await this.testBed.stop();
  }

  #speaker(name: string): { readonly server: ServerProcess; readonly log: string } {
    const speaker = this.#speakers.get(name);
    if (speaker === undefined) throw new Error(`no speaker on ${name}`);
    return speaker;
  }
}
