/** One open watch: what it has to say first, what follows, and how it ends. */

import type { ServerResponse } from 'node:http';
import type { Clock, Millis } from '../../base/clock.ts';
import { type Cluster, type Target, tableOf } from '../cluster.ts';
import type { FaultEffect } from '../faults.ts';
import { groupVersion } from '../kinds/resource.ts';
import { metadataOnly, tableFor } from '../print/table.ts';
import { expired, statusOf } from '../status.ts';
import type { Change } from '../storage.ts';
import type { JsonObject } from '../value.ts';
import { matcher, type Selection } from '../verbs/read.ts';
import { bookmarkOf, sightOf } from '../watch.ts';
import type { Form } from './accept.ts';
import { objectText } from './text.ts';

export type WatchOptions = {
  readonly selection: Selection;
  /** '' or '0': begin with everything there is, as ADDED. */
  readonly resourceVersion: string;
  readonly bookmarks: boolean;
  /** Everything there is first, then a bookmark that says so. */
  readonly initialEvents: boolean;
  readonly timeout: Millis;
  readonly bookmarkEvery: Millis;
  readonly form: Form;
  readonly include: 'None' | 'Metadata' | 'Object';
};

/** A watcher that does not read is let go when this much waits for it. */
export const BACKLOG_BYTES_MAX = 64 * 1024 * 1024;

export class WatchStream {
  readonly plural: string;
  readonly #cluster: Cluster;
  readonly #target: Target;
  readonly #options: WatchOptions;
  readonly #response: ServerResponse;
  readonly #fault: FaultEffect | null;
  readonly #matches: (object: JsonObject) => boolean;
  readonly #cancels: (() => void)[] = [];
  #lines: string[] = [];
  #flushing = false;
  #events = 0;
  /** Changes that happened and that a scripted fault holds back. */
  #unsaid = 0;
  #headersSent = false;
  #open = true;
  #skipTo = 0;

  constructor(
    cluster: Cluster,
    target: Target,
    options: WatchOptions,
    wire: { readonly response: ServerResponse; readonly fault: FaultEffect | null },
  ) {
    this.plural = target.resource.plural;
    this.#cluster = cluster;
    this.#target = target;
    this.#options = options;
    this.#response = wire.response;
    this.#fault = wire.fault;
    this.#matches = matcher(target, options.selection);
  }

  /** Runs until the client goes, the time is up, or somebody closes it; `gone` is then called once. */
  start(gone: () => void): void {
    this.#response.writeHead(200, {
      'content-type': 'application/json',
      'cache-control': 'no-cache, private',
    });
    this.#response.flushHeaders();
    this.#response.on('close', () => {
      this.#stop();
      gone();
    });
    if (!this.#begin()) return;
    this.#cancels.push(tableOf(this.#cluster, this.#target.resource).listen((change) => this.#hear(change)));
    const { clock } = this.#cluster;
    this.#cancels.push(clock.after(this.#options.timeout, () => this.close()));
    if (this.#options.bookmarks) this.#bookmarkLater(clock);
  }

  /** Ends the watch as a time-out would: with what is still to say. */
  close(): void {
    if (!this.#open) return;
    if (this.#options.bookmarks) this.#bookmark(false);
    this.#flush();
    this.#stop();
    this.#response.end();
  }

  #begin(): boolean {
    const { resourceVersion, initialEvents } = this.#options;
    const table = tableOf(this.#cluster, this.#target.resource);
    if (resourceVersion === '' || resourceVersion === '0' || initialEvents) {
      for (const [, object] of table.entries()) if (this.#matches(object)) this.#say('ADDED', object);
      if (initialEvents && this.#options.bookmarks) this.#bookmark(true);
      return this.#open;
    }
    const from = Number(resourceVersion);
    const missed = table.since(from);
    if (missed === null) {
      this.#fail(`too old resource version: ${from} (${table.forgottenUpTo})`);
      return false;
    }
    this.#skipTo = from;
    for (const change of missed) this.#hear(change);
    return this.#open;
  }

  #hear(change: Change): void {
    if (!this.#open || change.revision <= this.#skipTo) return;
    const sight = sightOf(change, this.#matches);
    if (sight === null) return;
    if (this.#fault?.kind === 'delay-events') {
      this.#unsaid += 1;
      this.#cluster.clock.after(this.#fault.ms, () => {
        this.#unsaid -= 1;
        this.#say(sight.type, sight.object);
      });
      return;
    }
    this.#say(sight.type, sight.object);
    if (this.#fault?.kind === 'duplicate-events') this.#say(sight.type, sight.object);
  }

  #say(type: string, object: JsonObject): void {
    if (!this.#open) return;
    const line = `{"type":"${type}","object":${this.#textOf(object)}}\n`;
    if (this.#breaksNow(line)) return;
    this.#events += 1;
    this.#write(line);
  }

  #textOf(object: JsonObject): string {
    const { form, include } = this.#options;
    const { resource } = this.#target;
    if (form === 'metadata') return JSON.stringify(metadataOnly(object));
    if (form !== 'table') return objectText(object, resource);
    const headers = !this.#headersSent;
    this.#headersSent = true;
    const now = this.#cluster.clock.wall();
    const meta = { resourceVersion: (object['metadata'] as JsonObject)['resourceVersion'] ?? '' };
    return JSON.stringify(tableFor([object], resource.columns, meta, { now, include, headers }));
  }

  /** A scripted end, when its turn has come. */
  #breaksNow(line: string): boolean {
    const fault = this.#fault;
    if (fault === null || !('afterEvents' in fault) || this.#events < fault.afterEvents) return false;
    if (fault.kind === 'expire-watch') this.#fail('The resourceVersion for the provided watch is too old.');
    else if (fault.kind === 'close-watch') {
      this.#unsaid += 1; // this very line
      this.close();
    } else {
      this.#flush();
      this.#stop();
      this.#response.write(line.slice(0, line.length >>> 1), () => this.#response.destroy());
    }
    return true;
  }

  #fail(message: string): void {
    this.#write(`{"type":"ERROR","object":${JSON.stringify(statusOf(expired(message)))}}\n`);
    this.#flush();
    this.#stop();
    this.#response.end();
  }

  #bookmark(initialEventsEnd: boolean): void {
    if (this.#unsaid > 0) return; // it would say that all up to now had been told
    const { resource } = this.#target;
    const object = bookmarkOf(
      { apiVersion: groupVersion(resource), kind: resource.kind },
      this.#cluster.store.revision,
      initialEventsEnd,
    );
    const text = this.#options.form === 'object' ? JSON.stringify(object) : this.#textOf(object);
    this.#write(`{"type":"BOOKMARK","object":${text}}\n`);
  }

  #bookmarkLater(clock: Clock): void {
    if (!this.#open) return;
    const cancel = clock.after(this.#options.bookmarkEvery, () => {
      if (!this.#open) return;
      this.#bookmark(false);
      this.#cancels.splice(this.#cancels.indexOf(cancel), 1);
      this.#bookmarkLater(clock);
    });
    this.#cancels.push(cancel);
  }

  /** Lines of one turn leave together. */
  #write(line: string): void {
    this.#lines.push(line);
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#flushing = false;
    if (this.#lines.length === 0 || this.#response.destroyed) return;
    const text = this.#lines.join('');
    this.#lines = [];
    this.#response.write(text);
    if (this.#response.writableLength > BACKLOG_BYTES_MAX) this.#response.destroy();
  }

  #stop(): void {
    this.#open = false;
    for (const cancel of this.#cancels.splice(0)) cancel();
  }
}
