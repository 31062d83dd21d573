/** A node of such a cluster: `berth speaker` as it is built, in a namespace of its own. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LogLine } from '../../../../controller/support/program.ts';
import { NAMESPACE, NO_PORTS } from '../../../../controller/support/rig.ts';
import { eventually } from '../../../../support/eventually.ts';
import type { NetworkNamespace } from '../../../../support/netns/network.ts';
import { relayInto } from '../../../../support/netns/relay.ts';
import type { ServerProcess } from '../../../../support/real-api/server-process.ts';
import { readLog } from '../linked-speakers.ts';
import type { InteropCluster } from './cluster.ts';
import type { SessionSpec } from './session-spec.ts';

const API = { address: '127.0.0.1', port: 8080 };

export class SpeakerNode {
  readonly name: string;
  readonly space: NetworkNamespace;
  readonly #cluster: InteropCluster;
  readonly #kubeconfig: string;
  #startSpeaker: ServerProcess | null = null;
  #starts = 0;

  private constructor(cluster: InteropCluster, name: string, space: NetworkNamespace, kubeconfig: string) {
    this.#cluster = cluster;
    this.name = name;
    this.space = space;
    this.#kubeconfig = kubeconfig;
  }

  /** `addresses` are those of the Node object: next hops where the session has none of the family. */
  static async make(
    cluster: InteropCluster,
    name: string,
    addresses: readonly string[],
  ): Promise<SpeakerNode> {
    const { api, net } = cluster;
    const space = net.namespace(name);
    await relayInto(space, API, Number(new URL(api.url).port));
    api.objects.put({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'kubernetes.io/hostname': name } },
      status: { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) },
    });
    const kubeconfig = join(net.path, `${name}.kubeconfig`);
    writeFileSync(kubeconfig, kubeconfigText);
    return new SpeakerNode(cluster, name, space, kubeconfig);
  }

  startSpeaker(...flags: readonly string[]): void {
    this.#starts += 1;
    const args = [
      'speaker',
      '--node-name',
      this.name,
      '--kubeconfig',
      this.#kubeconfig,
      '--namespace',
      NAMESPACE,
    ];
    const all = [this.#cluster.script, ...args, ...NO_PORTS, ...flags];
    this.#startSpeaker = this.space.start(this.#logName, process.execPath, ...all);
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#startSpeaker !== null) process.kill(this.#startSpeaker.pid, signal);
  }

  async stopSpeaker(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.#startSpeaker?.end(signal);
  }

  /** The log of the speaker that runs, or ran last. */
  log(): readonly LogLine[] {
    return readLog(readFileSync(join(this.space.folder, `${this.#logName}.log`), 'utf8'));
  }

  /** Log lines about a peer since the line with this number. */
  linesAbout({ name }: SessionSpec, msg: string, since = 0): readonly LogLine[] {
    return this.log()
      .slice(since)
      .filter((line) => line.msg === msg && line['peer'] === name);
  }

  /** Waits for a log line with that message and a matching reason; returns the reason. */
  waitForLine(session: SessionSpec, msg: string, because: RegExp, since = 0): Promise<string> {
    return eventually(() => {
      const reasons = this.linesAbout(session, msg, since).map((line) => String(line['because']));
      const found = reasons.find((reason) => because.test(reason));
      if (found === undefined) throw new Error(`${session.name}: no ${because} in:\n${this.tail()}`);
      return found;
    });
  }

  tail(): string {
    return this.#startSpeaker?.tail() ?? '';
  }

  get #logName(): string {
    return `speaker-${this.name}-${this.#starts}`;
  }
}

/** JSON is YAML. */
const kubeconfigText = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'memory',
  clusters: [{ name: 'memory', cluster: { server: `http://${API.address}:${API.port}` } }],
  users: [{ name: 'memory', user: {} }],
  contexts: [{ name: 'memory', context: { cluster: 'memory', user: 'memory' } }],
});
