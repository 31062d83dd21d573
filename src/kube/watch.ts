/**
 * One watch, from a resource version to whatever ends it. Every watch ends: by its own `timeoutSeconds`, by a
 * cut, by an ERROR in the stream, or because nothing at all has been heard for too long.
 */

import type { Clock, Millis } from '../base/clock.ts';
import { fieldsOf, isObject, metadataOf, type Raw, textOf } from '../cluster/fields.ts';
import { LineSplitter } from './lines.ts';
import type { Selection } from './list.ts';
import { collectionPath, withQuery } from './resource.ts';
import type { ApiStreamer, StreamEnd } from './stream.ts';

/** The server is asked to end the watch after something between the two, so that watches spread out. */
export const WATCH_SECONDS = { min: 300, max: 600 } as const;

/**
 * A watch without a byte for so long is taken for dead. Bookmarks come about once a minute, so a healthy one
 * is never silent for this long.
 */
export const SILENCE_MAX: Millis = 90_000;

/** Until the server answers the request for a watch. */
export const WATCH_OPEN_TIMEOUT: Millis = 30_000;

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** An ERROR in the stream comes out as `refused` too, with its own code. */
export type WatchEnd = StreamEnd;

export type WatchSink = {
  opened(): void;
  change(type: ChangeType, raw: Raw, resourceVersion: string): void;
  bookmark(resourceVersion: string): void;
  /** At least one byte came. */
  heard(): void;
  ended(end: WatchEnd): void;
};

export type WatchRequest = Selection & {
  readonly resourceVersion: string;
  /** For the length of the watch; in [0, 1). */
  readonly random: number;
};

/** Starts a watch; the returned function ends it without a word to the sink. */
export function openWatch(
  port: { readonly streamer: ApiStreamer; readonly clock: Clock },
  request: WatchRequest,
  sink: WatchSink,
): () => void {
  const { streamer, clock } = port;
  const lines = new LineSplitter();
  let over = false;
  let heardAt = clock.now();
  let cancelAlarm: () => void = () => {};

  const finish = (): void => {
    over = true;
    cancelAlarm();
    hangUp();
  };
  const end = (how: WatchEnd): void => {
    if (over) return;
    finish();
    sink.ended(how);
  };
  const listen = (): void => {
    const left = heardAt + SILENCE_MAX - clock.now();
    if (left <= 0) end({ kind: 'broken', because: `nothing heard for ${SILENCE_MAX / 1000} s` });
    else cancelAlarm = clock.after(left, listen);
  };

  const hangUp = streamer.stream(
    { path: watchPath(request), timeout: WATCH_OPEN_TIMEOUT },
    {
      opened() {
        heardAt = clock.now();
        listen();
        sink.opened();
      },
      bytes(chunk) {
        heardAt = clock.now();
        sink.heard();
        const whole = lines.push(chunk, (line) => {
          const problem = deliver(line, sink);
          if (problem !== null) end(problem);
          return !over;
        });
        if (!whole) end({ kind: 'broken', because: 'a line that is longer than any object can be' });
      },
      ended: end,
    },
  );
  return finish;
}

function watchPath(request: WatchRequest): string {
  const { min, max } = WATCH_SECONDS;
  return withQuery(collectionPath(request.resource, request.namespace ?? null), {
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion: request.resourceVersion,
    timeoutSeconds: String(Math.floor(min + (max - min) * request.random)),
    fieldSelector: request.fieldSelector ?? null,
    labelSelector: request.labelSelector ?? null,
  });
}

/** Hands one line on; what it says if it ends the watch. */
function deliver(line: string, sink: WatchSink): WatchEnd | null {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    return { kind: 'broken', because: 'a line that is not JSON' };
  }
  const { type, object } = fieldsOf(event) as { type?: unknown; object?: unknown };
  if (!isObject(object)) return { kind: 'broken', because: 'an event without an object' };
  const resourceVersion = textOf(metadataOf(object)['resourceVersion']);
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      sink.change(type, object, resourceVersion);
      return null;
    case 'BOOKMARK':
      sink.bookmark(resourceVersion);
      return null;
    case 'ERROR':
      return readError(object);
    default:
      return null; // a kind of event that this version does not know yet
  }
}

/** The Status object of an ERROR event, as if it had been the answer. */
function readError(status: Raw): WatchEnd {
  const code = status['code'];
  const seconds = fieldsOf(status['details'])['retryAfterSeconds'];
  return {
    kind: 'refused',
    status: typeof code === 'number' ? code : 500,
    reason: textOf(status['reason']),
    message: textOf(status['message']),
    retryAfter: typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : null,
  };
}
