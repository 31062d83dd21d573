/**
 * The metrics of one process, over prom-client. Callers name a metric of the list and its labels; the compiler
 * checks both. A series goes away with the thing it measured: whoever sets one also removes it.
 *
 * Gauges that only matter when someone looks (a queue's depth, a watch's age) are written by an `onScrape`
 * reader, so that they cost nothing in between. prom-client's own process metrics are left out: their event
 * loop and garbage collection histograms cost memory and wake an idle process.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import {
  type CounterName,
  type GaugeName,
  type HistogramName,
  type LabelsOf,
  METRICS,
  type MetricName,
  type MetricSpec,
} from './metric-definitions.ts';

/** Labels are left out where the metric has none. */
type LabelArguments<N extends MetricName> = [keyof LabelsOf<N>] extends [never] ? [] : [labels: LabelsOf<N>];

const SPECS: readonly (readonly [string, MetricSpec])[] = Object.entries(METRICS);

export class Metrics {
  readonly #registry = new Registry();
  readonly #counters = new Map<string, Counter>();
  readonly #gauges = new Map<string, Gauge>();
  readonly #histograms = new Map<string, Histogram>();
  readonly #scrapeReaders = new Set<() => void>();

  constructor(version: string) {
    for (const [name, spec] of SPECS) this.#register(name, spec);
    this.set('berth_build_info', 1, { version });
    this.onScrape(this.#processReader());
  }

  /** One more. */
  count<N extends CounterName>(name: N, ...[labels]: LabelArguments<N>): void {
    this.add(name, 1, ...([labels] as LabelArguments<N>));
  }

  /** `by` more; 0 makes the series appear. */
  add<N extends CounterName>(name: N, by: number, ...[labels]: LabelArguments<N>): void {
    this.#counters.get(name)?.inc(labels ?? {}, by);
  }

  set<N extends GaugeName>(name: N, value: number, ...[labels]: LabelArguments<N>): void {
    this.#gauges.get(name)?.set(labels ?? {}, value);
  }

  observe<N extends HistogramName>(name: N, value: number, ...[labels]: LabelArguments<N>): void {
    this.#histograms.get(name)?.observe(labels ?? {}, value);
  }

  /** Removes one series of a metric with labels. */
  remove<N extends CounterName | GaugeName>(name: N, labels: LabelsOf<N>): void {
    (this.#counters.get(name) ?? this.#gauges.get(name))?.remove(labels);
  }

  /** Removes every series of a metric with labels. */
  clear(name: CounterName | GaugeName): void {
    (this.#counters.get(name) ?? this.#gauges.get(name))?.reset();
  }

  /** `read` runs before each scrape, to write gauges. The returned function ends that. */
  onScrape(read: () => void): () => void {
    this.#scrapeReaders.add(read);
    return () => {
      this.#scrapeReaders.delete(read);
    };
  }

  readonly contentType = this.#registry.contentType;

  /** Everything, as Prometheus reads it. */
  async text(): Promise<string> {
    for (const read of this.#scrapeReaders) read();
    return this.#registry.metrics();
  }

  #register(name: string, { type, help, labels, buckets = [] }: MetricSpec): void {
    const options = { name, help, labelNames: [...labels], registers: [this.#registry] };
    if (type === 'counter') this.#counters.set(name, new Counter(options));
    else if (type === 'gauge') this.#gauges.set(name, new Gauge(options));
    else this.#histograms.set(name, new Histogram({ ...options, buckets: [...buckets] }));
  }

  #processReader(): () => void {
    const startedAt = performance.timeOrigin / 1000;
    let countedSeconds = 0;
    return () => {
      const { user, system } = process.cpuUsage();
      const seconds = (user + system) / 1e6;
      this.add('process_cpu_seconds_total', Math.max(0, seconds - countedSeconds));
      countedSeconds = seconds;
      const { rss, heapUsed } = process.memoryUsage();
      this.set('process_resident_memory_bytes', rss);
      this.set('nodejs_heap_used_bytes', heapUsed);
      this.set('process_start_time_seconds', startedAt);
    };
  }
}
