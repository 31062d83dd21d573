/** MetalLB's gauge `metallb_speaker_announced`, one series for each announced address. Written on scrape, since a start changes thousands. */
import type { ServiceStatusChange } from '../announce/model/node-model.ts';
import type { ServiceStatus } from '../announce/model/service-status.ts';
import type { ServiceKey } from '../objects/service.ts';
import type { Metrics } from '../observe/metrics.ts';

const PROTOCOL = 'bgp';

export class AnnouncedGauge {
  readonly #metrics: Metrics;
  readonly #node: string;
  /** Addresses that have a series, by Service. */
  readonly #published = new Map<ServiceKey, readonly string[]>();
  /** Addresses to publish on the next scrape, by changed Service. */
  readonly #pending = new Map<ServiceKey, readonly string[]>();

  constructor(metrics: Metrics, node: string) {
    this.#metrics = metrics;
    this.#node = node;
  }

  serviceChanged({ key, status }: ServiceStatusChange): void {
    this.#pending.set(key, status === null ? [] : addressesOf(status));
  }

  /** `isWithdrawn`: the node is drained and announces nothing until it resumes. */
  scrape({ isWithdrawn }: { readonly isWithdrawn: boolean }): void {
    if (isWithdrawn) {
      for (const [key, addresses] of this.#published) {
        if (!this.#pending.has(key)) this.#pending.set(key, addresses);
        this.#publish(key, []);
      }
      return;
    }
    for (const [key, addresses] of this.#pending) this.#publish(key, addresses);
    this.#pending.clear();
  }

  #publish(service: ServiceKey, addresses: readonly string[]): void {
    const labels = (ip: string) => ({ service, protocol: PROTOCOL, node: this.#node, ip });
    for (const ip of this.#published.get(service) ?? [])
      if (!addresses.includes(ip)) this.#metrics.remove('metallb_speaker_announced', labels(ip));
    for (const ip of addresses) this.#metrics.set('metallb_speaker_announced', 1, labels(ip));
    if (addresses.length === 0) this.#published.delete(service);
    else this.#published.set(service, addresses);
  }
}

/** Addresses of a Service that is announced to at least one peer. */
const addressesOf = ({ decision, targetPeers }: ServiceStatus): readonly string[] =>
  decision.kind === 'announced' && targetPeers.length > 0 ? decision.record.addresses.split(',') : [];
