/** Services that a node announces to at least one peer, with their peers and prefixes. */
import { createHash } from 'node:crypto';
import type { ServiceStatusChange } from '../../announce/model/node-model.ts';
import type { ServiceStatus } from '../../announce/model/service-status.ts';
import { compareText } from '../../base/text.ts';
import { formatPrefix } from '../../net/prefix.ts';
import type { ServiceKey } from '../../objects/service.ts';

type AnnouncedService = { readonly peers: readonly string[]; readonly prefixes: readonly string[] };

export type AnnouncedSummary = {
  readonly services: number;
  /** Distinct prefixes: one that several Services share counts once. */
  readonly prefixes: number;
  /** SHA-256 over sorted lines of Service and prefixes. */
  readonly digest: string;
};

export class AnnouncedServices {
  readonly #entries = new Map<ServiceKey, AnnouncedService>();
  #summary: AnnouncedSummary | null = null;

  get size(): number {
    return this.#entries.size;
  }

  get keys(): Iterable<ServiceKey> {
    return this.#entries.keys();
  }

  /** Null for a Service that is announced to no peer. */
  peersOf(key: ServiceKey): readonly string[] | null {
    return this.#entries.get(key)?.peers ?? null;
  }

  update({ key, status }: ServiceStatusChange): void {
    this.#summary = null;
    const entry = status === null ? null : announcedServiceOf(status);
    if (entry === null) this.#entries.delete(key);
    else this.#entries.set(key, entry);
  }

  /** Computed on demand. */
  summary(): AnnouncedSummary {
    this.#summary ??= summaryOf(this.#entries);
    return this.#summary;
  }
}

export const NOTHING_ANNOUNCED: AnnouncedSummary = summaryOf(new Map());

function announcedServiceOf({ decision, targetPeers }: ServiceStatus): AnnouncedService | null {
  if (decision.kind === 'refused' || targetPeers.length === 0) return null;
  const prefixes = new Set(decision.contributions.map(({ prefix }) => formatPrefix(prefix)));
  return { peers: targetPeers, prefixes: [...prefixes].sort(compareText) };
}

function summaryOf(entries: ReadonlyMap<ServiceKey, AnnouncedService>): AnnouncedSummary {
  const all = new Set<string>();
  const hash = createHash('sha256');
  for (const [key, { prefixes }] of [...entries].sort(([a], [b]) => compareText(a, b))) {
    hash.update(`${key} ${prefixes.join(' ')}\n`);
    for (const prefix of prefixes) all.add(prefix);
  }
  return { services: entries.size, prefixes: all.size, digest: hash.digest('hex') };
}
