/**
 * Says of a pool what is allowed and was hardly meant: host bits, addresses that no client can reach, addresses
 * of nodes, the cluster IPs. One Warning event for each new finding and one line in the log; nothing waits for
 * it, and nothing is granted or refused because of it.
 */
import type { Clock, Millis } from '../base/clock.ts';
import { formatIssue } from '../config/issue.ts';
import { type KnownAddresses, warnOfAddresses } from '../config/pool-warnings.ts';
import type { PoolBook, PoolState } from '../config/pools.ts';
import type { Log } from '../observe/log.ts';
import type { EventNote } from './ports.ts';

/** Nodes and pools come in crowds, at a start most of all: they are looked at together, and behind everything else. */
const GATHER: Millis = 1000;

export type PoolWarningsOptions = {
  readonly clock: Clock;
  readonly log: Log;
  /** Of the pools, for their events. */
  readonly namespace: string;
  readonly book: () => PoolBook;
  /** What the cluster uses for something else, as far as it can be told. */
  readonly known: () => Promise<KnownAddresses>;
  readonly isLeading: () => boolean;
  readonly events: (note: EventNote) => void;
};

export class PoolWarnings {
  readonly #options: PoolWarningsOptions;
  /** What each pool was last told, as `fingerprint` has it. */
  readonly #told = new Map<string, string>();
  #cancel: (() => void) | null = null;

  constructor(options: PoolWarningsOptions) {
    this.#options = options;
  }

  /** Pools, nodes or the lead have changed: there may be something to say. */
  changed(): void {
    if (!this.#options.isLeading()) return;
    this.#cancel ??= this.#options.clock.after(GATHER, () => void this.#look());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  async #look(): Promise<void> {
    this.#cancel = null;
    const { book, known: ask, isLeading } = this.#options;
    const known = await ask();
    if (!isLeading()) return;
    const { byName } = book();
    for (const state of byName.values()) this.#tell(state, known);
    for (const name of this.#told.keys()) if (!byName.has(name)) this.#told.delete(name);
  }

  #tell(state: PoolState, known: KnownAddresses): void {
    const lines = state.warnings.map(formatIssue);
    const found = state.active === null ? [] : warnOfAddresses(state.active, known);
    // A node more in a range that is known to hold nodes is no news.
    const fingerprint = JSON.stringify([state.uid, lines, found.map(({ path }) => path)]);
    if (this.#told.get(state.name) === fingerprint) return;
    this.#told.set(state.name, fingerprint);
    const message = [...lines, ...found.map(formatIssue)].join('; ');
    if (message === '') return;
    const { log, events, namespace } = this.#options;
    log.warn('pool holds what is hardly meant', { pool: state.name, warnings: message });
    events({
      about: {
        apiVersion: 'metallb.io/v1beta1',
        kind: 'IPAddressPool',
        namespace,
        name: state.name,
        uid: state.uid,
        resourceVersion: '',
      },
      event: { type: 'Warning', reason: 'PoolWarning', message },
    });
  }
}
