/**
 * Warns of what is valid in a pool and probably unintended: host bits, addresses that no client can reach, addresses of
 * nodes, cluster IPs. Each new warning is one Event and one line in the log. No assignment depends on it.
 */
import type { Clock, Millis } from '../../base/clock.ts';
import { formatIssue } from '../../config/issue.ts';
import type { PoolSet, PoolState } from '../../config/pool/pool-set.ts';
import { type ReservedAddresses, reservedAddressWarnings } from '../../config/pool/warnings.ts';
import { poolReference } from '../../objects/object-reference.ts';
import type { Log } from '../../observe/log.ts';
import type { ControllerEvent } from '../ports.ts';

/** Many Nodes and pools change together, mostly at a start: they are checked together, after everything else. */
const DEBOUNCE: Millis = 1000;

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

  constructor(options: PoolWarningsOptions) {
    this.#options = options;
  }

  /** Pools, Nodes or the leader have changed: there may be something to warn of. */
  changed(): void {
    if (!this.#options.isLeading()) return;
    this.#cancel ??= this.#options.clock.after(DEBOUNCE, () => void this.#check());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  async #check(): Promise<void> {
    this.#cancel = null;
    const { poolSet, reservedAddresses: fetchReserved, isLeading } = this.#options;
    const reserved = await fetchReserved();
    if (!isLeading()) return;
    const { byName } = poolSet();
    for (const state of byName.values()) this.#report(state, reserved);
    for (const name of this.#reported.keys()) if (!byName.has(name)) this.#reported.delete(name);
  }

  #report(state: PoolState, reserved: ReservedAddresses): void {
    const warnings = state.warnings.map(formatIssue);
    const addressWarnings = state.active === null ? [] : reservedAddressWarnings(state.active, reserved);
    // One more node in a range that is known to hold nodes needs no second warning.
    const fingerprint = JSON.stringify([state.uid, warnings, addressWarnings.map(({ path }) => path)]);
    if (this.#reported.get(state.name) === fingerprint) return;
    this.#reported.set(state.name, fingerprint);
    const message = [...warnings, ...addressWarnings.map(formatIssue)].join('; ');
    if (message === '') return;
    const { log, events, namespace } = this.#options;
    log.warn('pool holds addresses that are probably unintended', { pool: state.name, warnings: message });
    events({
      regarding: poolReference(state, namespace),
      event: { type: 'Warning', reason: 'PoolWarning', message },
    });
  }
}
