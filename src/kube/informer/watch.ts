/**
 * One watch, from a resource version to whatever ends it. Every watch ends: by its own `timeoutSeconds`, by a
 * cut, by an ERROR in the stream, or because nothing at all has been heard for too long.
 */

import type { Clock, Millis } from '../../base/clock.ts';
import { fieldsOf, isObject, type Raw, textOf } from '../../base/json.ts';
import { metadataOf } from '../../objects/metadata.ts';
import type { WatchEventType } from '../../objects/watch-event-type.ts';
import { LineSplitter } from '../http/line-splitter.ts';
import type { ApiStreamer, StreamEnd } from '../http/stream.ts';
import { collectionPath, withQuery } from '../resource.ts';
import type { ResourceSelection } from './list.ts';

/** The server is asked to end the watch after something between the two, so that watches spread out. */
export const WATCH_SECONDS = { min: 300, max: 600 } as const;

/**
 * A watch without a byte for so long is taken for dead. Bookmarks come about once a minute, so a healthy one
 * is never silent for this long.
 */
export const WATCH_SILENCE_MAX: Millis = 90_000;

/** Until the server answers the request for a watch. */
export const WATCH_OPEN_TIMEOUT: Millis = 30_000;

/** An ERROR in the stream comes out as `refused` too, with its own code. */
export type WatchEnd = StreamEnd;

export type WatchSink = {
  opened(): void;
  change(type: WatchEventType, raw: Raw, resourceVersion: string): void;
  bookmark(resourceVersion: string): void;
  /** At least one byte came. */
  received(): void;
  ended(end: WatchEnd): void;
};

export type WatchRequest = ResourceSelection & {
  readonly resourceVersion: string;
  /** For the length of the watch; in [0, 1). */
  readonly random: number;
};

/** Starts a watch; the returned function ends it without a word to the sink. */
export function openWatch(
  transport: { readonly streamer: ApiStreamer; readonly clock: Clock },
  request: WatchRequest,
  sink: WatchSink,
): () => void {
  const { streamer, clock } = transport;
  const lines = new LineSplitter();
  let isOver = false;
  let lastActivity = clock.now();
  let cancelTimer: () => void = () => {};

  const cancel = (): void => {
    isOver = true;
    cancelTimer();
    hangUp();
  };
  const end = (reason: WatchEnd): void => {
    if (isOver) return;
    cancel();
    sink.ended(reason);
  };
  const checkSilence = (): void => {
    const left = lastActivity + WATCH_SILENCE_MAX - clock.now();
    if (left <= 0) end({ kind: 'broken', because: `nothing heard for ${WATCH_SILENCE_MAX / 1000} s` });
    else cancelTimer = clock.after(left, checkSilence);
  };

  const hangUp = streamer.stream(
    { path: watchPath(request), timeout: WATCH_OPEN_TIMEOUT },
    {
      opened() {
        lastActivity = clock.now();
        checkSilence();
        sink.opened();
      },
      bytes(chunk) {
        lastActivity = clock.now();
        sink.received();
        const accepted = lines.push(chunk, (line) => {
          const problem = deliverEvent(line, sink);
          if (problem !== null) end(problem);
          return !isOver;
        });
        if (!accepted) end({ kind: 'broken', because: 'a line that is longer than any object can be' });
      },
      ended: end,
    },
  );
  return cancel;
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
function deliverEvent(line: string, sink: WatchSink): WatchEnd | null {
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
      return readErrorEvent(object);
    default:
      return null; // a kind of event that this version does not know yet
  }
}

/** The Status object of an ERROR event, as if it had been the answer. */
function readErrorEvent(status: Raw): WatchEnd {
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
