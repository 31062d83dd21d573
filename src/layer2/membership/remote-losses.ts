/**
 * Whom the other speakers have lost, as they have published it, and as their reports say that came ahead of that; and since when
 * this speaker knows it.
 */
import type { Millis } from '../../base/clock.ts';
import type { LossReport } from './loss-report.ts';
import type { Loss } from './silent-speakers.ts';
import type { PublishedSpeaker } from './speaker-presence.ts';

type LosingSpeaker = Pick<PublishedSpeaker, 'node' | 'lost' | 'boot' | 'sequence'>;

/** For who looks once, and does not know since when. */
export const publishedLosses = (speakers: readonly Pick<LosingSpeaker, 'node' | 'lost'>[]): readonly Loss[] =>
  speakers.flatMap(({ node: watcher, lost }) =>
    lost.map((node) => ({ watcher, node, since: Number.POSITIVE_INFINITY })),
  );

/** What becomes of a report. */
export type ReportOutcome =
  | 'accepted'
  /** Its sender has not published itself. */
  | 'unknown-sender'
  /** It is of a process that the sender's status object does not name. */
  | 'other-boot'
  /** As much, or more, is known of that sender: it was sent before, or comes late. */
  | 'replayed';

export class RemoteLosses {
  #published: ReadonlyMap<string, LosingSpeaker> = new Map();
  /** The newest of each sender. */
  readonly #reports = new Map<string, LossReport>();
  /** By watcher, then by the node that it lost. */
  readonly #since = new Map<string, ReadonlyMap<string, Millis>>();

  /** The SpeakerStatus objects of all others, as they are now. */
  setPublished(speakers: readonly LosingSpeaker[], now: Millis): void {
    this.#published = new Map(speakers.map((one) => [one.node, one]));
    for (const [sender, report] of this.#reports)
      if (!this.#isNews(report, this.#published.get(sender))) this.#reports.delete(sender);
    for (const watcher of this.#since.keys()) if (!this.#published.has(watcher)) this.#since.delete(watcher);
    for (const { node, lost } of speakers) this.#note(node, this.#reports.get(node)?.lost ?? lost, now);
  }

  /** A report whose signature is right. What is published says which process of the sender counts. */
  receive(report: LossReport, now: Millis): ReportOutcome {
    const published = this.#published.get(report.sender);
    if (published === undefined) return 'unknown-sender';
    if (published.boot !== report.boot) return 'other-boot';
    const last = this.#reports.get(report.sender);
    if (!this.#isNews(report, published) || (last !== undefined && report.sequence <= last.sequence))
      return 'replayed';
    this.#reports.set(report.sender, report);
    this.#note(report.sender, report.lost, now);
    return 'accepted';
  }

  /** The process of that speaker, as published; '' where it is not. */
  bootOf(speaker: string): string {
    return this.#published.get(speaker)?.boot ?? '';
  }

  get losses(): readonly Loss[] {
    return [...this.#since].flatMap(([watcher, lost]) => {
      const isUnpublished = this.#reports.has(watcher);
      return [...lost].map(([node, since]) => ({ watcher, node, since, isUnpublished }));
    });
  }

  #isNews({ boot, sequence }: LossReport, published: LosingSpeaker | undefined): boolean {
    return published?.boot === boot && sequence > published.sequence;
  }

  /** What one of them says; nothing else differs. */
  #note(watcher: string, lost: readonly string[], now: Millis): void {
    const before = this.#since.get(watcher);
    this.#since.delete(watcher);
    if (lost.length > 0)
      this.#since.set(watcher, new Map(lost.map((node) => [node, before?.get(node) ?? now])));
  }
}
