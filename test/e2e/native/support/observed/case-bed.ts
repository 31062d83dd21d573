/**
 * A place where cases are played: a real API server, the network with a namespace for each node, speakers in them, and the
 * collector as all routers. Cases follow each other on one bed, each with new processes and no objects; several beds of one
 * process share nothing.
 */
import type { Family } from '../../../../../src/net/address.ts';
import { NAMESPACE, NO_PORTS, Rig } from '../../../../controller/support/rig.ts';
import { eventually } from '../../../../support/eventually.ts';
import { type RelayedApi, relayApiInto } from '../../../../support/netns/relayed-api.ts';
import type { ServerProcess } from '../../../../support/real-api/server-process.ts';
import { API_ADDRESS, CaseNetwork, nodeAddresses, routerAddress } from './case-network.ts';
import { CaseObjects } from './case-objects.ts';
import { Collector } from './collector/collector.ts';
import { metallbCrds } from './metallb-crds.ts';

/** A router as a case describes it. */
export type CaseRouter = {
  readonly as: number;
  readonly at?: string;
  readonly port?: number;
  readonly family?: 'ipv6';
  readonly password?: string;
  readonly fourOctet?: boolean;
};

const BGP_PORT = 179;
const ROUTER_HOLD_SECONDS = 90;

/** A speaker that stops withdraws its routes at once: there is no other path that routers would have to learn before. */
const SPEAKER_FLAGS = [...NO_PORTS, '--view-port', '0', '--drain-wait', '0s'];

export class CaseBed {
  readonly objects: CaseObjects;
  readonly collector: Collector;
  readonly #rig: Rig;
  readonly #network: CaseNetwork;
  readonly #relayed: RelayedApi;
  readonly #speakers = new Map<string, ServerProcess>();
  #speakerStarts = 0;

  private constructor(rig: Rig, network: CaseNetwork, relayed: RelayedApi, collector: Collector) {
    this.#rig = rig;
    this.#network = network;
    this.#relayed = relayed;
    this.collector = collector;
    this.objects = new CaseObjects(rig.api);
  }

  static async start(): Promise<CaseBed> {
    const rig = await Rig.start({ crds: false });
    await rig.kubectl(['create', '-f', '-'], metallbCrds());
    const network = new CaseNetwork();
    const [relayed, collector] = await Promise.all([
      relayApiInto(network.hub, API_ADDRESS, rig.api),
      Collector.start(network.hub),
    ]);
    const bed = new CaseBed(rig, network, relayed, collector);
    await eventually(() => bed.objects.clear()); // each CRD is served some time after it was created
    return bed;
  }

  async stop(): Promise<void> {
    this.#relayed.close();
    this.#network.destroy();
    await this.#rig.stop();
  }

  /** Ends all processes of a case and removes its objects. */
  async clear(): Promise<void> {
    await Promise.all([...this.#speakers.keys()].map((node) => this.endSpeaker(node, 'SIGKILL')));
    await this.collector.closeAll();
    await this.objects.clear();
  }

  async startSpeaker(node: string, flags: readonly string[]): Promise<void> {
    const pod = `speaker-${node}`;
    await this.objects.ensurePod(pod, node);
    this.#speakerStarts += 1;
    const identity = ['--node-name', node, '--pod-name', pod, '--namespace', NAMESPACE];
    const args = [
      'speaker',
      ...identity,
      '--kubeconfig',
      this.#relayed.kubeconfig,
      ...SPEAKER_FLAGS,
      ...flags,
    ];
    const log = `${pod}-${this.#speakerStarts}`;
    const namespace = this.#network.node(node);
    this.#speakers.set(node, namespace.start(log, process.execPath, this.#rig.script, ...args));
  }

  async endSpeaker(node: string, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.#speakers.get(node)?.end(signal);
    this.#speakers.delete(node);
  }

  async startRouter(name: string, router: CaseRouter): Promise<void> {
    const family: Family = router.family === 'ipv6' ? 6 : 4;
    const location = router.at ?? name;
    await this.collector.listen({
      name,
      as: router.as,
      address: routerAddress(location, family),
      port: router.port ?? BGP_PORT,
      routerId: routerAddress(location, 4),
      holdTime: ROUTER_HOLD_SECONDS,
      fourOctetAs: router.fourOctet ?? true,
      password: router.password ?? '',
      neighbors: nodeAddresses(family),
    });
  }

  /** The last log lines of the speakers, for the message of a failure. */
  logTails(): string {
    return [...this.#speakers].map(([node, { tail }]) => `--- speaker on ${node}\n${tail()}`).join('\n');
  }
}
