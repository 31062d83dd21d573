/**
 * Tells a cluster that does not answer from one of which a part cannot be read. Watches fail one by one, and return one by one: what
 * they say in between is no picture of the cluster, so that it is held back for a while.
 */
import type { Millis } from '../../base/clock.ts';
import type { OverviewDocument } from '../../overview/document.ts';
import type { KindReading, KindState } from '../../overview/knowledge.ts';

export type OutageVerdict =
  /** The document is to be shown. It is the last picture of the cluster from then on. */
  | { readonly kind: 'answered' }
  /** Of what was shown, nothing is answered any more, or the credentials are not valid any more. The last picture stays. */
  | { readonly kind: 'lost' }
  /** Some watches have failed, or not all have returned. The last picture stays for so long at most. */
  | { readonly kind: 'unsettled'; readonly for: Millis };

type Reading = Pick<OverviewDocument, 'kinds'>;

/** How long watches may take to fail one by one. */
export const FAILING_LIMIT: Millis = 3_000;
/** How long they may take to return: longer than the pause between two tries. */
export const RETURNING_LIMIT: Millis = 15_000;

/** A missing right is an answer. */
const SILENT: ReadonlySet<KindState> = new Set<KindState>(['unreachable', 'unauthorized', 'failed']);

export class Outage {
  /** Kinds that the last picture was made of. */
  #shown: ReadonlySet<string> = new Set();
  #unsettledSince: Millis | null = null;
  #lost: string | null = null;

  /** Why the cluster does not answer: a sentence without a full stop and without a subject; null where it does. */
  get lost(): string | null {
    return this.#lost;
  }

  judge({ kinds }: Reading, now: Millis): OutageVerdict {
    const silent = kinds.filter(({ state }) => SILENT.has(state));
    const missed = silent.filter(({ kind }) => this.#shown.has(kind));
    const isLost =
      silent.some(isRejectedLease) ||
      (this.#shown.size > 0
        ? missed.length === this.#shown.size
        : silent.length > 0 && silent.length === kinds.length);
    if (isLost) {
      this.#lost = reasonOf(silent);
      this.#unsettledSince = null;
      return { kind: 'lost' };
    }
    if (missed.length > 0 || (this.#lost !== null && silent.length > 0)) {
      this.#unsettledSince ??= now;
      const limit = this.#lost === null ? FAILING_LIMIT : RETURNING_LIMIT;
      const left = this.#unsettledSince + limit - now;
      if (left > 0) return { kind: 'unsettled', for: left };
    }
    this.#shown = new Set(kinds.filter(({ state }) => state === 'read').map(({ kind }) => kind));
    this.#unsettledSince = null;
    this.#lost = null;
    return { kind: 'answered' };
  }
}

/**
 * An API server checks credentials when a request begins: watches outlive them, for as long as an hour. The Lease is asked for every
 * two seconds, and a request that is not authenticated (401) says nothing of the Lease, but of the user.
 */
const isRejectedLease = ({ kind, state }: KindReading): boolean =>
  kind === 'Lease' && state === 'unauthorized';

const EXPIRED = 'Your credentials are not valid, or have expired: log in again';

/** What one kind says holds for all of them, but for its name. */
function reasonOf(silent: readonly KindReading[]): string {
  const says = silent[0]?.says ?? 'it gives no reason';
  const because = says.replace(/^.* cannot be (?:read|watched): (?:no answer: |not sent: )?/, '');
  return silent.every(({ state }) => state === 'unauthorized') ? `${because}. ${EXPIRED}` : because;
}
