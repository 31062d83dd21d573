/** What other speakers have published of those that they lost, and since when this one knows it. */
import type { Millis } from '../../base/clock.ts';
import type { Loss } from './silent-speakers.ts';
import type { PublishedSpeaker } from './speaker-presence.ts';

type LosingSpeaker = Pick<PublishedSpeaker, 'node' | 'lost'>;

/** For who looks once, and does not know since when. */
export const publishedLosses = (speakers: readonly LosingSpeaker[]): readonly Loss[] =>
  speakers.flatMap(({ node: watcher, lost }) =>
    lost.map((node) => ({ watcher, node, since: Number.POSITIVE_INFINITY })),
  );

export class RemoteLosses {
  /** By watcher, then by the node that it lost. */
  #since: ReadonlyMap<string, ReadonlyMap<string, Millis>> = new Map();

  /** The SpeakerStatus objects of all others, as they are now. */
  setPublished(speakers: readonly LosingSpeaker[], now: Millis): void {
    const losing = speakers.filter(({ lost }) => lost.length > 0);
    this.#since = new Map(
      losing.map(({ node: watcher, lost }) => {
        const before = this.#since.get(watcher);
        return [watcher, new Map(lost.map((node) => [node, before?.get(node) ?? now]))];
      }),
    );
  }

  get losses(): readonly Loss[] {
    return [...this.#since].flatMap(([watcher, lost]) =>
      [...lost].map(([node, since]) => ({ watcher, node, since })),
    );
  }
}
