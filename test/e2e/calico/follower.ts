/** In place of calico-node: reads the cluster again and again, and has the nodes' daemons configured by what it finds. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RealApi } from '../../support/realapi/start.ts';
import type { Loose } from './bird1/world.ts';
import type { Stage } from './stage.ts';

const LOOK_EVERY_MS = 300;

const KINDS: Readonly<Record<string, string>> = {
  Node: '/api/v1/nodes',
  Service: '/api/v1/services',
  Secret: '/api/v1/namespaces/kube-system/secrets',
  EndpointSlice: '/apis/discovery.k8s.io/v1/endpointslices',
  BGPConfiguration: '/apis/projectcalico.org/v3/bgpconfigurations',
  BGPPeer: '/apis/projectcalico.org/v3/bgppeers',
  BGPFilter: '/apis/projectcalico.org/v3/bgpfilters',
  IPPool: '/apis/projectcalico.org/v3/ippools',
};

export class Follower {
  /** Why the last round came to nothing; whoever waits for what should follow from it will want to know. */
  complaint: unknown = null;
  readonly #api: RealApi;
  readonly #stage: Stage;
  #stopped = false;
  #round: Promise<void> = Promise.resolve();

  constructor(api: RealApi, stage: Stage) {
    this.#api = api;
    this.#stage = stage;
  }

  start(): void {
    this.#round = this.#work();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#round;
  }

  /** All that decides about announcements, as it is in the cluster now. */
  async objects(): Promise<readonly Loose[]> {
    const lists = await Promise.all(
      Object.entries(KINDS).map(async ([kind, path]) => {
        const { items, apiVersion } = await this.#api.must<Loose>('GET', path);
        return items.map((one: Loose) => ({ apiVersion, kind, ...one }));
      }),
    );
    return lists.flat();
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#stage.follow(await this.objects());
        this.complaint = null;
      } catch (error) {
        this.complaint = error; // an API server that has just met new kinds is not ready at once
      }
      await sleep(LOOK_EVERY_MS);
    }
  }
}
