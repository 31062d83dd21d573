/**
 * Runs one watch, from a resource version until it ends: by its own `timeoutSeconds`, by a broken connection, by an
 * ERROR event, or because nothing was received for too long.
 */

import type { Clock, Millis } from '../../base/clock.ts';
import { fieldsOf, isObject, type Raw, textOf } from '../../base/json.ts';
import { metadataOf } from '../../objects/metadata.ts';
import type { WatchEventType } from '../../objects/watch-event-type.ts';
import { LINE_BYTES_MAX, LineSplitter } from '../http/line-splitter.ts';
import type { ApiStreamer, StreamEnd } from '../http/stream.ts';
import { collectionPath, withQuery } from '../resource.ts';
import type { ResourceSelection } from './list.ts';

/** The server is asked to end the watch after a random time between the two, so that watches spread out. */
export const WATCH_SECONDS = { min: 300, max: 600 } as const;

/**
 * A watch without a byte for this long counts as dead. Bookmarks come about once a minute, so a healthy watch is never
 * silent for this long.
 */
export const WATCH_SILENCE_MAX: Millis = 90_000;

/** Until the server responds to the request for a watch. */
export const WATCH_OPEN_TIMEOUT: Millis = 30_000;

/** An ERROR event ends the watch as `refused` too, with the code of its Status. */
export type WatchEnd = StreamEnd;

export type WatchSink = {
  opened(): void;
  change(type: WatchEventType, raw: Raw, resourceVersion: string): void;
  bookmark(resourceVersion: string): void;
  /** At least one byte was received. */
  received(): void;
  ended(end: WatchEnd): void;
};

export type WatchRequest = ResourceSelection & {
  readonly resourceVersion: string;
  /** Chooses the duration of the watch; in [0, 1). */
  readonly random: number;
};

/** Starts a watch; the returned function cancels it, without a call of `ended`. */
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
    cancelStream();
  };
  const end = (reason: WatchEnd): void => {
    if (isOver) return;
    cancel();
    sink.ended(reason);
  };
  const checkSilence = (): void => {
    const left = lastActivity + WATCH_SILENCE_MAX - clock.now();
    if (left <= 0) end({ kind: 'broken', because: `nothing received for ${WATCH_SILENCE_MAX / 1000} s` });
    else cancelTimer = clock.after(left, checkSilence);
  };

  const cancelStream = streamer.stream(
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
        if (!accepted) end({ kind: 'broken', because: EVENT_TOO_LARGE, isTooLarge: true });
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

const EVENT_TOO_LARGE = `an event has more than ${LINE_BYTES_MAX} bytes`;

/** Delivers the event of one line to `sink`; returns the end of the watch where the event is one. */
function deliverEvent(line: string, sink: WatchSink): WatchEnd | null {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    return { kind: 'broken', because: 'a line is not JSON' };
  }
  const { type, object } = fieldsOf(event) as { type?: unknown; object?: unknown };
  if (!isObject(object)) return { kind: 'broken', because: 'an event has no object' };
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
      return null; // an event type of a newer Kubernetes
  }
}

/** The Status of an ERROR event, as if it were the response to the request. */
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
