/**
 * Signs that a network is whole again where it was cut: both of its parts may answer for an address. A speaker whose BFD session is
 * down sends a report, and none came from it for a while. BFD itself is mostly slower, since sessions that are down send one packet a
 * second (RFC 5880 6.8.3). A process that has started again gives no sign.
 */
import type { Millis } from '../../base/clock.ts';
import type { LossReport } from './loss-report.ts';

/** A speaker sends its report that often to those that it has lost. */
export const REPEAT_INTERVAL: Millis = 100;

/** A report is a sign after as much silence of its sender: ten that would have come are missing. */
export const SIGN_SILENCE: Millis = 1000;

/** A session that comes up so soon after a sign is none itself: it takes up to 3 s to come up. */
export const SIGN_COVERS: Millis = 3000;

type LastReport = Pick<LossReport, 'boot' | 'serial'> & { readonly at: Millis };

export class ReturnSigns {
  /** By sender. */
  readonly #last = new Map<string, LastReport>();
  /** The process of each speaker that is lost, and when it gave a sign; null: not yet. */
  readonly #lost = new Map<string, { readonly boot: string; signAt: Millis | null }>();

  /** The session with this process of the speaker went down. */
  lost(speaker: string, boot: string): void {
    this.#lost.set(speaker, { boot, signAt: null });
  }

  /**
   * Whether the report is a sign. Its signature is right, and its sender is the process that is published. A recorded report that
   * is sent again is none.
   */
  received({ sender, boot, serial }: LossReport, now: Millis): boolean {
    const last = this.#last.get(sender);
    if (last?.boot === boot && serial <= last.serial) return false;
    this.#last.set(sender, { boot, serial, at: now });
    const lost = this.#lost.get(sender);
    if (lost?.boot !== boot || (last !== undefined && now - last.at < SIGN_SILENCE)) return false;
    lost.signAt = now;
    return true;
  }

  /** Whether it is a sign that the session with this process is up. */
  up(speaker: string, boot: string, now: Millis): boolean {
    const lost = this.#lost.get(speaker);
    this.#lost.delete(speaker);
    return lost?.boot === boot && (lost.signAt === null || now - lost.signAt >= SIGN_COVERS);
  }

  /** Forgets those that are published no more. */
  keepOnly(isPublished: (speaker: string) => boolean): void {
    for (const known of [this.#last, this.#lost])
      for (const speaker of known.keys()) if (!isPublished(speaker)) known.delete(speaker);
  }
}
