/**
 * A tenant that changes its Services all the time, inside of the process of the API server in memory. Every change reaches
 * the watches of the controller; one in ten requests another address, so that the controller has to write.
 */
import type { DirectClient } from '../../src/apiserver/direct-client.ts';
import { type JsonObject, objectAt } from '../../src/apiserver/object/value.ts';
import { TENANT } from './hostile-services.ts';
import { OURS } from './services.ts';

export const CHURN_SERVICES = 500;
const REQUESTS_EVERY = 10;
const TICK_MS = 5;
/** On a busy machine there are fewer changes than ordered: the API server has to answer meanwhile. */
const CHANGES_PER_TICK_MAX = 10;

/** What the process of the API server is asked by a message. */
export type ChurnOrder = { readonly changesPerSecond: number };

/** Its answer to each order: of the order before it. */
export type ChurnReport = {
  readonly changes: number;
  readonly changesPerSecond: number;
  /** By all others. */
  readonly writes: number;
};

export class Churn {
  readonly #objects: DirectClient;
  #timer: NodeJS.Timeout | null = null;
  #changes = 0;
  #startRevision = 0;
  #startedAt = performance.now();
  #next = 0;

  constructor(objects: DirectClient) {
    this.#objects = objects;
    for (let i = 0; i < CHURN_SERVICES; i++) objects.put(changed(base(i), 0, i));
  }

  /** Ends what runs, and begins anew; with 0 changes a second nothing runs. */
  order({ changesPerSecond }: ChurnOrder): ChurnReport {
    if (this.#timer !== null) clearInterval(this.#timer);
    const writes = this.#objects.revision() - this.#startRevision - this.#changes;
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const report = { changes: this.#changes, changesPerSecond: this.#changes / seconds, writes };
    this.#changes = 0;
    this.#startRevision = this.#objects.revision();
    this.#startedAt = performance.now();
    const tick = (): void => {
      const due = ((performance.now() - this.#startedAt) * changesPerSecond) / 1000;
      for (let i = 0; i < CHANGES_PER_TICK_MAX && this.#changes < due; i++) this.#change();
    };
    this.#timer = changesPerSecond === 0 ? null : setInterval(tick, TICK_MS);
    return report;
  }

  #change(): void {
    const index = this.#next++;
    const at = index % CHURN_SERVICES;
    const { status: _, ...stored } = this.#objects.get('services', TENANT, `churn-${at}`) ?? base(at);
    this.#objects.put(changed(stored, Math.floor(index / CHURN_SERVICES), at));
    this.#changes += 1;
  }
}

const base = (index: number): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: `churn-${index}`, namespace: TENANT },
  spec: {
    type: 'LoadBalancer',
    loadBalancerClass: OURS,
    allocateLoadBalancerNodePorts: false,
    ports: [{ port: 80 }],
  },
});

/** In each round, others of the Services request another address than before. */
function changed(service: JsonObject, round: number, index: number): JsonObject {
  const metadata = objectAt(service, 'metadata');
  const changesOf = round + (index % REQUESTS_EVERY);
  const address = `10.8.${index >> 7}.${2 * (index & 127) + (Math.floor(changesOf / REQUESTS_EVERY) & 1)}`;
  const annotations = {
    ...objectAt(metadata, 'annotations'),
    'metallb.io/loadBalancerIPs': address,
    'example.com/round': String(round),
  };
  return { ...service, metadata: { ...metadata, annotations } };
}
