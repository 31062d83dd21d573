/**
 * Where cases are played: a real API server, a network with a namespace for each node, and speakers in them. Cases follow each
 * other on one bed, each with new processes and no objects; several beds of one process share nothing.
 */
import { NAMESPACE, NO_PORTS, Rig } from '../../../../controller/support/rig.ts';
import { eventually } from '../../../../support/eventually.ts';
import type { NetworkNamespace } from '../../../../support/netns/network.ts';
import { type RelayedApi, relayApiInto } from '../../../../support/netns/relayed-api.ts';
import type { ServerProcess } from '../../../../support/real-api/server-process.ts';
import { CaseObjects } from './case-objects.ts';
import { metallbCrds } from './metallb-crds.ts';

/** Where the hub passes connections on to the API server, for all nodes. */
export const API_ADDRESS = '10.213.0.254';

export type BedNetwork = {
  /** It has the address of the API server. */
  readonly hub: NetworkNamespace;
  node(name: string): NetworkNamespace;
  destroy(): void;
};

/** A speaker that stops withdraws its routes at once: there is no other path that routers would have to learn before. */
const SPEAKER_FLAGS = [...NO_PORTS, '--view-port', '0', '--drain-wait', '0s'];

export class SpeakerBed {
  readonly objects: CaseObjects;
  readonly #rig: Rig;
  readonly #network: BedNetwork;
  readonly #relayed: RelayedApi;
  readonly #speakers = new Map<string, ServerProcess>();
  #starts = 0;

  private constructor(rig: Rig, network: BedNetwork, relayed: RelayedApi) {
    this.#rig = rig;
    this.#network = network;
    this.#relayed = relayed;
    this.objects = new CaseObjects(rig.api);
  }

  static async start(network: BedNetwork): Promise<SpeakerBed> {
    const rig = await Rig.start({ crds: false });
    await rig.kubectl(['create', '-f', '-'], metallbCrds());
    const bed = new SpeakerBed(rig, network, await relayApiInto(network.hub, API_ADDRESS, rig.api));
    await eventually(() => bed.objects.clear()); // each CRD is served some time after it was created
    return bed;
  }

  async stop(): Promise<void> {
    this.#relayed.close();
    this.#network.destroy();
    await this.#rig.stop();
  }

  /** Ends all speakers and removes all objects. */
  async clear(): Promise<void> {
    await Promise.all([...this.#speakers.keys()].map((node) => this.endSpeaker(node, 'SIGKILL')));
    await this.objects.clear();
  }

  /** `prefix` is a command that runs the speaker. */
  async startSpeaker(node: string, flags: readonly string[], prefix: readonly string[] = []): Promise<void> {
    const pod = `speaker-${node}`;
    await this.objects.ensurePod(pod, node);
    this.#starts += 1;
    const identity = ['--node-name', node, '--pod-name', pod, '--namespace', NAMESPACE];
    const args = [
      'speaker',
      ...identity,
      '--kubeconfig',
      this.#relayed.kubeconfig,
      ...SPEAKER_FLAGS,
      ...flags,
    ];
    const [program = process.execPath, ...rest] = [...prefix, process.execPath, this.#rig.script, ...args];
    const server = this.#network.node(node).start(`${pod}-${this.#starts}`, program, ...rest);
    this.#speakers.set(node, server);
  }

  async endSpeaker(node: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.#speakers.get(node)?.end(signal);
    this.#speakers.delete(node);
  }

  /** How often each speaker that runs has logged this message lately, by node. */
  logged(message: string): ReadonlyMap<string, number> {
    const count = (text: string): number => text.split(`"msg":"${message}"`).length - 1;
    return new Map([...this.#speakers].map(([node, { tail }]) => [node, count(tail())]));
  }

  /** The last log lines of the speakers, for the message of a failure. */
  logTails(): string {
    return [...this.#speakers].map(([node, { tail }]) => `--- speaker on ${node}\n${tail()}`).join('\n');
  }
}
