/** Serves one watch: initial events, changes, bookmarks, and its end. */

import type { ServerResponse } from 'node:http';
import type { Clock, Millis } from '../../base/clock.ts';
import { apiVersionOf } from '../../objects/api-group.ts';
import { BoundedQueue } from '../../workqueue/bounded-queue.ts';
import { expired, toStatus } from '../object/status.ts';
import type { StorageChange } from '../object/storage.ts';
import type { JsonObject } from '../object/value.ts';
import { buildTable, partialObjectMetadata } from '../print/table.ts';
import { createMatcher, type ListSelectors } from '../verbs/list.ts';
import { type ApiServerState, collectionOf, type RequestTarget } from '../verbs/server-state.ts';
import { buildBookmark, watchEventFor } from '../verbs/watch-event.ts';
import type { Representation } from './content-negotiation.ts';
import { encodeObject } from './encode.ts';
import type { FaultEffect } from './fault-injector.ts';

export type WatchStreamOptions = {
  readonly selectors: ListSelectors;
  /** '' or '0': begin with all objects, as ADDED. */
  readonly resourceVersion: string;
  readonly bookmarks: boolean;
  /** Begin with all objects, followed by a bookmark (`sendInitialEvents`). */
  readonly initialEvents: boolean;
  readonly timeout: Millis;
  readonly bookmarkInterval: Millis;
  readonly representation: Representation;
  readonly includeObject: 'None' | 'Metadata' | 'Object';
};

/** A watch whose client reads too slowly is closed when this many events wait. */
const BACKLOG_EVENTS_MAX = 100_000;

/** Events that are written together. */
const CHUNK_CHARS = 256 * 1024;

export class WatchStream {
  readonly plural: string;
  readonly #state: ApiServerState;
  readonly #target: RequestTarget;
  readonly #options: WatchStreamOptions;
  readonly #response: ServerResponse;
  readonly #fault: FaultEffect | null;
  readonly #matches: (object: JsonObject) => boolean;
  readonly #cancels: (() => void)[] = [];
  readonly #lines = new BoundedQueue<string>(BACKLOG_EVENTS_MAX);
  /** A flush follows: in the next turn of the event loop, or when the client has read. */
  #isFlushDue = false;
  #sentEvents = 0;
  /** Events that an injected fault delays. */
  #pendingEvents = 0;
  #headersSent = false;
  #open = true;
  #fromRevision = 0;

  constructor(
    state: ApiServerState,
    target: RequestTarget,
    options: WatchStreamOptions,
    connection: { readonly response: ServerResponse; readonly fault: FaultEffect | null },
  ) {
    this.plural = target.resource.plural;
    this.#state = state;
    this.#target = target;
    this.#options = options;
    this.#response = connection.response;
    this.#fault = connection.fault;
    this.#matches = createMatcher(target, options.selectors);
  }

  /** Runs until the client disconnects, the time-out, or `close`; then `onClosed` is called once. */
  start(onClosed: () => void): void {
    this.#response.writeHead(200, {
      'content-type': 'application/json',
      'cache-control': 'no-cache, private',
    });
    this.#response.flushHeaders();
    this.#response.on('close', () => {
      this.#stop();
      onClosed();
    });
    if (!this.#sendInitial()) return;
    this.#cancels.push(
      collectionOf(this.#state, this.#target.resource).subscribe((change) => this.#onChange(change)),
    );
    const { clock } = this.#state;
    this.#cancels.push(clock.after(this.#options.timeout, () => this.close()));
    if (this.#options.bookmarks) this.#scheduleBookmark(clock);
  }

  /** Ends the watch as a time-out does: after the pending events. */
  close(): void {
    if (!this.#open) return;
    if (this.#options.bookmarks) this.#sendBookmark(false);
    this.#flushAll();
    this.#stop();
    this.#response.end();
  }

  #sendInitial(): boolean {
    const { resourceVersion, initialEvents } = this.#options;
    const table = collectionOf(this.#state, this.#target.resource);
    if (resourceVersion === '' || resourceVersion === '0' || initialEvents) {
      for (const [, object] of table.entries()) if (this.#matches(object)) this.#sendEvent('ADDED', object);
      if (initialEvents && this.#options.bookmarks) this.#sendBookmark(true);
      return this.#open;
    }
    const from = Number(resourceVersion);
    const missedChanges = table.changesSince(from);
    if (missedChanges === null) {
      this.#sendError(`too old resource version: ${from} (${table.compactedRevision})`);
      return false;
    }
    this.#fromRevision = from;
    for (const change of missedChanges) this.#onChange(change);
    return this.#open;
  }

  #onChange(change: StorageChange): void {
    if (!this.#open || change.revision <= this.#fromRevision) return;
    const event = watchEventFor(change, this.#matches);
    if (event === null) return;
    if (this.#fault?.kind === 'delay-events') {
      this.#pendingEvents += 1;
      this.#state.clock.after(this.#fault.ms, () => {
        this.#pendingEvents -= 1;
        this.#sendEvent(event.type, event.object);
      });
      return;
    }
    this.#sendEvent(event.type, event.object);
    if (this.#fault?.kind === 'duplicate-events') this.#sendEvent(event.type, event.object);
  }

  #sendEvent(type: string, object: JsonObject): void {
    if (!this.#open) return;
    const line = `{"type":"${type}","object":${this.#encode(object)}}\n`;
    if (this.#injectFault(line)) return;
    this.#sentEvents += 1;
    this.#write(line);
  }

  #encode(object: JsonObject): string {
    const { representation, includeObject } = this.#options;
    const { resource } = this.#target;
    if (representation === 'metadata') return JSON.stringify(partialObjectMetadata(object));
    if (representation !== 'table') return encodeObject(object, resource);
    const headers = !this.#headersSent;
    this.#headersSent = true;
    const now = this.#state.clock.wall();
    const meta = { resourceVersion: (object['metadata'] as JsonObject)['resourceVersion'] ?? '' };
    return JSON.stringify(buildTable([object], resource.columns, meta, { now, includeObject, headers }));
  }

  /** Injects a fault that ends the watch, after its number of events. */
  #injectFault(line: string): boolean {
    const fault = this.#fault;
    if (fault === null || !('afterEvents' in fault) || this.#sentEvents < fault.afterEvents) return false;
    if (fault.kind === 'expire-watch')
      this.#sendError('The resourceVersion for the provided watch is too old.');
    else if (fault.kind === 'close-watch') {
      this.#pendingEvents += 1; // this line
      this.close();
    } else {
      this.#flushAll();
      this.#stop();
      this.#response.write(line.slice(0, line.length >>> 1), () => this.#response.destroy());
    }
    return true;
  }

  #sendError(message: string): void {
    this.#write(`{"type":"ERROR","object":${JSON.stringify(toStatus(expired(message)))}}\n`);
    this.#flushAll();
    this.#stop();
    this.#response.end();
  }

  #sendBookmark(initialEventsEnd: boolean): void {
    if (this.#pendingEvents > 0) return; // a bookmark would claim that these were delivered
    const { resource } = this.#target;
    const object = buildBookmark(
      { apiVersion: apiVersionOf(resource), kind: resource.kind },
      this.#state.storage.revision,
      initialEventsEnd,
    );
    const text = this.#options.representation === 'object' ? JSON.stringify(object) : this.#encode(object);
    this.#write(`{"type":"BOOKMARK","object":${text}}\n`);
  }

  #scheduleBookmark(clock: Clock): void {
    if (!this.#open) return;
    const cancel = clock.after(this.#options.bookmarkInterval, () => {
      if (!this.#open) return;
      this.#sendBookmark(false);
      this.#cancels.splice(this.#cancels.indexOf(cancel), 1);
      this.#scheduleBookmark(clock);
    });
    this.#cancels.push(cancel);
  }

  /** Lines of one turn of the event loop are sent together, as far as the client reads. */
  #write(line: string): void {
    if (this.#lines.size === BACKLOG_EVENTS_MAX) {
      this.#response.destroy();
      return;
    }
    this.#lines.push(line);
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#isFlushDue = false;
    while (this.#lines.size > 0 && !this.#response.destroyed) {
      if (this.#response.write(this.#takeChunk())) continue;
      this.#isFlushDue = true;
      this.#response.once('drain', () => this.#flush());
      return;
    }
  }

  #flushAll(): void {
    while (this.#lines.size > 0 && !this.#response.destroyed) this.#response.write(this.#takeChunk());
  }

  #takeChunk(): string {
    const taken: string[] = [];
    let chars = 0;
    for (let line = this.#lines.shift(); line !== undefined; line = this.#lines.shift()) {
      taken.push(line);
      chars += line.length;
      if (chars >= CHUNK_CHARS) break;
    }
    return taken.join('');
  }

  #stop(): void {
    this.#open = false;
    for (const cancel of this.#cancels.splice(0)) cancel();
  }
}
