/**
 * Publishes documents to those who follow them. Each has a version; who was away for a while gets what changed since, as long as that
 * is remembered, and else the whole document.
 */
import type { CommandStart } from '../../overview/command-start.ts';
import type { OverviewDocument } from '../../overview/document.ts';
import {
  type DocumentOrigin,
  type DocumentPatch,
  diffDocuments,
  isEmptyPatch,
  type OverviewEvent,
  shareUnchanged,
} from '../../overview/document-patch.ts';

type Follower = (event: OverviewEvent) => void;

/** For followers that were away. Fewer are remembered where they have more Services than the document: that is smaller then. */
export const REMEMBERED_PATCHES_MAX = 200;

type Remembered = { readonly version: number; readonly patch: DocumentPatch };

/** What is the same for every document. */
export type Published = { readonly origin: DocumentOrigin; readonly commands: CommandStart };

export class Publisher {
  readonly #published: Published;
  readonly #followers = new Set<Follower>();
  readonly #patches: Remembered[] = [];
  /** In all of the patches. */
  #rememberedServices = 0;
  #version = 0;
  #document: OverviewDocument | null = null;
  #lost: string | null = null;

  constructor(published: Published) {
    this.#published = published;
  }

  publish(latest: OverviewDocument): void {
    this.#lost = null;
    const before = this.#document;
    const document = before === null ? latest : shareUnchanged(before, latest);
    this.#document = document;
    const patch = before === null ? null : diffDocuments(before, document);
    if (patch !== null && isEmptyPatch(patch)) {
      this.#send({ kind: 'alive', version: this.#version, time: document.time });
      return;
    }
    this.#version += 1;
    if (patch === null) {
      this.#send(this.#whole(document));
      return;
    }
    this.#remember({ version: this.#version, patch }, document.services?.items.length ?? 0);
    this.#send({ kind: 'patch', version: this.#version, patch });
  }

  /** The cluster does not answer; the last document stays. */
  lose(says: string): void {
    this.#lost = says;
    this.#send({ kind: 'lost', version: this.#version, says });
  }

  #remember(latest: Remembered, servicesMax: number): void {
    this.#patches.push(latest);
    this.#rememberedServices += servicesIn(latest.patch);
    while (this.#patches.length > REMEMBERED_PATCHES_MAX || this.#rememberedServices > servicesMax) {
      const oldest = this.#patches.shift();
      if (oldest === undefined) return;
      this.#rememberedServices -= servicesIn(oldest.patch);
    }
  }

  /** `since`: the version that the follower has; 0 for none. The returned function ends it. */
  follow(since: number, follower: Follower): () => void {
    for (const event of this.#catchUp(since)) follower(event);
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  #catchUp(since: number): readonly OverviewEvent[] {
    const document = this.#document;
    const lost: readonly OverviewEvent[] =
      this.#lost === null ? [] : [{ kind: 'lost', version: this.#version, says: this.#lost }];
    if (document === null) return lost;
    const missed = this.#patches.filter(({ version }) => version > since);
    const isRemembered = since > 0 && since <= this.#version && missed.length === this.#version - since;
    const events: readonly OverviewEvent[] = isRemembered
      ? [
          ...missed.map((one) => ({ kind: 'patch', ...one }) as const),
          { kind: 'alive', version: this.#version, time: document.time },
        ]
      : [this.#whole(document)];
    return [...events, ...lost];
  }

  #whole(document: OverviewDocument): OverviewEvent {
    return { kind: 'document', version: this.#version, ...this.#published, document };
  }

  #send(event: OverviewEvent): void {
    for (const follower of this.#followers) follower(event);
  }
}

function servicesIn({ services }: DocumentPatch): number {
  if (services === null) return 0;
  return services.kind === 'changes' ? services.changed.length : (services.services?.items.length ?? 0);
}
