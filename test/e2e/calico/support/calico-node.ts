/** Substitute for calico-node: polls the cluster and configures the nodes' daemons by its objects. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RealApi } from '../../../support/real-api/start.ts';
import type { Loose } from './bird1/objects.ts';
import type { Testbed } from './testbed.ts';

const POLL_INTERVAL_MS = 300;

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

export class CalicoNodeSubstitute {
  /** The error of the last poll, null for none; waiting for convergence fails with it. */
  lastError: unknown = null;
  readonly #api: RealApi;
  readonly #stage: Testbed;
  #stopped = false;
  #polling: Promise<void> = Promise.resolve();

  constructor(api: RealApi, stage: Testbed) {
    this.#api = api;
    this.#stage = stage;
  }

  start(): void {
    this.#polling = this.#poll();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#polling;
  }

  /** All objects in the cluster that decide about announcements. */
  async objects(): Promise<readonly Loose[]> {
    const lists = await Promise.all(
      Object.entries(KINDS).map(async ([kind, path]) => {
        const { items, apiVersion } = await this.#api.requestOk<Loose>('GET', path);
        return items.map((one: Loose) => ({ apiVersion, kind, ...one }));
      }),
    );
    return lists.flat();
  }

  async #poll(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#stage.applyObjects(await this.objects());
        this.lastError = null;
      } catch (error) {
        this.lastError = error; // an API server does not serve new kinds at once
      }
      await sleep(POLL_INTERVAL_MS);
    }
  }
}
