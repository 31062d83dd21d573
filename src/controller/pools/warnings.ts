/**
 * Warns of what is valid in a pool and probably unintended: host bits, addresses that no client can reach, addresses of
 * nodes, cluster IPs. Each new warning is one Event and one line in the log. No assignment depends on it.
 */
import type { Clock, Millis } from '../../base/clock.ts';
import type { Steps } from '../../base/steps.ts';
import { plural } from '../../base/text.ts';
import { type ConfigIssue, formatIssue } from '../../config/issue.ts';
import type { PoolSet, PoolState } from '../../config/pool/pool-set.ts';
import { type ReservedAddresses, reservedAddressWarnings } from '../../config/pool/warnings.ts';
import { poolReference } from '../../objects/object-reference.ts';
import type { Log } from '../../observe/log.ts';
import { runInSlices } from '../../workqueue/slices.ts';
import type { ControllerEvent } from '../ports.ts';

/** Many Nodes and pools change together, mostly at a start: they are checked together, after everything else. */
const DEBOUNCE: Millis = 1000;

/** Limit of the warnings about a pool that a message lists; the others are counted. */
export const WARNINGS_PER_POOL_MAX = 20;

export type PoolWarningsOptions = {
  readonly clock: Clock;
  readonly log: Log;
  /** The namespace of the pools, for their Events. */
  readonly namespace: string;
  readonly poolSet: () => PoolSet;
  /** The addresses that the cluster is known to use for something else. */
  readonly reservedAddresses: () => Promise<ReservedAddresses>;
  readonly isLeading: () => boolean;
  readonly events: (note: ControllerEvent) => void;
};

export class PoolWarnings {
  readonly #options: PoolWarningsOptions;
  /** The last report on each pool, as a fingerprint. */
  readonly #reported = new Map<string, string>();
  #cancel: (() => void) | null = null;
  #cancelReport: () => void = () => {};
  #isFetching = false;
  /** Something has changed since the addresses were requested. */
  #isStale = false;
  /** Counts the stops: addresses that were requested before one are not reported. */
  #stops = 0;

  constructor(options: PoolWarningsOptions) {
    this.#options = options;
  }

  /** Pools, Nodes or the leader have changed: there may be something to warn of. */
  review(): void {
    if (!this.#options.isLeading()) return;
    if (this.#isFetching) this.#isStale = true;
    else this.#cancel ??= this.#options.clock.after(DEBOUNCE, () => void this.#check());
  }

  stop(): void {
    this.#stops++;
    this.#cancel?.();
    this.#cancel = null;
    this.#cancelReport();
  }

  async #check(): Promise<void> {
    this.#cancel = null;
    const { clock, poolSet, reservedAddresses: fetchReserved, isLeading } = this.#options;
    const stops = this.#stops;
    this.#isStale = false;
    this.#isFetching = true;
    const reserved = await fetchReserved();
    this.#isFetching = false;
    if (this.#isStale) this.review();
    if (stops !== this.#stops || !isLeading()) return;
    this.#cancelReport();
    this.#cancelReport = runInSlices(clock, this.#reportAll(poolSet(), reserved), () => {});
  }

  *#reportAll({ byName }: PoolSet, reserved: ReservedAddresses): Steps<void> {
    for (const state of byName.values()) {
      const isActive = state.active !== null;
      this.#report(state, isActive ? yield* reservedAddressWarnings(state.active, reserved) : []);
      yield null;
    }
    for (const name of this.#reported.keys()) if (!byName.has(name)) this.#reported.delete(name);
  }

  #report(state: PoolState, addressWarnings: readonly ConfigIssue[]): void {
    const all = [...state.warnings, ...addressWarnings];
    const listed = all.slice(0, WARNINGS_PER_POOL_MAX);
    // One more node in a range that is known to hold nodes needs no second warning.
    const texts = listed.map((one, index) => (index < state.warnings.length ? formatIssue(one) : one.path));
    const fingerprint = JSON.stringify([state.uid, texts, all.length]);
    if (this.#reported.get(state.name) === fingerprint) return;
    this.#reported.set(state.name, fingerprint);
    if (listed.length === 0) return;
    const rest = all.length - listed.length;
    const more = rest === 0 ? [] : [`and ${plural(rest, 'more warning')} about this pool`];
    const message = [...listed.map(formatIssue), ...more].join('; ');
    const { log, events, namespace } = this.#options;
    log.warn('pool holds addresses that are probably unintended', { pool: state.name, warnings: message });
    events({
      regarding: poolReference(state, namespace),
      event: { type: 'Warning', reason: 'PoolWarning', message },
    });
  }
}
