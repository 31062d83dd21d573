/**
 * Keeps the desk's pools up to date, and tells people what is wrong with them: by a Warning event on the pool,
 * once for each complaint; by the ConfigurationState; by a metric.
 *
 * Leader and standby both keep the book, since a last good version is worth most to the one who takes over;
 * only the leader writes.
 */
import type { Clock, Millis } from '../base/clock.ts';
import type { ServiceKey } from '../cluster/service.ts';
import { type PoolBook, type PoolObject, type PoolState, reviewPools } from '../config/pools.ts';
import { poolComplaints } from '../config/state.ts';
import type { Log } from '../observe/log.ts';
import type { Desk } from '../plan/desk.ts';
import type { EventNote } from './ports.ts';

/** Many pools applied in one go are reviewed once. */
const GATHER: Millis = 5;

/** The list of pools before a grace ends must be there within this time. */
const CONFIRM_WITHIN: Millis = 5000;

export interface PoolSight {
  /** Lists the pools once more; false where that did not work out in time. */
  confirm(within: Millis): Promise<boolean>;
  /** When they could not be seen for the last time, by the monotonic clock; null where they always could. */
  troubledAt(): Millis | null;
}

export type PoolKeeperOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly desk: Desk;
  /** The namespace of the pools, for their events. */
  readonly namespace: string;
  /** Keys worth a look. */
  readonly look: (keys: Iterable<ServiceKey>) => void;
  readonly events: (note: EventNote) => void;
  readonly isLeading: () => boolean;
  /** How well the pools can be seen: a pool that is missing from an old picture is not known to be gone. */
  readonly sight: PoolSight;
  readonly reviewed: (book: PoolBook) => void;
};

export class PoolKeeper {
  readonly #options: PoolKeeperOptions;
  #objects: readonly PoolObject[] = [];
  #book: PoolBook | null = null;
  /** What each pool has been told about itself. */
  readonly #told = new Map<string, string>();
  #cancelReview: (() => void) | null = null;
  #grace: { readonly due: Millis; readonly cancel: () => void } | null = null;

  /** Settles when the pools have been seen for the first time. */
  readonly firstPicture: Promise<void>;
  #seen: () => void = () => {};

  constructor(options: PoolKeeperOptions) {
    this.#options = options;
    this.firstPicture = new Promise((resolve) => {
      this.#seen = resolve;
    });
  }

  /** Null before the first picture of the pools. */
  get book(): PoolBook | null {
    return this.#book;
  }

  get objects(): readonly PoolObject[] {
    return this.#objects;
  }

  /** All pool objects there are. They are reviewed shortly after, together with what follows at once. */
  set(objects: readonly PoolObject[]): void {
    this.#objects = objects;
    this.#seen();
    this.#cancelReview ??= this.#options.clock.after(GATHER, () => this.reviewNow());
  }

  reviewNow(): void {
    this.#cancelReview?.();
    this.#cancelReview = null;
    const { desk, clock, look, reviewed } = this.#options;
    this.#book = reviewPools(this.#objects, this.#book);
    look(desk.poolsChanged(this.#book, clock.now()));
    this.watchGraces();
    if (this.#options.isLeading()) this.tell();
    reviewed(this.#book);
  }

  /** `known`: this has been said before, by us or by the leader before us. */
  tell({ known = false }: { readonly known?: boolean } = {}): void {
    if (this.#book === null) return;
    for (const [name, state] of this.#book.byName) {
      const text = poolComplaints(state).join('; ');
      const before = this.#told.get(name) ?? '';
      this.#told.set(name, text);
      if (known || text === before) continue;
      if (text === '') this.#options.log.info('pool is valid again', { pool: name });
      else this.#complain(state, text);
    }
    for (const name of this.#told.keys()) if (!this.#book.byName.has(name)) this.#told.delete(name);
  }

  /** Ends the grace of pools that are surely gone, when it is due. To be called when that may have changed; cheap. */
  watchGraces(): void {
    const { desk, clock, isLeading } = this.#options;
    const end = isLeading() ? desk.nextGraceEnd() : null;
    if (end === (this.#grace?.due ?? null)) return;
    this.#grace?.cancel();
    const wait = (delay: Millis): (() => void) => clock.after(delay, () => this.#endGraces());
    this.#grace = end === null ? null : { due: end, cancel: wait(Math.max(0, end - clock.now())) };
  }

  /**
   * A picture that may be old cannot end anything, and neither can one that could not be seen for a while: where
   * the kind itself was deleted and came back, its objects need time to come back as well. So a grace runs in
   * full from the last trouble, and before it ends the pools are listed once more.
   */
  #endGraces(): void {
    const { desk, clock, sight } = this.#options;
    const due = this.#grace?.due ?? clock.now();
    this.#grace = { due, cancel: () => {} };
    void sight.confirm(CONFIRM_WITHIN).then((confirmed) => {
      if (this.#grace?.due !== due) return; // stopped, or another grace is due meanwhile
      this.#grace = null;
      if (confirmed) this.reviewNow();
      const troubled = sight.troubledAt();
      if (troubled !== null) desk.postponeGraces(troubled);
      const end = desk.nextGraceEnd();
      if (confirmed && end !== null && end <= clock.now()) this.#options.look(desk.endGraces(clock.now()));
      else if (!confirmed) desk.postponeGraces(clock.now());
      this.watchGraces();
    });
  }

  stop(): void {
    this.#cancelReview?.();
    this.#grace?.cancel();
    this.#grace = null;
  }

  #complain(state: PoolState, text: string): void {
    const { log, events, namespace } = this.#options;
    log.warn('pool has something wrong with it', { pool: state.name, complaints: text });
    events({
      about: {
        apiVersion: 'metallb.io/v1beta1',
        kind: 'IPAddressPool',
        namespace,
        name: state.name,
        uid: state.uid,
        resourceVersion: '',
      },
      event: {
        type: 'Warning',
        reason: state.issues.length > 0 ? 'PoolInvalid' : 'PoolOverlaps',
        message: text,
      },
    });
  }
}
