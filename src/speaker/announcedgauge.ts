/** MetalLB's gauge of the addresses that this node announces. It is written when somebody looks: a start has thousands. */
import type { ServiceChange } from '../announce/picture.ts';
import type { Told } from '../announce/told.ts';
import type { ServiceKey } from '../cluster/service.ts';
import type { Metrics } from '../observe/metrics.ts';

const PROTOCOL = 'bgp';

export class AnnouncedGauge {
  readonly #metrics: Metrics;
  readonly #node: string;
  /** Addresses that a series stands for, by Service. */
  readonly #shown = new Map<ServiceKey, readonly string[]>();
  /** What is to be shown instead. */
  readonly #news = new Map<ServiceKey, readonly string[]>();

  constructor(metrics: Metrics, node: string) {
    this.#metrics = metrics;
    this.#node = node;
  }

  changed({ key, told }: ServiceChange): void {
    this.#news.set(key, told === null ? [] : addressesOf(told));
  }

  /** `isSilent`: the node has left, and announces nothing until it is back. */
  scrape({ isSilent }: { readonly isSilent: boolean }): void {
    if (isSilent) {
      for (const [key, addresses] of this.#shown) {
        if (!this.#news.has(key)) this.#news.set(key, addresses);
        this.#show(key, []);
      }
      return;
    }
    for (const [key, addresses] of this.#news) this.#show(key, addresses);
    this.#news.clear();
  }

  #show(service: ServiceKey, addresses: readonly string[]): void {
    const labels = (ip: string) => ({ service, protocol: PROTOCOL, node: this.#node, ip });
    for (const ip of this.#shown.get(service) ?? [])
      if (!addresses.includes(ip)) this.#metrics.remove('metallb_speaker_announced', labels(ip));
    for (const ip of addresses) this.#metrics.set('metallb_speaker_announced', 1, labels(ip));
    if (addresses.length === 0) this.#shown.delete(service);
    else this.#shown.set(service, addresses);
  }
}

/** Of a Service that somebody is meant to hear of. */
const addressesOf = ({ verdict, assigned }: Told): readonly string[] =>
  verdict.kind === 'announced' && assigned ? verdict.standing.addresses.split(',') : [];
