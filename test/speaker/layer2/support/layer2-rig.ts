/** Speakers of several nodes over one API server in memory, each with a wire that only takes notes. */
import assert from 'node:assert/strict';
import { type ApiServer, startApiServer } from '../../../../src/apiserver/server.ts';
import type { Raw } from '../../../../src/base/json.ts';
import { err, ok } from '../../../../src/base/result.ts';
import { anonymousConfig } from '../../../../src/kube/auth/rest-config.ts';
import { EventRecorder } from '../../../../src/kube/event-recorder.ts';
import { KubeClient } from '../../../../src/kube/http/client.ts';
import type { OwnedAddress, WireEvent, WireInterface } from '../../../../src/layer2/packets/layer2-wire.ts';
import { formatAddress } from '../../../../src/net/address.ts';
import { silentLog } from '../../../../src/observe/log.ts';
import { Metrics } from '../../../../src/observe/metrics.ts';
import type { OpenWire } from '../../../../src/speaker/layer2/ports.ts';
import { SpeakerProgram } from '../../../../src/speaker/main/speaker-program.ts';
import { systemClock } from '../../../../src/workqueue/system-clock.ts';
import type { AnyObject } from '../../../controller/support/rig.ts';
import { CRDS } from '../../../support/crds.ts';

export const NAMESPACE = 'metallb-system';

/** The Pod of the speaker of a node. */
export const speakerPod = (node: string, metadata: Raw = {}) => ({
  ...{ apiVersion: 'v1', kind: 'Pod', spec: { nodeName: node, containers: [] } },
  metadata: {
    ...{ name: `speaker-${node}`, namespace: NAMESPACE, labels: { component: 'speaker' } },
    ...metadata,
  },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
});

export class FakeWire {
  owned: readonly OwnedAddress[] = [];
  speakers: readonly string[] = [];
  readonly defended: string[] = [];
  isClosed = false;
  /** Why it cannot be opened; null where it can. */
  refusal: string | null = null;
  /** The table of owned addresses was replaced. */
  replaced: () => void = () => {};
  send: (event: WireEvent) => void = () => {};

  get addresses(): readonly string[] {
    return this.isClosed ? [] : this.owned.map(({ address }) => formatAddress(address));
  }

  readonly open: OpenWire = async ({ onEvent }) => {
    if (this.refusal !== null) return err(this.refusal);
    this.send = onEvent;
    this.isClosed = false;
    return ok({
      setOwned: (table) => {
        this.owned = table;
        this.replaced();
      },
      setSpeakers: (macs) => (this.speakers = macs),
      setExcluded: () => {},
      defend: (address) => this.defended.push(formatAddress(address)),
      announce: () => {},
      resume: () => {},
      close: async () => {
        this.isClosed = true;
      },
    });
  };
}

export const wireInterface = (
  name: string,
  index: number,
  addresses: WireInterface['addresses'] = [],
): WireInterface => ({
  ...{ name, index, mac: `02:00:00:00:00:0${index}`, families: { 4: true, 6: true }, addresses },
});

type RunningSpeaker = { readonly stop: AbortController; readonly done: Promise<void> };

export class Layer2Rig {
  readonly wires = new Map<string, FakeWire>();
  readonly metrics = new Map<string, Metrics>();
  readonly #server: ApiServer;
  readonly #client: KubeClient;
  readonly #running = new Map<string, RunningSpeaker>();

  private constructor(server: ApiServer) {
    this.#server = server;
    this.#client = new KubeClient({
      ...{ config: anonymousConfig(server.url), clock: systemClock, userAgent: 'test' },
    });
  }

  static async start(objects: readonly AnyObject[]): Promise<Layer2Rig> {
    const server = await startApiServer({ clock: systemClock, namespaces: ['web', NAMESPACE] });
    for (const one of [...CRDS, ...objects]) server.objects.put(one);
    return new Layer2Rig(server);
  }

  get objects(): ApiServer['objects'] {
    return this.#server.objects;
  }

  get url(): string {
    return this.#server.url;
  }

  /** A merge patch, as a person sends it. */
  async patch(path: string, body: object): Promise<void> {
    const contentType = 'application/merge-patch+json';
    const outcome = await this.#client.send({ method: 'PATCH', path, body, contentType, timeout: 5000 });
    assert.equal(outcome.kind, 'ok');
  }

  /** Starts the speaker of a node; its wire has these interfaces, or is refused. */
  startSpeaker(
    node: string,
    interfaces: readonly WireInterface[] = [wireInterface('eth0', 1)],
    failbackDelay = 0,
    refusal: string | null = null,
  ): void {
    const wire = new FakeWire();
    wire.refusal = refusal;
    this.wires.set(node, wire);
    const metrics = new Metrics('test');
    this.metrics.set(node, metrics);
    const shared = { clock: systemClock, random: Math.random };
    const client = this.#client;
    const program = new SpeakerProgram(
      {
        ...{ ...shared, client, log: silentLog, metrics },
        poster: new EventRecorder({
          ...{ ...shared, client, component: 'test', instance: node, timeout: 5000 },
        }),
        openSession: () => assert.fail('no peer selects the node'),
        layer2: {
          ...{ keepsOwner: true, failbackDelay, mesh: null, keepsWhenIsolated: false },
          ...{ address: null, hostAddress: null },
          openWire: async (options) => {
            const opened = await wire.open(options);
            if (opened.ok) setImmediate(() => options.onEvent({ kind: 'interfaces', interfaces }));
            return opened;
          },
        },
      },
      {
        ...{ namespace: NAMESPACE, node, podName: '', serviceBgpStatusLimit: 0 },
        ...{ flags: { lbClass: null, ignoreExcludeLabel: false }, drainWait: 0, drainOnCordon: false },
      },
    );
    const stop = new AbortController();
    this.#running.set(node, { stop, done: program.run(stop.signal) });
  }

  async stopSpeaker(node: string): Promise<void> {
    const running = this.#running.get(node);
    this.#running.delete(node);
    running?.stop.abort();
    await running?.done;
  }

  /** The nodes that answer for an address. */
  answering(address: string): readonly string[] {
    return [...this.wires].filter(([, wire]) => wire.addresses.includes(address)).map(([node]) => node);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((node) => this.stopSpeaker(node)));
    this.#client.close();
    await this.#server.stop();
  }
}
