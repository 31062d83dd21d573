/**
 * Prometheus metrics of one process, over prom-client. Names and labels come from the list of definitions and are checked
 * by the compiler. A series is removed together with the thing that it measures, by the code that sets it.
 *
 * Gauges that are only needed on a scrape (queue depth, age of a watch) are written by an `onScrape` reader, so that they
 * cost nothing in between. prom-client's process metrics are omitted: their event loop and garbage collection histograms use
 * memory and wake an idle process.
 */

import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { limitText } from '../base/limited-text.ts';
import { escapeDocument, isPrintable } from '../base/printable.ts';
import {
  type CounterName,
  type GaugeName,
  type HistogramName,
  type LabelsOf,
  METRICS,
  type MetricName,
  type MetricSpec,
} from './metric-definitions.ts';

/** No argument for a metric without labels. */
type LabelArguments<N extends MetricName> = [keyof LabelsOf<N>] extends [never] ? [] : [labels: LabelsOf<N>];

/** Longer label values are cut; names of Kubernetes have at most 317 characters, with their namespace. */
export const LABEL_VALUE_CHARS_MAX = 512;

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

  /** Increments a counter by 1. */
  count<N extends CounterName>(name: N, ...[labels]: LabelArguments<N>): void {
    this.add(name, 1, ...([labels] as LabelArguments<N>));
  }

  /** Increments a counter by `by`; 0 creates the series. */
  add<N extends CounterName>(name: N, by: number, ...[labels]: LabelArguments<N>): void {
    this.#counters.get(name)?.inc(safeLabels(labels), by);
  }

  set<N extends GaugeName>(name: N, value: number, ...[labels]: LabelArguments<N>): void {
    this.#gauges.get(name)?.set(safeLabels(labels), value);
  }

  observe<N extends HistogramName>(name: N, value: number, ...[labels]: LabelArguments<N>): void {
    this.#histograms.get(name)?.observe(safeLabels(labels), value);
  }

  /** Removes one series. */
  remove<N extends CounterName | GaugeName>(name: N, labels: LabelsOf<N>): void {
    (this.#counters.get(name) ?? this.#gauges.get(name))?.remove(safeLabels(labels));
  }

  /** Removes all series of a metric. */
  clear(name: CounterName | GaugeName): void {
    (this.#counters.get(name) ?? this.#gauges.get(name))?.reset();
  }

  /** Calls `read` before each scrape, to write gauges, until the returned function is called. */
  onScrape(read: () => void): () => void {
    this.#scrapeReaders.add(read);
    return () => {
      this.#scrapeReaders.delete(read);
    };
  }

  readonly contentType = this.#registry.contentType;

  /** All metrics in Prometheus' text format. */
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

type Labels = Readonly<Record<string, string>>;

/** The same labels where they are printable, as names of Kubernetes are; peers and pools of the old ConfigMap need not be. */
function safeLabels(labels: Labels | undefined): Labels {
  if (labels === undefined) return {};
  if (Object.values(labels).every(isSafe)) return labels;
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [
      name,
      limitText(escapeDocument(value.replace(LONE_SURROGATES, '\ufffd')), LABEL_VALUE_CHARS_MAX),
    ]),
  );
}

/** They are in no UTF-8 text. */
const LONE_SURROGATES = /\p{Surrogate}/gu;

const isSafe = (value: string): boolean =>
  value.length <= LABEL_VALUE_CHARS_MAX && isPrintable(value) && value.search(LONE_SURROGATES) < 0;
