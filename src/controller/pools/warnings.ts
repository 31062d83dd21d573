/**
 * Says of a pool what is allowed and was hardly meant: host bits, addresses that no client can reach, addresses
 * of nodes, the cluster IPs. One Warning event for each new finding and one line in the log; nothing waits for
 * it, and nothing is granted or refused because of it.
 */
import type { Clock, Millis } from '../../base/clock.ts';
import { formatIssue } from '../../config/issue.ts';
import type { PoolSet, PoolState } from '../../config/pool/pool-set.ts';
import { type ReservedAddresses, reservedAddressWarnings } from '../../config/pool/warnings.ts';
import { poolReference } from '../../objects/object-reference.ts';
import type { Log } from '../../observe/log.ts';
import type { ControllerEvent } from '../ports.ts';

/** Nodes and pools come in crowds, at a start most of all: they are looked at together, and behind everything else. */
const DEBOUNCE: Millis = 1000;

export type PoolWarningsOptions = {
  readonly clock: Clock;
  readonly log: Log;
  /** Of the pools, for their events. */
  readonly namespace: string;
  readonly poolSet: () => PoolSet;
  /** What the cluster uses for something else, as far as it can be told. */
  readonly reservedAddresses: () => Promise<ReservedAddresses>;
  readonly isLeading: () => boolean;
  readonly events: (note: ControllerEvent) => void;
};

export class PoolWarnings {
  readonly #options: PoolWarningsOptions;
  /** What each pool was last told, as `fingerprint` has it. */
  readonly #reported = new Map<string, string>();
  #cancel: (() => void) | null = null;

  constructor(options: PoolWarningsOptions) {
    this.#options = options;
  }

  /** Pools, nodes or the lead have changed: there may be something to say. */
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
    // A node more in a range that is known to hold nodes is no news.
    const fingerprint = JSON.stringify([state.uid, warnings, addressWarnings.map(({ path }) => path)]);
    if (this.#reported.get(state.name) === fingerprint) return;
    this.#reported.set(state.name, fingerprint);
    const message = [...warnings, ...addressWarnings.map(formatIssue)].join('; ');
    if (message === '') return;
    const { log, events, namespace } = this.#options;
    log.warn('pool holds what is hardly meant', { pool: state.name, warnings: message });
    events({
      regarding: poolReference(state, namespace),
      event: { type: 'Warning', reason: 'PoolWarning', message },
    });
  }
}
